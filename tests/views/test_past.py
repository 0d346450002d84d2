"""The dashboard as it was: a version, a day, one that is not there, and one that may not be seen."""

import gc
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from weakref import ref

import pyarrow.compute as pc
import pytest
from deltalake import DeltaTable, write_deltalake
from flask.testing import FlaskClient

from app import create_app
from facts.delta import kept_versions
from facts.delta.table_names import path_of
from facts.delta.versions import version_at
from facts.protocol import DataProblem, Facts
from facts.source import Source
from settings import from_environment
from tests.asking import view


@pytest.fixture
def table(facts_path: Path, tmp_path: Path) -> Path:
    """The demo, restated: version 1 claims half of what version 0 claimed."""
    for path in (facts_path, path_of(facts_path)):
        shutil.copytree(path, tmp_path / path.name)
    table = tmp_path / facts_path.name
    rows = DeltaTable(str(table)).to_pyarrow_table()
    place = rows.schema.names.index("revenue")
    halved = rows.set_column(place, "revenue", pc.multiply(rows["revenue"], 0.5))
    write_deltalake(str(table), halved, mode="overwrite")
    return table


@pytest.fixture
def client(table: Path) -> Iterator[FlaskClient]:
    source = Source(table)
    yield create_app(from_environment({"DASHBOARD_FACTS": str(table)}), source).server.test_client()
    source.close()


def revenue(answer: dict) -> float:
    return answer["visuals"]["core-cards"]["cards"][0]["value"]


def test_a_past_version_says_what_it_said_and_what_is_said_now(client: FlaskClient) -> None:
    today, past = (view(client, "cfo", f"platform=Meta{more}").json for more in ("", "&as_of=0"))
    assert revenue(past) == pytest.approx(2 * revenue(today))
    assert today["as_of"] is None
    assert past["query"] == "platform=Meta&as_of=0"
    assert past["chosen"]["as_of"] == "0"
    assert past["as_of"]["query"] == "platform=Meta"
    assert past["as_of"]["label"].endswith(", version 0.")
    assert f"${revenue(past):,.0f}, now ${revenue(today):,.0f}; spend " in past["as_of"]["sentence"]
    assert past["as_of"]["sentence"].endswith("now the same.")
    rows = client.get("/data/cfo/core-cards.json?platform=Meta&as_of=0").json
    assert rows["query"] == "platform=Meta&as_of=0"
    assert rows["rows"][0]["value"] == pytest.approx(revenue(past))
    assert view(client, "cfo", "platform=Meta").json == today, "no cache gives today's readers the past"


def test_a_day_means_its_last_version(table: Path, client: FlaskClient) -> None:
    today = datetime.now(UTC).date().isoformat()
    assert version_at(table, today).number == 1
    answer = view(client, "cfo", f"as_of={today}").json
    assert answer["as_of"]["version"] == 1
    assert answer["query"] == f"as_of={today}"


@pytest.mark.parametrize(
    "text", ["9", "-1", "2001-01-01", "2025-13-01", "yesterday", "9" * 40, "%00", "1e5", "0001-01-01"]
)
def test_what_does_not_exist_is_dropped_and_said(client: FlaskClient, text: str) -> None:
    answer = view(client, "cfo", f"as_of={text}").json
    assert answer["query"] == ""
    assert answer["as_of"] is None
    assert answer["notes"][-1].endswith("Today's figures are shown.")


@pytest.mark.parametrize(("auth", "says"), [("demo", "nobody has to sign in"), ("", "do not mix")])
def test_a_version_that_is_not_the_demos_is_not_shown_to_everybody(table: Path, auth: str, says: str) -> None:
    """After `undo`, one's own figures are a past version of what anybody may open."""
    rows = DeltaTable(str(table)).to_pyarrow_table()
    shutil.rmtree(table)
    write_deltalake(str(table), rows, name="marketing-dashboard facts")
    DeltaTable(str(table)).alter.set_table_name("marketing-dashboard demo")
    source = Source(table)
    settings = from_environment({"DASHBOARD_FACTS": str(table), "DASHBOARD_AUTH": auth})
    client = create_app(settings, source).server.test_client()
    answer = view(client, "cfo", "as_of=0").json
    assert answer["as_of"] is None
    assert says in answer["notes"][-1]
    with pytest.raises(DataProblem):
        source.at("0")
    source.close()


def test_a_past_version_is_given_back(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source(table)
    facts, _ = source.at("0")
    assert source.at("0")[0] is facts
    source.forget()
    assert source.at("0")[0] is facts
    monkeypatch.setattr("facts.delta.kept_versions.SECONDS", -1.0)
    source.forget()
    assert source.at("0")[0] is not facts
    source.close()


def test_versions_in_turn_keep_a_few_of_them_and_no_more_than_fit(
    facts_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept are objects that somebody holds; how much memory the process has says little of that."""
    rows = DeltaTable(str(facts_path)).to_pyarrow_table()
    table = tmp_path / "facts"
    for version in range(7):
        write_deltalake(str(table), rows.slice(0, 1000 + version), mode="overwrite", name="marketing-dashboard demo")
    source = Source(table)
    client = create_app(from_environment({"DASHBOARD_FACTS": str(table)}), source).server.test_client()

    def kept(times: int) -> list[Facts]:
        """Those of earlier versions that are there after each was asked for in turn."""
        refs = []
        for version in [*range(6)] * times:
            facts, _ = source.at(str(version))
            refs.append(ref(facts))
            assert view(client, "cfo", f"as_of={version}").json["as_of"]["version"] == version
        del facts
        gc.collect()
        return list({id(found): found for each in refs if (found := each()) is not None}.values())

    few = kept(3)
    assert len(few) == kept_versions.MOST
    assert sum(facts.nbytes for facts in few) <= kept_versions.BYTES
    least = min(facts.nbytes for facts in few)
    del few
    monkeypatch.setattr(kept_versions, "BYTES", int(2.5 * least))
    assert 1 <= len(kept(2)) <= 2  # how many answers each of them keeps, and so its weight, is no fixed number
    monkeypatch.setattr(kept_versions, "BYTES", 1)
    (last,) = kept(2)
    assert source.at("5")[0] is last
    source.close()
