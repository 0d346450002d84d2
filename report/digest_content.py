"""What a digest says: the executive's first figures, what changed most in money, what to decide, what not to trust yet.

Every figure is that of the page at the address beside it, of the version of the data that the address names.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote

import pandas as pd

from access.rights import Rights
from components.address import Address, Query, as_of, write
from components.page_data import PageData, number
from components.tables import ranking
from components.visuals import Page, Visual, for_files
from facts import DataProblem
from facts.source import Source
from kpi.compare import change
from kpi.formats import MINUS, in_words
from kpi.metrics import METRICS
from kpi.rank import order_by
from kpi.units import figure
from report.digest_corrections import Earlier, corrections
from views.answers import ProvisionalDays, ResolvedQuery, page_data_of, resolve_query
from views.desk import Writing
from views.visible import fitting_page

_CAMPAIGN: Final = ("platform", "campaign")
#: The figures of a digest, the most telling first; the others of the page's cards fill up where one is missing.
_FIRST: Final = ("contribution_after_marketing", "profit", "revenue", "spend", "roas")
_FIGURES: Final = 5
_CHANGES: Final = 3
_DECISIONS: Final = 2
#: A day after every version.
_EVER: Final = "9999-12-31"
#: Names of campaigns may be as long as a mail; this much of one tells which it is.
_LONGEST_NAME: Final = 120
#: What is told of in money: the first that the reader and the data know.
_MONEY: Final = ("profit", "revenue", "spend")


@dataclass(frozen=True)
class Line:
    """A sentence and the address that shows its figures."""

    text: str
    link: str


@dataclass(frozen=True)
class DigestFigure:
    """A figure as the page's card has it: its text, what it was, how it changed, whether that is good ("" for neither),
    and the address of the card.
    """

    metric: str
    label: str
    text: str
    was: str
    step: str
    tone: str
    link: str


@dataclass(frozen=True)
class Digest:
    """One screen. `values` are the exact figures by metric, which a later digest corrects; `query` is canonical and
    without a version, `version` the one that all of it is of ("" where the data have none). With `of_shop` it tells of
    the shop's days too, of which newer ones may come while that version is the newest.
    """

    title: str
    subject: str
    period: str
    filters: str
    headline: str
    figures: tuple[DigestFigure, ...]
    changes: tuple[Line, ...]
    decisions: tuple[Line, ...]
    doubts: tuple[str, ...]
    corrections: tuple[str, ...]
    address: str
    query: str
    version: str
    start: str
    end: str
    values: dict[str, float]
    of_shop: bool = False


class NoDigest(Exception):
    """There is no digest of this query; the message says why."""


def digest_of(
    page: Page,
    query: str,
    source: Source,
    writing: Writing,
    rights: Rights,
    provisional_days: ProvisionalDays,
    public: str,
    earlier: Earlier = lambda query, end: (),
) -> Digest:
    """The digest of a `page` of cards for a query string; `public` is where readers open the dashboard,
    `earlier` what was sent before.

    Raises NoDigest where the page would say that it dropped a part of the query, or where no row matches.
    """
    today = source.current()
    if today is None:
        raise NoDigest(source.cause or "There is no data yet.")
    version = version_of(source, query)
    address = Address.of(f"{query}&as_of={version}" if version else query)
    facts, asked, _ = resolve_query(source, today, address, writing, rights, provisional_days)
    if asked.notes:
        raise NoDigest(f"Nothing is sent, because the page would say: {' '.join(asked.notes)}")
    shown = fitting_page(page, rights, facts)
    known = [each for each in _MONEY if any(each in visual.metrics for visual in shown.visuals)]
    visuals = [visual for visual in shown.visuals if visual.kind == "cards"]
    campaigns = _campaigns(known) if known else None
    wanted = [*visuals, *filter(None, (shown.headline, campaigns))]
    page_data = page_data_of(wanted, facts, asked, rights.rows)
    if page_data is None:
        raise NoDigest("No row matches this query, so there is nothing to tell.")
    money = next((each for each in known if page_data.now[_CAMPAIGN][each].notna().any()), None)
    pinned = asked.query
    links = _Links(public, shown.path, pinned)
    figures = tuple(_figures(visuals, page_data, links))
    headline = shown.headline.draw(page_data)["text"] if shown.headline else ""
    days = asked.formats.days(asked.selection.start, asked.selection.end)
    filters = "; ".join(", ".join(map(shorten, values)) for _, values in (*rights.rows, *asked.query.only))
    canonical, end = write(replace(asked.query, as_of="")), asked.selection.end.isoformat()
    first = f"{figures[0].label} {figures[0].text}{f' ({figures[0].step})' if figures[0].step else ''}"
    return Digest(
        f"Marketing, {days}",
        " · ".join(filter(None, (first, days, filters))),
        _period(asked, days),
        filters,
        in_words(headline),
        figures,
        tuple(_changes(page_data, money, links)) if money else (),
        tuple(_decisions(page_data, money, links)) if money == "profit" and rights.shows(("spend",)) else (),
        tuple(_doubts(page_data, shown, rights, money is not None)),
        tuple(corrections(earlier(canonical, end), version, source, today, writing, rights, provisional_days)),
        links.to(pinned),
        canonical,
        version,
        asked.selection.start.isoformat(),
        end,
        _values(visuals, page_data, [each.metric for each in figures]),
        page_data.company is not None,
    )


def version_of(source: Source, query: str) -> str:
    """The number of the version that a query string names, else of the newest; "" where these data have none.

    Raises NoDigest where it names one that is not there.
    """
    named = as_of(Address.of(query))
    try:
        return str(source.at(named or _EVER)[1].number)
    except DataProblem as problem:
        if named:
            raise NoDigest(problem.reader) from None
        return ""


@dataclass(frozen=True)
class _Links:
    """Addresses of a page, for all of them the same version."""

    public: str
    path: str
    query: Query

    def to(self, query: Query, part: str = "") -> str:
        """The page for a query, at the visual `part`."""
        text = write(query)
        return f"{self.public}{self.path}{'?' if text else ''}{text}{'#' if part else ''}{quote(part)}"

    def narrow(self, pairs: tuple[tuple[str, str], ...]) -> str:
        """The page, filtered to `pairs`."""
        return self.to(self.query.narrow(pairs))


def _campaigns(money: Sequence[str]) -> Visual:
    """What is read of campaigns: the figures that may be told of, now and before."""
    metrics = tuple(dict.fromkeys((*money, "spend")))
    ranked = ranking("digest", "", "", metrics, best=True, limit=1, ranks=metrics[:1])
    return for_files(ranked)


def _cards(visuals: Sequence[Visual], page_data: PageData) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each card's visual, metric and texts."""
    for visual in visuals:
        drawn = visual.draw(page_data)
        for metric, card in zip(drawn["metrics"], drawn["cards"], strict=True):
            yield visual.name, metric, card


