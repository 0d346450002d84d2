"""Views are made once: of many who ask at the same time one makes it, and each gets what they may see."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from flask.testing import FlaskClient

from access.rights import Rights
from components.address import Address
from facts.memory.frame import FrameFacts
from kpi.units import USUAL
from pages import PAGES
from tests.asking import view
from views import kept_views
from web.operations import Metrics

ALL = Rights(tuple(page.key for page in PAGES))
CFO = next(page for page in PAGES if page.key == "cfo")


class Counted:
    """`views.answers.view`, counting, and not done before `go`."""

    def __init__(self, real: Any) -> None:
        self.real, self.calls, self.go = real, [], Event()
        self.go.set()

    def __call__(self, page: Any, facts: Any, asked: Any, scope: Any, problem: Any, past: Any) -> Any:
        self.calls.append(scope)
        assert self.go.wait(30)
        return self.real(page, facts, asked, scope, problem, past)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counted]:
    counted = Counted(kept_views.view)
    monkeypatch.setattr(kept_views, "view", counted)
    yield counted
    counted.go.set()


def fresh() -> tuple[kept_views.Views, dict[str, Any]]:
    metrics = Metrics()
    found = kept_views.Views(SimpleNamespace(problem=None), metrics.cache, lambda facts: USUAL)
    return found, {name: metrics.cache.labels(name)._value for name in ("yes", "wait", "no")}


def test_ten_readers_of_one_view_compute_it_once(facts: FrameFacts, made: Counted):
    kept, counts = fresh()
    made.go.clear()
    together = Barrier(10)
    addresses = [
        Address.of(each) for each in ("platform=Meta,Google&last=28d", "platform=Google,Meta")
    ] * 5  # two ways to write one query

    def ask(address: Address) -> bytes:
        together.wait(30)
        return kept.of(CFO, facts, address, ALL)

    with ThreadPoolExecutor(10) as readers:
        coming = [readers.submit(ask, address) for address in addresses]
        while counts["wait"].get() < 9:
            assert not any(each.done() for each in coming)
        made.go.set()
        bodies = {each.result(30) for each in coming}
    assert len(made.calls) == 1
    assert len(bodies) == 1
    assert orjson.loads(bodies.pop())["query"] == "platform=Google,Meta"
    assert kept.of(CFO, facts, addresses[0], ALL)
    assert {name: count.get() for name, count in counts.items()} == {"yes": 1, "wait": 9, "no": 1}


def test_nobody_gets_what_another_may_see(facts: FrameFacts, made: Counted):
    kept, counts = fresh()
    narrow = Rights(("cfo",), rows=(("region", ("Europe",)),))
    seen = [orjson.loads(kept.of(CFO, facts, Address.of(""), rights))["options"]["region"] for rights in (ALL, narrow)]
    assert seen[0] != seen[1] == ["Europe"]
    assert counts["no"].get() == 2


def test_a_fault_is_told_to_all_who_wait_and_not_kept(facts: FrameFacts, made: Counted):
    kept, counts = fresh()
    real, made.real = made.real, None
    made.go.clear()
    with ThreadPoolExecutor(3) as readers:
        coming = [readers.submit(kept.of, CFO, facts, Address.of(""), ALL) for _ in range(3)]
        while counts["wait"].get() < 2:
            assert not any(each.done() for each in coming)
        made.go.set()
        assert all(isinstance(each.exception(30), TypeError) for each in coming)
    made.real = real
    assert kept.of(CFO, facts, Address.of(""), ALL)


def test_what_is_dropped_from_an_address_is_said_to_its_reader_only(facts: FrameFacts, made: Counted):
    kept, _ = fresh()
    plain, wrong = (orjson.loads(kept.of(CFO, facts, Address.of(each), ALL)) for each in ("", "platform=Myspace"))
    assert plain["notes"] == []
    assert "Myspace" in wrong["notes"][0]


def test_filters_in_use_and_the_period_are_in_words(client: FlaskClient):
    several = view(client, "cfo", "platform=TikTok,Meta,Google&region=Europe&last=7d").json
    names = several["options"]["campaign"][:4]
    wanted = ",".join(quote(name.replace(",", "%2C")) for name in reversed(names))
    many = view(client, "cfo", f"campaign={wanted}&from=2025-09-01&to=2025-09-01&compare=none").json

    assert several["chips"] == [
        {"dimension": "platform", "label": "Platform", "named": "Meta, Google, TikTok", "all": "Meta, Google, TikTok"},
        {"dimension": "region", "label": "Region", "named": "Europe", "all": "Europe"},
    ]
    assert [each["period"]["last"] for each in (several, many)] == ["7 days", None]
    assert view(client, "cfo", "last=1m").json["period"]["last"] == "1 month"
    assert view(client, "cfo", "last=6w").json["period"]["last"] == "6 weeks"
    assert several["period"]["sentence"] == "7 days, compared with Sep 15 – 21, 2025"
    assert [each["named"] for each in many["chips"]] == [f"{names[0]}, {names[1]} and 2 more"]
    assert [each["all"] for each in many["chips"]] == [", ".join(names)]
    assert many["period"]["sentence"] == "1 day, not compared"
    assert view(client, "cfo").json["chips"] == []
