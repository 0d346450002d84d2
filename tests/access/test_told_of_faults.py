"""What readers, narrowed ones too, are told where something is wrong: a sentence without paths, and not for ever."""

import logging
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable, write_deltalake
from flask.testing import FlaskClient

from app import create_app
from facts.deadline import NoAnswer
from facts.delta.table_names import path_of
from facts.source import Source
from settings import from_environment
from tests.access.signing import Provider
from tests.asking import view

#: What of a server no reader's sentence holds: paths, files, columns of the table, names of classes.
INTERNAL = re.compile(r"/\w+/|\.parquet|_delta_log|\.json\b|[a-z]+_[a-z]+|\w+(Error|Exception)\b|python3")


@pytest.fixture
def table(facts_path: Path, tmp_path: Path) -> Path:
    """The demo with its shop, in two versions."""
    for path in (facts_path, path_of(facts_path)):
        shutil.copytree(path, tmp_path / path.name)
    table = tmp_path / facts_path.name
    write_deltalake(str(table), DeltaTable(str(table)).to_pyarrow_table(), mode="overwrite")
    return table


@pytest.fixture
def source(table: Path) -> Source:
    source = Source(table)
    source.close()  # nothing looks for newer data but the tests
    return source


@pytest.fixture
def client(table: Path, source: Source, environment: dict[str, str]) -> FlaskClient:
    return create_app(from_environment(environment | {"DASHBOARD_FACTS": str(table)}), source).server.test_client()


Ask = Callable[..., Any]


@pytest.fixture
def ask_as(client: FlaskClient, provider: Provider) -> Ask:
    """Ask for the figures of a page, or for an address, as somebody of a group."""

    def get(group: str, wanted: str, query: str = "") -> Any:
        headers = {"X-Auth-Id-Token": provider.token([group])}
        return client.get(wanted, headers=headers) if "/" in wanted else view(client, wanted, query, headers)

    return get


def sentences(answer: Any) -> list[str]:
    """Everything in an answer that is said of the data and not of its figures."""
    if "error" in answer:
        return [answer["error"]]
    told = [each for each in (answer["data"]["notice"], *answer["notes"]) if each]
    return told + [visual["text"] for visual in answer["visuals"].values() if visual["state"] != "ready"]


def damage_newest(table: Path, source: Source) -> None:
    (table / "_delta_log" / f"{DeltaTable(str(table)).version() + 1:020}.json").write_text('{"add": {"path": "half')
    assert not source.refresh()


def lose_a_column(table: Path, source: Source) -> None:
    rows = DeltaTable(str(table)).to_pyarrow_table().drop_columns(["spend"])
    write_deltalake(str(table), rows, mode="overwrite", schema_mode="overwrite")
    assert not source.refresh()


def lose_the_past(table: Path, source: Source) -> None:
    for file in DeltaTable(str(table), version=0).file_uris():
        Path(file).unlink()


def damage_the_shop(table: Path, source: Source) -> None:
    for file in path_of(table).glob("*.parquet"):
        file.write_bytes(b"no parquet")
    write_deltalake(str(table), DeltaTable(str(table)).to_pyarrow_table(), mode="overwrite")
    assert source.refresh()


FAULTS = {
    "a damaged version": (damage_newest, ""),
    "a column that is gone": (lose_a_column, ""),
    "a past whose files are gone": (lose_the_past, "as_of=0"),
    "a version that there is not": (lambda *_: None, "as_of=99"),
    "a damaged shop": (damage_the_shop, ""),
}