def _figures(visuals: Sequence[Visual], page_data: PageData, links: _Links) -> Iterator[DigestFigure]:
    cards = {metric: (name, card) for name, metric, card in _cards(visuals, page_data) if card["value"] is not None}
    order = [*(metric for metric in _FIRST if metric in cards), *(metric for metric in cards if metric not in _FIRST)]
    for metric in order[:_FIGURES]:
        name, card = cards[metric]
        label = METRICS[metric].short or card.get("label") or METRICS[metric].label
        link = links.to(links.query, f"{name}.{metric}")
        yield DigestFigure(metric, label, card["text"], card["was"], card["step"] or "", card["tone"], link)


def _values(visuals: Sequence[Visual], page_data: PageData, metrics: Sequence[str]) -> dict[str, float]:
    """The exact figures of `metrics`, those that the mail shows."""
    cards = [(metric, number(card["value"])) for _, metric, card in _cards(visuals, page_data) if metric in metrics]
    return {metric: value for metric, value in cards if value is not None}


def _period(asked: ResolvedQuery, days: str) -> str:
    if asked.baseline is None:
        return f"{days}, with nothing to compare with"
    return f"{days}, compared with {asked.formats.days(asked.baseline.start, asked.baseline.end)}"


def _changes(page_data: PageData, money: str, links: _Links) -> Iterator[Line]:
    """The campaigns whose money changed most, by the day where the windows are not equally long.

    A platform whose days may still be restated is no change yet, and is said among the doubts.
    """
    before = page_data.before.get(_CAMPAIGN)
    if before is None:
        return
    now = page_data.now[_CAMPAIGN]
    every = now.index.union(before.index)
    here, there = (frame[money].reindex(every) for frame in (now, before))
    immature = [name for name, _ in page_data.caveats.provisional]
    settled = ~every.get_level_values("platform").isin(immature)
    # A figure that is missing of a campaign with rows is unknown, and so is its change.
    untold = (here.isna() & every.isin(now.index)) | (there.isna() & every.isin(before.index))
    known = pd.DataFrame({"now": here, "before": there})[settled & ~untold.to_numpy()]
    steps = known["now"].fillna(0.0) - known["before"].fillna(0.0) * page_data.longer
    for key in steps[steps != 0].abs().sort_values(ascending=False, kind="stable").index[:_CHANGES]:
        platform, campaign = key
        text = _change(money, known.loc[key, "now"], known.loc[key, "before"], page_data)
        yield Line(f"{platform}, {_name(campaign)}: {text}", links.narrow(tuple(zip(_CAMPAIGN, key, strict=True))))


