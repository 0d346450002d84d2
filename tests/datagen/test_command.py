"""`python -m datagen` as a process: what it writes, refuses, survives."""

import hashlib
import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from datagen.company import company_of_seed
from datagen.table import facts
from datagen.target import NAME

ROOT = Path(__file__).parents[2]


def command(*args: object) -> list[str]:
    return [sys.executable, "-m", "datagen", *map(str, args)]


def run(*args: object, **kwargs: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*args), cwd=ROOT, capture_output=True, text=True, timeout=60, **kwargs)


def rows(out: Path) -> pa.Table:
    return DeltaTable(str(out)).to_pyarrow_table()


def state(out: Path) -> dict[str, str]:
    """Every file at and beside the table, by its content."""
    files = sorted(path for path in out.parent.rglob("*") if path.is_file())
    return {str(path.relative_to(out.parent)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table of the three days to 2025-07-31."""
    out = tmp_path / "data" / "facts"
    done = run("--days", 3, "--end", "2025-07-31", "--out", out)
    assert done.returncode == 0, done.stderr
    return out


def test_it_writes_a_table_that_says_what_it_is(table):
    delta = DeltaTable(str(table))
    assert delta.metadata().name == NAME == "marketing-dashboard demo"
    assert "datagen" in delta.metadata().description
    assert delta.history()[0]["datagen.seed"] == "131"
    truth = json.loads((table.parent / "truth.json").read_text())
    assert (truth["first_day"], truth["last_day"], truth["seed"]) == ("2025-07-29", "2025-07-31", 131)


def test_one_line_on_stdout_and_none_on_stderr(tmp_path):
    done = run("--start", "2025-07-31", "--days", 2, "--out", tmp_path / "facts")
    assert done.stdout == f"1440 rows, 2 days from 2025-07-31 to 2025-08-01: {tmp_path / 'facts'}\n"
    assert done.stderr == ""


def test_what_is_on_disk_is_what_was_simulated(table):
    company, last = company_of_seed(131), 739463  # 2025-07-31
    made = facts(company, last - 2, last)
    stored = rows(table).cast(pa.schema([(f.name, made.schema.field(f.name).type) for f in made.schema]))
    assert stored.sort_by("date").num_rows == made.num_rows
    assert stored.to_pydict() == made.to_pydict()


def test_writing_again_is_a_further_version_and_the_same_bytes_of_data(table):
    before = DeltaTable(str(table))
    done = run("--days", 3, "--end", "2025-07-31", "--out", table)
    assert done.returncode == 0
    after = DeltaTable(str(table))
    assert (before.version(), after.version()) == (0, 1)
    content = [Path(delta.file_uris()[0]).read_bytes() for delta in (before, after)]
    assert content[0] == content[1]
    assert not list(table.parent.glob(".*"))


def test_a_full_file_leaves_everything_as_it_was(table):
    before = state(table)
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))  # noqa: E731
    done = run("--days", 400, "--out", table, preexec_fn=limit)
    assert done.returncode == 1
    assert re.fullmatch(r"datagen: A file would grow beyond .*\n", done.stderr)
    assert state(table) == before


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", disk]
    mounted = subprocess.run(mount, capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("mounting a small disk needs root")
    yield disk
    subprocess.run(["umount", disk], check=True)


@pytest.mark.parametrize("free", [0, 45_056, None])
def test_a_full_disk_leaves_everything_as_it_was(small_disk, free):
    """However early it fills up: at the journal, the data, what follows the data (None: in the midst of much data)."""
    out = small_disk / "data" / "facts"
    assert run("--days", 1, "--out", out).returncode == 0
    before = state(out)
    if free is not None:
        available = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
        (small_disk / "filler").write_bytes(bytes(available - free))
    done = run("--days", 60 if free is None else 1, "--out", out)
    assert done.returncode == 1
    assert re.fullmatch(r"datagen: The disk is full: .*\n", done.stderr)
    assert state(out) == before


def test_a_killed_run_leaves_the_old_version_and_the_next_run_clears_up(table):
    before, version = rows(table), DeltaTable(str(table)).version()
    there = set(table.glob("*.parquet"))
    process = subprocess.Popen(command("--days", 3660, "--out", table), cwd=ROOT, stdout=subprocess.DEVNULL)
    wait_until(lambda: len(set(table.glob("*.parquet")) - there) >= 2)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    left = set(table.glob("*.parquet")) - there
    assert left
    assert DeltaTable(str(table)).version() == version
    assert rows(table).equals(before)

    done = run("--days", 1, "--out", table)
    assert done.returncode == 0
    assert not left & set(table.glob("*.parquet"))
    assert not list(table.parent.glob(".*"))


def test_a_stopped_run_clears_up_itself(tmp_path):
    out = tmp_path / "data" / "facts"
    process = subprocess.Popen(command("--days", 3660, "--out", out), cwd=ROOT, stdout=subprocess.DEVNULL)
    wait_until(lambda: len(list(out.glob("*.parquet"))) >= 2)
    process.terminate()
    assert process.wait(30) == 143
    assert list((tmp_path / "data").rglob("*")) == []


def test_two_at_once_do_not_mix(table):
    process = subprocess.Popen(command("--days", 3660, "--out", table), cwd=ROOT, stdout=subprocess.DEVNULL)
    wait_until(lambda: len(list(table.glob("*.parquet"))) >= 2)
    second = run("--days", 1, "--out", table)
    process.terminate()
    process.wait(30)
    assert second.returncode == 1
    assert "another datagen is writing" in second.stderr
    assert rows(table).num_rows == 3 * 720


def test_following_adds_the_days_a_longer_run_would_have_had(tmp_path):
    out = tmp_path / "facts"
    assert run("--days", 2, "--end", "2025-09-28", "--out", out, "--seed", 5).returncode == 0
    process = subprocess.Popen(command("--follow", 0.1, "--out", out), cwd=ROOT, stdout=subprocess.PIPE, text=True)
    lines = [process.stdout.readline() for _ in range(2)]
    process.terminate()
    assert process.wait(30) == 0
    lines += process.stdout.readlines()
    assert lines[0] == f"720 rows, 1 day, 2025-09-29: {out}\n"
    first, last = 739521, 739522 + len(lines)  # from 2025-09-27
    made = facts(company_of_seed(5), first, last)
    assert rows(out).sort_by("date").select(["date", "revenue"]).to_pydict()["date"] == made["date"].to_pylist()
    key = [("date", "ascending"), ("campaign", "ascending"), ("region", "ascending"), ("device", "ascending"),
           ("segment", "ascending")]  # fmt: skip
    assert rows(out).sort_by(key).to_pylist() == made.cast(rows(out).schema).sort_by(key).to_pylist()
    truth = json.loads((tmp_path / "truth.json").read_text())
    assert (truth["first_day"], truth["last_day"]) == ("2025-09-27", made["date"][-1].as_py().isoformat())
    process.stdout.close()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["--start", "2025-09-29", "--end", "2025-09-28"],
            "the first day, 2025-09-29, lies after",
        ),
        (["--start", "2025-10-01"], "the first day, 2025-10-01, lies after the last, 2025-09-28"),
        (["--start", "2025-01-01", "--end", "2025-01-31", "--days", "30"], "leave one of the three out"),
        (["--days", "0"], "argument --days: 0 lies outside 1 to 3660"),
        (["--days", "3661"], "argument --days: 3661 lies outside 1 to 3660"),
        (["--days", "many"], "argument --days: 'many' is no whole number"),
        (["--start", "2001-01-01"], "2001-01-01 to 2025-09-28 is more than 3660 days"),
        (["--end", "1999-12-31"], "argument --end: 1999-12-31 lies outside 2000-01-01 to 2100-12-31"),
        (["--end", "2000-01-05", "--days", "6"], "reaches outside 2000-01-01 to 2100-12-31"),
        (["--end", "31.07.2025"], "argument --end: '31.07.2025' is no date: write it as YYYY-MM-DD"),
        (["--end", "2025-02-30"], "argument --end: '2025-02-30' is no date"),
        (["--seed", "-1"], "argument --seed: -1 lies outside"),
        (["--follow", "0"], "argument --follow: '0' is no number of seconds above 0"),
        (["--follow", "nan"], "argument --follow: 'nan' is no number of seconds above 0"),
    ],
)
def test_bad_arguments(tmp_path, capsys, arguments, sentence):
    from datagen.arguments import arguments as parse

    with pytest.raises(SystemExit) as stopped:
        parse([*arguments, "--out", str(tmp_path / "facts")])
    assert stopped.value.code == 2
    assert sentence in capsys.readouterr().err


def test_it_refuses_to_write_over_anything_else(tmp_path):
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "cat.jpg").write_bytes(b"cat")
    company = tmp_path / "company"
    write_deltalake(str(company), pa.table({"revenue": [1.0]}), name="facts")
    file = tmp_path / "file"
    file.write_text("text")
    for out, why in ((photos, "neither empty nor a Delta table"), (company, "did not write"), (file, "is a file")):
        before = state(out)
        done = run("--days", 1, "--out", out, *(("--follow", 0.1) if out is company else ()))
        assert done.returncode == 1
        assert why in done.stderr
        assert done.stderr.count("\n") == 1
        assert state(out) == before


def test_following_another_company_is_refused(table):
    done = run("--follow", 0.1, "--seed", 5, "--out", table)
    assert done.returncode == 1
    assert "is the company of seed 131, not 5" in done.stderr


def wait_until(holds) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end, "waited 30 s"
        time.sleep(0.005)
