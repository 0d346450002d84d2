"""Every figure that a role gets is that of a dashboard over its rows alone: files, pages, what the callback answers."""

import logging
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable, write_deltalake
from flask.testing import FlaskClient

from access.policy import Policy, Role
from app import create_app
from facts.source import DEMO_NAME, Source
from ingest.write.shop import path_of
from pages import PAGES
from settings import from_environment
from tests.access.conftest import GROUPS
from tests.asking import json_in, view

ADDRESSES = [
    "",
    "last=all&grain=month&compare=year",
    "rank=profit",
    "as_of=0&last=6m",
    "rank=roi&region=Asia%20Pacific,Europe&platform=Google",
]
Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def alone(
    policy: Policy, facts_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, FlaskClient]]:
    """For each role a dashboard without a sign-in, over a table that has that role's rows and no other."""
    clients, sources = {}, []
    frame = DeltaTable(str(facts_path)).to_pandas()
    for role in policy.roles:
        rows = frame
        for dimension, values in role.rows:
            rows = rows[rows[dimension].isin(values)]
        if rows.empty:
            continue
        path = tmp_path_factory.mktemp(role.name) / "facts"
        write_deltalake(str(path), rows, name=DEMO_NAME)
        if not role.rows:  # the shop's figures are the whole company's
            shutil.copytree(path_of(facts_path), path_of(path))
        sources.append(Source(path))
        clients[role.name] = create_app(
            from_environment({"DASHBOARD_FACTS": str(path)}), sources[-1]
        ).server.test_client()
    yield clients
    for source in sources:
        source.close()


def rank_of(role: Role, address: str) -> str:
    """`address` with the ranking that the role gets instead of a hidden one."""
    rank = re.search(r"rank=(\w+)", address)
    if (rank[1] if rank else "profit") not in role.hides:
        return address
    allowed = [
        each
        for each in ("profit", "roi", "roas", "margin", "revenue", "spend", "conversions", "cac")
        if each not in role.hides
    ]
    rest = re.sub(r"&?rank=\w+", "", address)
    return "&".join(filter(None, (rest, f"rank={allowed[0]}")))


@pytest.mark.parametrize("role_name", GROUPS)
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_cell_is_that_of_a_dashboard_over_the_roles_rows_alone(
    ask: Ask, alone: dict[str, FlaskClient], policy: Policy, role_name: str, address: str
) -> None:
    """Every page and every visual's data; the second computation never saw another row."""
    role = next(role for role in policy.roles if role.name == role_name)
    wrong, cells = [], 0
    for page in PAGES:
        for visual in page.visuals:
            path = f"/data/{page.key}/{visual.name}.json?{address}"
            answer = ask(role_name, path)
            if page.key not in role.pages:
                assert answer.status_code == 403
                continue
            hidden = role.hides & set(visual.metrics)
            if answer.status_code == 404:
                assert hidden, f"{path} is not shown, and nothing of it is hidden"
                continue
            assert answer.status_code == 200
            rows = answer.json["rows"]
            if role_name not in alone:
                assert rows == []
                continue
            told = alone[role_name].get(f"/data/{page.key}/{visual.name}.json?{rank_of(role, address)}").json["rows"]
            told = [
                {name: value for name, value in row.items() if measured(name) not in role.hides}
                for row in told
                if row.get("metric") not in role.hides
            ]
            cells += sum(map(len, rows))
            wrong += [(path, one, other) for one, other in zip(rows, told, strict=True) if not equal(one, other)]
    assert wrong == []
    assert cells or role_name == "nowhere"


def measured(column: str) -> str:
    """The metric of a column of figures, of their baseline and of their change."""
    return column.removesuffix("_baseline").removesuffix("_change")


