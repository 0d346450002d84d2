"""Rows of a role over imported tables that tell the same money in several cuts: no foreign row, no lost one."""

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from access.rights import Rights
from components.address import RANKS, Address
from facts import Facts
from facts.engines.choice import NamedCuts
from facts.memory.cuts import of_cuts
from kpi.metrics import METRICS
from kpi.schema import DATE, MEASURES, TEXT, UNKNOWN
from kpi.selection import Only, only
from kpi.units import USUAL
from pages import PAGES
from views.answers import ask, view
from views.files import data_file
from views.kept_views import encode
from views.visible import fitting_page, visible_ranks

DAYS = pd.date_range("2025-07-01", periods=40)
VALUES = {
    "platform": ["Meta", "Google"],
    "region": ["Europe", "Asia Pacific", UNKNOWN],
    "device": ["Mobile", "Desktop"],
    "segment": ["Prospecting", "Retargeting"],
    "campaign": ["one", "two"],
}
CUTS = (
    "campaign",
    "campaign+region",
    "campaign+device",
    "campaign+segment",
    "campaign+region+device",
    "region+segment",
)
CHOOSING = ("campaign", "region", "device", "segment")


def some(name: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(VALUES[name]), min_size=1, max_size=2, unique=True)


ROWS = st.fixed_dictionaries({}, optional={name: some(name) for name in VALUES})
ACCOUNTS = st.lists(
    st.tuples(st.sampled_from(VALUES["platform"]), st.sets(st.sampled_from(CUTS), min_size=1, max_size=4)),
    min_size=1,
    max_size=3,
)


def table(accounts: list[tuple[str, set[str]]], seed: int) -> pd.DataFrame:
    """Each account's money, row by row, added up to each of its cuts; a cut without a dimension does not know it."""
    rng = np.random.default_rng(seed)
    found = []
    for number, (platform, cuts) in enumerate(accounts):
        rows = pd.DataFrame({name: rng.choice(values, 160) for name, values in VALUES.items()})
        rows = rows.assign(**{DATE: rng.choice(DAYS, 160), "platform": platform, "account": str(number), "program": ""})
        rows[list(MEASURES)] = rng.integers(1, 1000, (160, len(MEASURES))).astype(float)
        rows = rows.assign(objective=UNKNOWN, campaign_id="", currency="USD")
        for cut in sorted(cuts):
            unknown = [name for name in CHOOSING if name not in cut.split("+")]
            whole = rows.assign(cut=cut, **dict.fromkeys(unknown, UNKNOWN))
            found.append(
                whole.groupby([DATE, *TEXT, "program", "cut", "currency"], as_index=False)[list(MEASURES)].sum()
            )
    return pd.concat(found, ignore_index=True)


def facts_of(frame: pd.DataFrame, named: NamedCuts) -> Facts:
    return of_cuts(frame.copy(), "v", loaded="", demo=False, currency="USD", named=named)


def within(frame: pd.DataFrame, only: Only) -> pd.Series:
    kept = pd.Series(True, index=frame.index)
    for name, values in only:
        kept &= frame[name].isin(values)
    return kept


def own_total(frame: pd.DataFrame, scope: Only, filters: Only) -> float:
    """The spend of the rows that `scope` and `filters` admit, account and day each from the cut that knows most of
    the scope, then of the filters. Written down a second time, by hand.
    """
    scoped, filtered = ({name for name, _ in each} & set(CHOOSING) for each in (scope, filters))

    def worth(cut: str) -> tuple[Any, ...]:
        has = set(cut.split("+"))
        return len(scoped & has), len(filtered & has)

    total = 0.0
    for _, rows in frame.groupby(["account", DATE]):
        cuts = sorted(rows["cut"].unique(), key=lambda cut: (*(-each for each in worth(cut)), sorted(
            (scoped | filtered) & set(cut.split("+")))))  # fmt: skip
        total += rows[(rows["cut"] == cuts[0]) & within(rows, scope) & within(rows, filters)]["spend"].sum()
    return total


@settings(max_examples=15)
@given(
    accounts=ACCOUNTS,
    seed=st.integers(0, 2**32 - 1),
    scope=ROWS,
    filters=ROWS,
    hides=st.sets(st.sampled_from(list(METRICS)), max_size=2),
    cut=st.sampled_from(("", *CUTS)),
)
def test_what_is_outside_a_scope_changes_no_byte_and_all_within_is_counted(
    accounts: list[tuple[str, set[str]]],
    seed: int,
    scope: dict[str, list[str]],
    filters: dict[str, list[str]],
    hides: set[str],
    cut: str,
) -> None:
    """Every page and every data address, over two tables that differ in every row outside the scope."""
    frame, rows = table(accounts, seed), only(scope)
    own = within(frame, rows)
    other = frame.copy()
    other.loc[~own, list(MEASURES)] = frame.loc[~own, list(MEASURES)] * 7 + 3
    other.loc[~own, "campaign"] = "foreign " + frame.loc[~own, "campaign"]
    seen, told = (facts_of(each, (("", cut),) if cut else ()) for each in (frame, other))
    rights = Rights(tuple(page.key for page in PAGES), rows, frozenset(hides))
    query = "&".join(f"{name}={','.join(values)}" for name, values in filters.items()) + "&last=all"
    address = Address.of(query)
    for page in PAGES:
        asked = [ask(each, address, USUAL, rows, visible_ranks(rights, each)) for each in (seen, told)]
        answers = [
            encode(view(fitting_page(page, rights, each), each, one, rows))
            for each, one in zip((seen, told), asked, strict=True)
        ]
        assert answers[0] == answers[1]
        for visual in page.visuals:
            files = [
                data_file(page.key, visual, each, one, "csv", rows)
                for each, one in zip((seen, told), asked, strict=True)
            ]
            assert files[0] == files[1], visual.name
            assert b"foreign" not in files[0]
    asked = ask(seen, address, USUAL, rows, RANKS)
    groupings = {grouping for page in PAGES for visual in page.visuals for grouping in visual.needs}
    found = seen.totals(asked.selection, groupings, rows)
    total = own_total(frame, rows, asked.query.only)
    assert {grouping: round(frame["spend"].sum() - total, 6) for grouping, frame in found.items()} == dict.fromkeys(
        groupings, 0
    )