@pytest.mark.parametrize("group", ["grp-all", "grp-fin-emea"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_without_paths_and_logged_with_them(
    table: Path, source: Source, ask_as: Ask, caplog: pytest.LogCaptureFixture, fault: str, group: str
) -> None:
    damage, query = FAULTS[fault]
    with caplog.at_level(logging.WARNING):
        damage(table, source)
        answers = [ask_as(group, "cfo", f"last=11w&{query}").json]
        answers += [ask_as(group, f"/proof/cfo/core-cards?metric=revenue&last=11w&{query}").json]

    told = sentences(answers[0])
    assert told or (fault, group) == ("a damaged shop", "grp-fin-emea"), "who sees a part sees nothing of the shop"
    assert [each for each in told if INTERNAL.search(each)] == []
    assert str(table.parent) not in repr(answers)
    if fault != "a version that there is not":
        assert str(table.parent) in caplog.text, "whoever runs the dashboard is told where"


def test_no_data_is_told_without_a_path(tmp_path: Path) -> None:
    source = Source(tmp_path / "secret-place")
    client = create_app(from_environment({}), source).server.test_client()
    data, others = ("cfo/core-cards.csv", "cfo.json", "cfo.xlsx"), ("/options/campaign", "/proof/cfo/core-cards")
    for answer in (view(client, "cfo"), *(client.get(f"/data/{file}") for file in data), *map(client.get, others)):
        assert answer.status_code == 503
        assert not INTERNAL.search(answer.json["error"].replace("python -m", ""))
    source.close()


def test_an_engine_that_fails_is_told_without_its_address_and_logged_with_it(
    ask_as: Ask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from facts.engines.table import _sentence

    class Warehouse:
        label = "postgres://reader@warehouse.internal:5432/marketing?table=facts"

        def without_secrets(self, text: str) -> str:
            return text

    problem = _sentence(Warehouse(), RuntimeError('relation "facts_2025" does not exist at 10.0.0.7'))
    assert isinstance(problem, NoAnswer)
    monkeypatch.setattr("views.kept_views.view", fail_with(problem))
    answer = ask_as("grp-fin-emea", "cfo")

    assert answer.status_code == 503
    assert not re.search(r"postgres|warehouse|10\.0|facts_2025", answer.data.decode())
    assert "10.0.0.7" in caplog.text


def fail_with(problem: Exception) -> Callable[..., Any]:
    def fail(*_: Any) -> Any:
        raise problem

    return fail


@pytest.mark.parametrize("version", [0, 1])
def test_a_fault_of_the_past_that_passes_is_over_for_its_address(table: Path, ask_as: Ask, version: int) -> None:
    query = f"last=9w&as_of={version}"
    table.rename(away := table.with_name("away"))  # as where a volume is not there for a moment
    during = [ask_as("grp-all", "cfo", query).json for _ in range(2)]
    away.rename(table)
    after = ask_as("grp-all", "cfo", query).json

    assert [answer["as_of"] for answer in during] == [None, None]
    assert during[0]["notes"][-1].endswith("Today's figures are shown.")
    assert (after["as_of"]["version"], after["notes"]) == (version, [])


def test_a_visual_that_failed_once_is_drawn_again(ask_as: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    from components.figures import bars

    def fail(*_: Any) -> None:
        raise OSError("a moment's fault")

    with monkeypatch.context() as broken:
        broken.setattr(bars, "_room", fail)
        during = ask_as("grp-all", "cfo", "last=13d").json["visuals"]["regional-roi"]
    after = ask_as("grp-all", "cfo", "last=13d").json["visuals"]["regional-roi"]

    assert (during["state"], after["state"]) == ("error", "ready")


def test_times_and_ages_are_those_of_utc_wherever_the_server_stands(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its zones' dates are never the same: one is 26 hours ahead of the other."""
    ages = set()
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        source = Source(table)
        client = create_app(from_environment({"DASHBOARD_FACTS": str(table)}), source).server.test_client()
        label = client.get("/version").json["label"]
        assert re.search(rf"loaded {time.strftime('%H', time.gmtime())}:\d\d UTC$", label) or time.gmtime().tm_min == 0
        ages |= {
            line for line in client.get("/metrics").text.splitlines() if line.startswith("dashboard_data_age_days ")
        }
        source.close()
    monkeypatch.undo()
    time.tzset()

    assert len(ages) == 1