def equal(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """The same row; a call-out's link may name the ranking."""
    leave = {"query"}
    return one.keys() == other.keys() and all(
        value == other[name] or (isinstance(value, float) and value == pytest.approx(other[name], rel=1e-9))
        for name, value in one.items()
        if name not in leave
    )


def without_scope(period: dict[str, Any]) -> dict[str, Any]:
    """What is said of days, without whose rows they are."""
    said = re.sub(r"\. Only [^.]+, which is what you may see", "", period["sentence"])
    return {**period, "sentence": re.sub(r"\. The shop’s own figures are [^.]+ not shown to you", "", said)}


@pytest.mark.parametrize("role_name", GROUPS)
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_cell_that_the_callback_draws_is_that_of_the_roles_rows_alone(
    figures: Ask, ask: Ask, alone: dict[str, FlaskClient], policy: Policy, role_name: str, address: str
) -> None:
    """Of each page by Dash's own callback. What hidden metrics have no part in is the same to the last byte."""
    role = next(role for role in policy.roles if role.name == role_name)
    wrong, cells, same = [], 0, 0
    for page in PAGES:
        answer = figures(role_name, page.key, address)
        if page.key not in role.pages:
            assert (answer.status_code, set(answer.json)) == (403, {"error"})
            continue
        seen = answer.json
        assert {visual["state"] for visual in seen["visuals"].values()} <= {"ready", "empty"}
        if role_name not in alone:
            assert {visual["state"] for visual in seen["visuals"].values()} == {"empty"}
            continue
        told = view(alone[role_name], page.key, rank_of(role, address)).json
        assert seen["options"] == told["options"]
        assert bool(seen["scope"]) == (role.rows != "all" and bool(role.rows))
        assert without_scope(seen["period"]) == told["period"]
        specs = [
            json_in(document, "spec")["pages"][page.key]["visuals"]
            for document in (ask(role_name, f"/{page.path}").text, alone[role_name].get(f"/{page.path}").text)
        ]
        own, every = (
            dict(cell for name, visual in each["visuals"].items() for cell in cells_of(name, visual, spec[name]))
            for each, spec in zip((seen, told), specs, strict=True)
        )
        wrong += [(cell, value, every.get(cell)) for cell, value in own.items() if not close(value, every.get(cell))]
        wrong += [cell for cell in own if cell[-1] in role.hides]
        cells += len(own)
        for visual in page.visuals:
            if role.hides.isdisjoint(visual.metrics) and visual.name in seen["visuals"] and visual.kind != "callouts":
                same += 1
                assert seen["visuals"][visual.name] == told["visuals"][visual.name], visual.name
    assert wrong == []
    assert role_name == "nowhere" or (cells > 10 and same)


def cells_of(name: str, visual: dict[str, Any], spec: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The cells of cards and tables in a view, each under its visual, row and metric."""
    metrics = visual.get("metrics", spec.get("metrics", ()))
    if visual["state"] != "ready":
        return
    if spec["kind"] == "cards":
        for metric, card in zip(metrics, visual["cards"], strict=True):
            yield from (((name, part, metric), card[part]) for part in ("value", "baseline", "change"))
    if spec["kind"] == "table":
        rows = list(zip(*visual["keys"], strict=True))
        for metric, column in zip(metrics, visual["values"], strict=True):
            yield from (((name, *row, metric), value) for row, value in zip(rows, column, strict=True))
        for metric, value in zip(metrics, visual["total"] or (), strict=bool(visual["total"])):
            yield (name, "total", metric), value


def close(one: float | None, other: float | None) -> bool:
    return one == other or (one is not None and other is not None and one == pytest.approx(other, rel=1e-9))


def test_a_pages_rows_are_those_of_its_visuals(ask: Ask, policy: Policy, caplog: pytest.LogCaptureFixture) -> None:
    """/data/<page>.json, for each role, within its rows and metrics; each is an export in the audit log."""
    opened = 0
    for role in policy.roles:
        for page in PAGES:
            with caplog.at_level(logging.INFO, logger="dashboard.audit"):
                answer = ask(role.name, f"/data/{page.key}.json?last=12w")
            line = caplog.records[-1]
            if page.key not in role.pages:
                assert (answer.status_code, set(answer.json), line.message) == (403, {"error"}, "refusal")
                continue
            opened += 1
            assert (line.message, line.told["page"], line.told["kind"]) == ("export", page.key, "json")
            whole = answer.json
            assert list(whole) == ["page", "query", "data_through", "currency", "visuals"]
            for visual in page.visuals:
                alone = ask(role.name, f"/data/{page.key}/{visual.name}.json?last=12w")
                if alone.status_code == 404:
                    assert visual.name not in whole["visuals"]
                else:
                    assert whole["visuals"].pop(visual.name)["rows"] == alone.json["rows"]
            assert whole["visuals"] == {}
    assert opened == 11
    assert ask("board", "/data/glossary.json").status_code == 404
    assert ask(None, "/data/cfo.json").status_code == 403
