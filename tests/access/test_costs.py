"""Costs and undo by the Import page: who may, from where, and what the page then says."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable
from flask.testing import FlaskClient

from access.policy import policy_of
from app import create_app
from facts.source import Source
from pages import GIVEN
from settings import from_environment
from tests.access.signing import Provider
from tests.access.test_import import OURS, post, server, table  # noqa: F401 - fixtures
from tests.asking import view

Post = Callable[..., Any]
WISH = {"margin": "62", "fees": "8"}


def test_who_may_not_import_states_no_costs(
    post: Post,  # noqa: F811
    server: FlaskClient,  # noqa: F811
    table: Path,  # noqa: F811
) -> None:
    for path in ("costs", "undo"):
        assert post(path, WISH, who="read")[0] == 403
        assert post(path, WISH, **{"Sec-Fetch-Site": "cross-site"})[0] == 403
        assert post(path, WISH, **{"Origin": "http://evil.example", "Sec-Fetch-Site": "same-site"})[0] == 403
        assert post(path, WISH, **{"X-Requested-With": "XMLHttpRequest"})[0] == 403
        assert server.post(f"/import/{path}", headers=OURS, data=json.dumps(WISH)).status_code == 401
        assert server.get(f"/import/{path}", headers=OURS).status_code in (401, 404, 405)
    assert DeltaTable(str(table)).version() == 0


def test_the_demo_takes_no_costs(facts_path: Path) -> None:
    source = Source(facts_path)
    try:
        demo = create_app(from_environment({"DASHBOARD_FACTS": str(facts_path)}), source).server.test_client()
        assert 'class="import-setup"' not in demo.get("/import").text
        for path in ("costs", "undo"):
            answer = demo.post(f"/import/{path}", headers=OURS, data=json.dumps(WISH))
            assert (answer.status_code, set(answer.json)) == (403, {"error"})
    finally:
        source.close()


def test_profit_appears_for_everybody_and_an_undo_takes_it_away(
    post: Post,  # noqa: F811
    server: FlaskClient,  # noqa: F811
    provider: Provider,
    table: Path,  # noqa: F811
) -> None:
    reader = {"X-Auth-Id-Token": provider.token(["grp-read"])}
    importer = {"X-Auth-Id-Token": provider.token(["grp-import"])}

    def cards() -> dict[str, float | None]:
        rows = server.get("/data/cfo/core-cards.json?last=all", headers=reader).json
        return {row["metric"]: row["value"] for row in rows["rows"]} | {"notes": " ".join(rows["notes"])}

    before = cards()
    assert before["profit"] is None
    assert "Add your margin" in server.get("/import", headers=importer).text

    status, answer = post("costs", WISH)

    assert status == 200
    after = cards()
    assert after["profit"] == pytest.approx(after["revenue"] * (0.62 - 0.08) - after["spend"])
    assert after["roi"] == pytest.approx(after["profit"] / after["spend"])
    assert "with your margin of 62 % and fees of 8 %" in str(after["notes"])
    assert server.get("/version", headers=reader).json["version"] == answer["version"]
    sentence = view(server, "cfo", "last=all", headers=reader).json["period"]["sentence"]
    assert sentence.count("with your margin of 62 %") == 1
    proof = server.get("/proof/cfo/core-cards?metric=profit&last=all", headers=reader).json
    assert "with your margin of 62 %" in proof["note"]
    spend = server.get("/proof/cfo/core-cards?metric=spend&last=all", headers=reader).json
    assert "margin" not in (spend["note"] or "")
    page = server.get("/import", headers=importer).text
    assert "62 % margin, 8 % fees" in page
    assert "Goods and fees" not in page
    assert "u-import" in page
    mark = re.search(r'data-import="undo"[^>]*data-mark="([^"]*)"', page)
    assert mark
    assert DeltaTable(str(table)).history(1)[0]["import.by"] == "u-import"

    assert post("costs", {"margin": "40", "fees": "70"})[0] == 200
    page = server.get("/import", headers=importer).text
    assert "Goods and fees (all) are 130 % of revenue" in page
    latest = re.search(r'data-import="undo"[^>]*data-mark="([^"]*)"', page)
    assert latest
    assert post("undo", {"mark": latest[1]})[0] == 200
    page = server.get("/import", headers=importer).text
    mark = re.search(r'data-import="undo"[^>]*data-mark="([^"]*)"', page)
    assert mark

    assert post("undo", {"mark": "0."})[0] == 409, "the data were changed since"
    assert post("undo", {"mark": mark[1]})[0] == 200
    assert cards()["profit"] is None


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        ({}, "a percentage is missing"),
        ({"margin": "lots"}, "“lots” is no percentage"),
        ({"margin": "62", "platform": "Meta"}, "There is no platform “Meta” in your data: Google."),
        ({"margin": "62", "since": "soon"}, "“soon” is no day"),
        ({"remove": True}, "No costs are stated for exactly this"),
    ],
)
def test_a_refusal_is_one_sentence_and_changes_nothing(
    post: Post,  # noqa: F811
    table: Path,  # noqa: F811
    wish: dict[str, Any],
    why: str,
) -> None:
    status, answer = post("costs", wish)
    assert status == 400
    assert why in answer["error"]
    assert str(table.parent) not in answer["error"]
    assert DeltaTable(str(table)).version() == 0


def test_the_first_import_is_undone_and_then_nothing_is_told_of_it(
    post: Post,  # noqa: F811
    table: Path,  # noqa: F811
    server: FlaskClient,  # noqa: F811
    provider: Provider,
) -> None:
    importer = {"X-Auth-Id-Token": provider.token(["grp-import"])}
    assert 'data-import="undo"' in server.get("/import", headers=importer).text

    status, answer = post("undo", {"mark": "0."})

    assert (status, answer) == (200, {"version": None})
    assert 'class="import-setup"' not in server.get("/import", headers=importer).text
    for address in ("/data/cfo/core-cards.json?last=all", "/data/cfo/core-cards.json?last=all&as_of=0"):
        refused = server.get(address, headers={"X-Auth-Id-Token": provider.token(["grp-read"])})
        assert refused.status_code == 503
        assert "There is no data yet: import your own with" in refused.json["error"]
    status, answer = post("undo", {"mark": "1."})
    assert status == 409
    assert "there are no figures of your own yet" in answer["error"]
    assert str(table.parent) not in answer["error"]


def test_whoever_may_not_see_profit_is_not_told_the_margin(table: Path, tmp_path: Path) -> None:  # noqa: F811
    from access.rights import Rights, rights_of
    from components.address import Address
    from ingest.costs import CostsStore
    from kpi.costs import Cost, with_cost
    from kpi.units import USUAL
    from views.answers import resolve_query

    CostsStore(str(table), tmp_path / "log").change(lambda costs: with_cost(costs, Cost(62)), "Ann")
    roles = {
        name: {"groups": ["g"], "pages": ["cfo"], "rows": rows, **more}
        for name, rows, more in (
            ("all", "all", {}),
            ("hidden", "all", {"hides": ["profit"]}),
            ("some", {"platform": ["Google"]}, {}),
        )
    }
    policy = policy_of({"contact": "a@b.example", "roles": roles}, GIVEN)
    source = Source(table)
    try:
        facts = source.current()
        assert facts is not None

        def said(rights: Rights) -> str:
            _, asked, _ = resolve_query(source, facts, Address.of("last=all"), lambda _: USUAL, rights)
            return asked.caveats.costs

        whole, hidden, some = (said(rights_of(role, GIVEN)) for role in policy.roles)
    finally:
        source.close()
    assert "62 %" in whole
    assert whole == some
    assert hidden == ""
