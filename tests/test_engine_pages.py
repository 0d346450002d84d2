"""The pages over facts that stay in an engine: right numbers, rights, and what happens when it is slow."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import narwhals as nw
import pyarrow as pa
import pytest
from deltalake import DeltaTable
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from access.rights import Rights
from facts import ALL_ROWS, Facts
from facts.deadline import NoAnswer, wait, wait_at_most
from facts.engines.lazy import LazyFacts
from facts.engines.table import Sessions
from facts.memory.frame import FrameFacts
from facts.source import ShownKind
from kpi.schema import COUNTS
from kpi.selection import Selection, only
from pages import PAGES
from tests.access.key_server import until
from tests.asking import view
from tests.engines import ENGINES, PolarsTable, engine, text_columns
from tests.facts.test_mapped import ad_reporting
from tests.oracle import Oracle
from tests.test_right_numbers import assert_right, queries
from views.visible import what_is_unknown
from web.superseded import LatestViews

SCOPES = [
    only({"region": ["Europe"]}),
    only({"platform": ["Meta", "TikTok"], "device": ["Mobile"]}),
    only({"region": ["nowhere"]}),
]


class Still:
    """A source whose facts never change."""

    problem, elsewhere = None, False

    def __init__(self, facts: Facts) -> None:
        self.current: Callable[[], Facts] = lambda: facts
        self.require: Callable[[object], None] = lambda admit: None
        self.shown_kind = lambda: ShownKind(facts.demo)


def client_of(facts: Facts, **environment: str) -> FlaskClient:
    from app import create_app
    from settings import from_environment

    return create_app(from_environment(environment), Still(facts)).server.test_client()


@pytest.fixture(scope="module", params=ENGINES[1:])
def lazy(
    request: pytest.FixtureRequest, facts_path: Path, facts: FrameFacts, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LazyFacts]:
    """The demo's 120 days in an engine, beside which stands what stands beside them on disk."""
    with engine(request.param, tmp_path_factory.mktemp(request.param)) as fill:
        found = fill(text_columns(DeltaTable(str(facts_path)).to_pyarrow_table()))
        found.side = facts.side
        yield found


@pytest.fixture(scope="module")
def served(lazy: LazyFacts) -> FlaskClient:
    return client_of(lazy)


@settings(max_examples=6)
@given(data=st.data())
def test_every_visual_equals_its_formulas_on_sums_by_sql(
    data: st.DataObject, served: FlaskClient, facts: FrameFacts, oracle: Oracle
) -> None:
    assert_right(data.draw(queries(facts)), data.draw(st.sampled_from(PAGES)), served, facts, oracle)


@pytest.mark.parametrize("scope", SCOPES)
def test_a_role_sees_of_an_engine_what_it_sees_of_memory(lazy: LazyFacts, facts: FrameFacts, scope: object) -> None:
    extent = facts.extent()
    for selection in (Selection(extent.first, extent.last), Selection(extent.last, extent.last)):
        for page in PAGES:
            groupings = tuple(dict.fromkeys(grouping for visual in page.visuals for grouping in visual.needs))
            told, found = (each.totals(selection, groupings, scope) for each in (facts, lazy))
            for grouping in groupings:
                assert list(found[grouping].index) == list(told[grouping].index)
                one, other = found[grouping][list(told[grouping].columns)], told[grouping]
                assert one.to_numpy() == pytest.approx(other.to_numpy(), rel=1e-9, nan_ok=True)
                assert (one[[*COUNTS, "rows"]].fillna(-1) == other[[*COUNTS, "rows"]].fillna(-1)).all(axis=None)
    assert lazy.options(scope) == facts.options(scope)
    assert lazy.options(ALL_ROWS) == facts.options(ALL_ROWS)


class SlowTable(PolarsTable):
    """An engine that thinks until it is told to stop, once it has been opened."""

    def __init__(self, rows: pa.Table) -> None:
        super().__init__(rows)
        self.asked, self.stopped, self.slow = Event(), Event(), False

    def collect(self, asked: nw.LazyFrame[object]) -> pa.Table:
        if self.slow:
            self.asked.set()
            assert self.stopped.wait(60)
            raise RuntimeError("interrupted")
        return super().collect(asked)

    def cancel(self) -> None:
        self.stopped.set()


@pytest.fixture
def slow(facts_path: Path) -> SlowTable:
    return SlowTable(DeltaTable(str(facts_path)).to_pyarrow_table())


def test_a_slow_engine_is_a_sentence_and_is_told_to_stop(slow: SlowTable) -> None:
    client = client_of(LazyFacts(Sessions(slow), "v", demo=True), DASHBOARD_QUERY_SECONDS="1")
    slow.slow = True

    answer = view(client, "cfo", "last=7d")

    assert answer.status_code == 503
    assert re.match("The data did not answer within 1 seconds. Choose fewer days", answer.json["error"])
    assert slow.stopped.wait(10)
    assert client.get("/data/cfo/core-cards.csv?last=12w&device=TV").status_code == 503
    assert client.get("/healthz").status_code == 200