def _change(money: str, now: float, before: float, page_data: PageData) -> str:
    """``profit $1,204, down $310 (−20.5%)``."""
    formats, label = page_data.formats, METRICS[money].label.partition(" (")[0].lower()
    if pd.isna(before):
        return f"new, {label} {figure(money, now, formats)}"
    if pd.isna(now):
        return f"no longer running, {label} was {figure(money, before, formats)}"
    if (now < 0) != (before < 0):
        was = "loss" if before < 0 else label
        to = "loss" if now < 0 else label
        return f"a {was} of {figure(money, abs(before), formats)} became a {to} of {figure(money, abs(now), formats)}"
    if now < 0:
        more = figure(money, abs(now - before), formats)
        return f"a loss of {figure(money, -now, formats)}, {more} {'more' if now < before else 'less'} than before"
    step = now - before
    share = change(money, now, before) if before > 0 and now > 0 else None
    sign = "+" if step > 0 else MINUS
    percent = f" ({sign}{figure('roi', abs(share), formats)})" if share is not None else ""
    way = "up" if step > 0 else "down" if step else "unchanged"
    return f"{label} {figure(money, now, formats)}, {way} {figure(money, abs(step), formats)}{percent}"


def _decisions(page_data: PageData, money: str, links: _Links) -> Iterator[Line]:
    """The campaigns that lost most, of those with enough spend to judge."""
    frame, formats = page_data.now[_CAMPAIGN], page_data.formats
    worst = order_by(frame, money, best=False)
    losing = [place for place in worst if frame[money].iloc[place] < 0][:_DECISIONS]
    for place in losing:
        platform, campaign = frame.index[place]
        loss, spend = (figure(name, abs(frame[name].iloc[place]), formats) for name in (money, "spend"))
        yield Line(
            f"Mend or cut {_name(campaign)} on {platform}: it lost {loss} on {spend} spend.",
            links.narrow((("platform", platform), ("campaign", campaign))),
        )
    if not losing:
        every = frame[money].notna().all()
        which = "with enough spend to judge" if every else "with enough spend to judge and a known profit"
        yield Line(f"No campaign {which} lost money.", links.to(links.query))


def _doubts(page_data: PageData, page: Page, rights: Rights, tells_changes: bool) -> Iterator[str]:
    """What not to trust yet, and with whose costs profit is worked out."""
    known = page_data.caveats
    yield from known.ends()
    yield from known.provisional_note()
    if known.provisional and tells_changes and _CAMPAIGN in page_data.before:
        names = [name for name, _ in known.provisional]
        whose = "its" if len(names) == 1 else "their"
        yield f"{', '.join(names)} may still restate these days, so none of {whose} changes is told yet."
    yield from known.cost_note(metric for visual in page.visuals for metric in visual.metrics)
    if page_data.company is not None and rights.shows(("overclaim",)):
        claims = number(page_data.company.now["overclaim"].iloc[0])
        if claims is not None and claims > 1:
            factor = figure("overclaim", claims, page_data.formats)
            yield f"Company-wide, the platforms claim {factor} what the shop sold: their sum is not what was banked."


def _name(campaign: str) -> str:
    """A campaign's name as a sentence has it, cut where it is very long."""
    return in_words(shorten(campaign))


def shorten(name: str) -> str:
    """A name, cut where it is so long that it would be most of a mail."""
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
