"""Rows replaced in one commit: which of them, which files are written anew, and what the log says of those."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from ingest.results import ImportProblem
from ingest.write import data_files
from ingest.write.replace import replace_rows, replace_table

KEY = ("platform", "date")
SCHEMA = pa.schema([("date", pa.date32()), ("platform", pa.string()), ("spend", pa.float64())])


def rows(*cells: tuple[int, str, float]) -> pa.Table:
    """A day of July 2025, a platform and its spend."""
    return pa.Table.from_pylist(
        [{"date": date(2025, 7, day), "platform": name, "spend": spend} for day, name, spend in cells], SCHEMA
    )


def held(path: Path, version: int | None = None) -> list[tuple[int, str, float]]:
    found = DeltaTable(str(path), version=version).to_pyarrow_table().to_pylist()
    return sorted((row["date"].day, row["platform"], row["spend"]) for row in found)


def active(path: Path) -> set[str]:
    return {Path(uri).name for uri in DeltaTable(str(path)).file_uris()}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A table of two files, the first by delta-rs as earlier versions had it."""
    path = tmp_path / "table"
    write_deltalake(str(path), rows((1, "Meta", 1), (2, "Meta", 2), (2, "Google", 3)), name="n")
    replace_rows(path, DeltaTable(str(path)), rows((20, "Meta", 20), (21, "Meta", 21)), KEY, {})
    return path


def test_rows_of_the_same_key_are_replaced_and_no_others(path: Path) -> None:
    table = DeltaTable(str(path))
    assert replace_rows(path, table, rows((2, "Meta", 9), (3, "TikTok", 4)), KEY, {"by": "Ann"}) == 2
    assert held(path) == [
        (1, "Meta", 1),
        (2, "Google", 3),
        (2, "Meta", 9),
        (3, "TikTok", 4),
        (20, "Meta", 20),
        (21, "Meta", 21),
    ]
    assert len(held(path, version=1)) == 5
    assert DeltaTable(str(path)).history(1)[0]["by"] == "Ann"


def test_a_file_without_such_rows_stays_as_it_is(path: Path) -> None:
    before = active(path)
    replace_rows(path, DeltaTable(str(path)), rows((21, "Meta", 0)), KEY, {})
    assert len(active(path) & before) == 1
    before = active(path)
    replace_rows(path, DeltaTable(str(path)), rows((21, "Google", 0)), KEY, {})  # the day is there, the key is not
    assert active(path) > before


def test_the_log_says_what_delta_rs_would(path: Path, tmp_path: Path) -> None:
    some = rows((2, "Meta", 9), (3, "Ünïcode · 名前", 4)).append_column("gone", pa.array([None, 1.5], pa.float64()))
    replace_table(tmp_path / "ours", None, [some], some.schema, "n", "d", {})
    write_deltalake(str(tmp_path / "theirs"), some)
    ours, theirs = (
        pa.table(DeltaTable(str(tmp_path / name)).get_add_actions(flatten=True)).to_pylist()[0]
        for name in ("ours", "theirs")
    )
    told = {name for name in ours if name.startswith(("num_records", "null_count"))} | {
        f"{end}.{name}" for end in ("min", "max") for name in KEY
    }
    assert {name: ours[name] for name in told} == {name: theirs[name] for name in told}
    assert len(told) == 9
    assert ours["path"].startswith("dashboard-new-")


def test_many_rows_are_written_in_groups_and_files(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_files, "_GROUP", 3)
    monkeypatch.setattr(data_files, "_LARGE", 100)
    new = [(day, "Google", float(day)) for day in range(2, 12)]
    expected = [each for each in held(path) if each != (2, "Google", 3)] + new
    replace_rows(path, DeltaTable(str(path)), rows(*new), KEY, {})
    assert held(path) == sorted(expected)
    assert len(active(path)) == 1 + 4  # the one without such rows, and twelve rows in threes


def test_columns_that_a_table_lacks_come_with_its_next_rows(path: Path) -> None:
    more = rows((2, "Meta", 9)).append_column("fees", pa.array([0.5]))
    replace_rows(path, DeltaTable(str(path)), more, KEY, {})
    found = DeltaTable(str(path)).to_pyarrow_table()
    assert DeltaTable(str(path)).metadata().name == "n"
    assert sorted(found.column_names) == ["date", "fees", "platform", "spend"]
    assert [row["fees"] for row in found.to_pylist() if row["spend"] == 9] == [0.5]
    assert found["fees"].null_count == found.num_rows - 1 == 4
    assert len(held(path, version=1)) == 5


def test_a_table_that_changed_meanwhile_is_left_alone(path: Path) -> None:
    seen = DeltaTable(str(path))
    write_deltalake(str(path), rows((5, "Amazon", 5)), mode="append")
    before, files = held(path), set(path.glob("*.parquet"))
    new = rows((2, "Meta", 9))
    with pytest.raises(ImportProblem, match="was changed meanwhile: import again"):
        replace_table(path, seen, [new], SCHEMA, "n", "d", {})
    with pytest.raises(ImportProblem, match="was changed meanwhile: import again"):
        replace_rows(path, seen, new, KEY, {})
    assert held(path) == before
    assert set(path.glob("*.parquet")) == files
    assert [each.name for each in path.parent.iterdir()] == ["table"]