def test_a_view_that_nobody_waits_for_any_more_is_given_up(slow: SlowTable) -> None:
    client = client_of(LazyFacts(Sessions(slow), "v", demo=True))
    slow.slow = True
    answers = {}

    def ask(turn: int, query: str) -> None:
        with client.application.test_client() as own:
            answers[turn] = view(own, "cfo", query, {"X-Turn": f"77.{turn}"})

    first = Thread(target=ask, args=(1, "last=7d"))
    first.start()
    assert slow.asked.wait(30)
    slow.slow = False
    ask(2, "last=28d")
    first.join(30)

    assert slow.stopped.is_set()
    assert answers[1].status_code == 503
    assert answers[2].status_code == 200
    assert view(client, "cfo", "last=7d").status_code == 200


@pytest.mark.parametrize("tab", [77, 78], ids=["the same tab", "another reader"])
def test_a_view_that_was_given_up_is_made_for_who_still_wants_it(slow: SlowTable, tab: int) -> None:
    client = client_of(LazyFacts(Sessions(slow), "v", demo=True))
    slow.slow = True
    answers = {}

    def ask(turn: str, query: str) -> None:
        with client.application.test_client() as own:
            answers[turn] = view(own, "cfo", query, {"X-Turn": turn})

    threads = [Thread(target=ask, args=("77.1", "last=7d"))]
    threads.append(Thread(target=ask, args=(f"{tab}.2", "last=7d")))
    threads[0].start()
    assert slow.asked.wait(30)
    slow.slow = False
    threads[1].start()
    if tab != 77:
        waiting = client.application.extensions["dashboard.metrics"].cache.labels("wait")._value
        until(lambda: waiting.get() == 1)
        ask("77.3", "last=28d")
    for thread in threads:
        thread.join(30)

    assert {turn: answer.status_code for turn, answer in answers.items()} == {
        "77.1": 503,
        f"{tab}.2": 200,
        **({} if tab == 77 else {"77.3": 200}),
    }


def test_who_waits_for_the_same_cells_is_not_given_up_with_who_asked_first(
    slow: SlowTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = Event()
    monkeypatch.setattr("facts.engines.lazy.wait", lambda coming: (waits.set(), wait(coming)))
    facts = LazyFacts(Sessions(slow), "v")
    extent = facts.extent()
    selection, given_up, found = Selection(extent.first, extent.last), Event(), []
    slow.slow = True

    def impatient() -> None:
        with pytest.raises(NoAnswer), wait_at_most(60, given_up.is_set):
            facts.totals(selection, [("platform",)], ALL_ROWS)

    threads = [Thread(target=impatient)]
    threads.append(Thread(target=lambda: found.append(facts.totals(selection, [("platform",)], ALL_ROWS))))
    threads[0].start()
    assert slow.asked.wait(30)
    threads[1].start()
    assert waits.wait(30)
    slow.slow = False
    given_up.set()
    for thread in threads:
        thread.join(30)

    assert len(found[0][("platform",)]) == 4


def test_views_of_other_tabs_change_nothing() -> None:
    views = LatestViews()
    views.record(7, 3)
    views.record(8, 9)

    assert views.is_superseded(7, 2)
    assert not views.is_superseded(7, 3)
    assert not views.is_superseded(9, 1)
    views.record(7 + 4096, 1)  # falls on the slot of 7
    assert not views.is_superseded(7, 2)


def test_filters_on_what_a_page_groups_by_ask_the_engine_nothing(slow: SlowTable) -> None:
    slow.most = 10_000
    facts = LazyFacts(Sessions(slow), "v")
    extent = facts.extent()
    selection = Selection(extent.first, extent.last)
    groupings = [("date",), ("platform", "region")]
    facts.totals(selection, groupings, ALL_ROWS)
    slow.slow = True

    narrower = Selection(extent.last, extent.last, only({"platform": ["Meta"], "region": ["Europe"]}))
    found = facts.totals(narrower, groupings, ALL_ROWS)

    assert list(found[("platform", "region")].index) == [("Meta", "Europe")]
    assert not slow.asked.is_set()


@pytest.mark.parametrize("page", [page.key for page in PAGES])
def test_a_page_over_dbts_table_has_its_figures_and_no_card_without_one(page: str) -> None:
    meant, table = ad_reporting(5, 0.1)
    facts = LazyFacts(Sessions(PolarsTable(table)), "v", demo=True)
    answer = view(client_of(facts), page, f"from={meant['date'].min():%Y-%m-%d}&to={meant['date'].max():%Y-%m-%d}").json

    visuals = answer["visuals"].values()
    cards = {
        metric: card["value"]
        for visual in visuals
        for metric, card in zip(visual.get("metrics", ()), visual.get("cards", ()), strict=False)
    }

    assert len(cards) >= 3
    assert None not in cards.values()
    assert not {"profit", "roi", "mer"} & cards.keys()
    for metric in cards.keys() & {"spend", "revenue", "clicks", "conversions"}:
        assert cards[metric] == pytest.approx(meant[metric].sum(), rel=1e-4)
    assert cards.keys() & {"spend", "revenue"}
    said = what_is_unknown(PAGES, Rights((page,)), facts)
    assert said.endswith("With columns for goods and fees the table would show profit.")
