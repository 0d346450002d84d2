"""The Import page's part on what is here: each platform's days, what is missing, costs, and the history with undo."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from kpi.costs import Cost, beyond_revenue, in_force
from kpi.coverage import MissingPart
from kpi.formats import Formats
from kpi.units import NOTHING, figure

_COSTS_LEAD: Final = (
    "In percent of revenue. What is left empty for one platform or region stays as it is stated for all. Rows that "
    "report costs keep them; the shop’s goods and fees are for the shop’s own figures; overheads are no part of profit."
)


@dataclass(frozen=True)
class Holding:
    """What is here of a platform, or of the shop: its days, when it was last imported, and its spend or net sales."""

    name: str
    first: date
    last: date
    imported: datetime | None
    money: float | None


@dataclass(frozen=True)
class PastChange:
    """A change in the history: when, by whom and what."""

    at: datetime
    by: str
    what: str


@dataclass(frozen=True)
class Setup:
    """What the part shows; `platforms` and `regions` are what costs can be of, `mark` is what `undo` would undo."""

    holdings: tuple[Holding, ...]
    missing: tuple[MissingPart, ...]
    costs: tuple[Cost, ...]
    platforms: tuple[str, ...]
    regions: tuple[str, ...]
    changes: tuple[PastChange, ...]
    mark: str
    can_undo: bool


def setup_part(setup: Setup, formats: Formats) -> Component:
    """The cards, in the order in which somebody needs them; their buttons wait for assets/later/import.js."""
    cards = [
        _holdings_card(setup, formats),
        _gaps_card(setup),
        _costs_card(setup, formats),
        _history_card(setup, formats),
    ]
    return html.Div([each for each in cards if each is not None], className="import-setup")


def _card(name: str, title: str, *parts: Component | None) -> Component:
    return html.Section(
        [html.H2(title, id=f"title-of-{name}"), *(each for each in parts if each is not None)],
        id=f"import-{name}",
        className="import-card",
        **{"aria-labelledby": f"title-of-{name}"},
    )


def _holdings_card(setup: Setup, formats: Formats) -> Component:
    rows = [
        html.Tr(
            [
                html.Th(each.name, scope="row", className="words"),
                html.Td(formats.days(each.first, each.last), className="words"),
                html.Td(f"{formats.one(formats.day, each.imported.date())}" if each.imported else NOTHING),
                html.Td(figure("spend", each.money, formats)),
            ]
        )
        for each in setup.holdings
    ]
    return _card("here", "What is here", _table(("Data", "Days", "Imported", "Spend or net sales"), 2, rows))


def _gaps_card(setup: Setup) -> Component | None:
    if not setup.missing:
        return None
    items = [
        html.Li([html.A(each.add, href=f"#import-{each.place}"), html.Span(f": {each.brings}")])
        for each in setup.missing
    ]
    return _card("gaps", "What would show more", html.Ul(items, className="import-list"))


def _costs_card(setup: Setup, formats: Formats) -> Component:
    items = [
        html.Li(
            [
                html.Span(_figures(each, setup.costs)),
                html.Span(_whom(each, formats), className="import-small"),
                _remove(each),
            ]
        )
        for each in setup.costs
    ]
    stated = html.Ul(items, className="import-list", **{"aria-label": "Costs"}) if items else None
    warning = html.P(beyond, className="import-kinds") if (beyond := beyond_revenue(setup.costs)) else None
    return _card("costs", "Your costs", html.P(_COSTS_LEAD, className="import-kinds"), stated, warning, _form(setup))


def _figures(cost: Cost, costs: Sequence[Cost]) -> str:
    """``55 % margin, 8 % fees (as for all)``: what applies, and what of it is taken over from other costs."""
    margin, fees = in_force(costs, cost)
    said = []
    for name, stated, source in (
        ("margin", cost.margin, margin.margin if margin else None),
        ("fees", cost.fees, fees.fees if fees else None),
    ):
        if stated is not None:
            said.append(f"{stated:g} % {name}")
        else:
            said.append(f"no {name} stated" if source is None else f"{source:g} % {name} (taken over)")
    return ", ".join(said)


def _whom(cost: Cost, formats: Formats) -> str:
    """For whom and since when costs hold."""
    day = f"from {formats.one(formats.day, cost.since)}" if cost.since else "all days"
    return f"{cost.platform or 'All platforms'}, {cost.region or 'all regions'}, {day}"


def _remove(cost: Cost) -> Component:
    what = " ".join(filter(None, (cost.platform, cost.region, f"from {cost.since}" if cost.since else ""))) or "all"
    fields = {"platform": cost.platform, "region": cost.region, "since": cost.since.isoformat() if cost.since else ""}
    return html.Button(
        "Remove",
        type="button",
        disabled=True,
        className="btn btn-sm btn-light",
        **{"data-import": "uncost", "aria-label": f"Remove the costs of {what}"},
        **{f"data-{name}": value for name, value in fields.items()},
    )


def _status_line() -> Component:
    """Where it is said what became of a change."""
    return html.P(className="import-said", role="status", tabIndex=-1)


def _form(setup: Setup) -> Component:
    def field(label: str, control: Component) -> Component:
        return html.Label([html.Span(label), control], className="import-option")

    def choice(name: str, every: str, values: Sequence[str]) -> Component:
        options = [html.Option(every, value=""), *(html.Option(each, value=each) for each in values)]
        return html.Select(options, name=name, className="form-select form-select-sm")

    def percentage(name: str, example: str) -> Component:
        return html.Div(
            [
                dbc.Input(
                    type="text",
                    size="sm",
                    name=name,
                    placeholder=example,
                    maxlength=8,
                    autocomplete="off",
                    inputmode="decimal",
                ),
                html.Span("%", className="input-group-text"),
            ],
            className="input-group input-group-sm",
        )

    fields = [
        field("Gross margin", percentage("margin", "62")),
        field("Fees, if any", percentage("fees", "8")),
        field("Platform", choice("platform", "All platforms", setup.platforms)),
        *([field("Region", choice("region", "All regions", setup.regions))] if len(setup.regions) > 1 else []),
        field("From", dbc.Input(type="date", size="sm", name="since")),
    ]
    save = html.Button(
        "Save" if setup.costs else "Show profit",
        type="submit",
        disabled=True,
        className="btn btn-primary",
        **{"data-import": "cost"},
    )
    said = _status_line()
    return html.Form([*fields, save, said], className="import-options-list import-costs", noValidate=True)


def _history_card(setup: Setup, formats: Formats) -> Component | None:
    if not setup.changes:
        return None
    said = _status_line()
    return _card("history", "History", html.Ol(list(_changes(setup, formats)), className="import-list"), said)


def _changes(setup: Setup, formats: Formats) -> Iterator[Component]:
    for place, each in enumerate(setup.changes):
        when = f"{formats.one(formats.day, each.at.date())}, {each.at:%H:%M} UTC"
        undo = []
        if place == 0 and setup.can_undo:
            button = html.Button(
                "Undo",
                type="button",
                disabled=True,
                className="btn btn-sm btn-light",
                **{"data-import": "undo", "data-mark": setup.mark},
            )
            undo = [button]
        yield html.Li([html.Span(f"{when} · {each.by}", className="import-small"), html.Span(each.what), *undo])


def _table(titles: Sequence[str], words: int, rows: Sequence[Component]) -> Component:
    head = [html.Th(title, scope="col", className="words" if at < words else None) for at, title in enumerate(titles)]
    table = html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)], className="figures import-table import-sums")
    return html.Div(table, className="table-scroll", tabIndex=0)
