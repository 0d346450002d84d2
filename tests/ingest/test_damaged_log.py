"""A table of ours that is damaged: every way to use it says in plain words what is, and leaves every byte as it was."""

import encodings.utf_8_sig  # noqa: F401 - who may not read root's files can load nothing later
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import prometheus_client  # noqa: F401 - the same
import pytest
from deltalake import DeltaTable

import cli
from facts.source import Source
from ingest.one_file import How, import_file
from ingest.results import TableProblem
from ingest.uploaded import answer_request
from ingest.watch import stamp_of, take
from tests.ingest.foreign import content
from tests.ingest.read.conftest import FIXTURES
from tests.web.test_imports import KEEP, ended, token_of, upload_of
from web.imports.checks import Imports
from web.imports.uploads import Uploads

ROOT = Path(__file__).parents[2]
NOBODY = 65534
#: Set where a test has a process of its own, whose user it may change.
OWN_PROCESS = "DAMAGED_LOG_OWN_PROCESS"
REPORT = (FIXTURES / "google_en_daily.csv").read_bytes()


def entry(table: Path, number: int, ending: str = "json") -> Path:
    return table / "_delta_log" / f"{number:020}.{ending}"


def write(number: int, data: bytes, ending: str = "json") -> Callable[[Path], None]:
    return lambda table: entry(table, number, ending).write_bytes(data) and None


def cut(number: int, ending: str = "json") -> Callable[[Path], None]:
    def damage(table: Path) -> None:
        file = entry(table, number, ending)
        file.write_bytes(file.read_bytes()[:-40])

    return damage


def remove(*numbers: int, ending: str = "json") -> Callable[[Path], None]:
    def damage(table: Path) -> None:
        for number in numbers:
            entry(table, number, ending).unlink()

    return damage


def folder(table: Path) -> None:
    entry(table, 5).unlink()
    entry(table, 5).mkdir()


def link(table: Path) -> None:
    entry(table, 5).unlink()
    entry(table, 5).symlink_to("nowhere")


def hint(table: Path) -> None:
    (table / "_delta_log" / "_last_checkpoint").write_text('{"version":99,"size":3}')


def no_log(table: Path) -> None:
    shutil.rmtree(table / "_delta_log")


def unreadable(name: str) -> Callable[[Path], None]:
    return lambda table: os.chmod(table / "_delta_log" / name, 0)


def no_files(table: Path) -> None:
    for file in table.glob("*.parquet"):
        file.unlink()


def cut_files(table: Path) -> None:
    for file in table.glob("*.parquet"):
        file.write_bytes(file.read_bytes()[:-100])


def flip(at: int) -> Callable[[Path], None]:
    """A byte of each file is another, and no file's size."""

    def damage(table: Path) -> None:
        for file in table.glob("*.parquet"):
            data = bytearray(file.read_bytes())
            data[at] ^= 0xFF
            file.write_bytes(data)

    return damage


def edit(old: bytes, new: bytes) -> Callable[[Path], None]:
    def damage(table: Path) -> None:
        content = entry(table, 5).read_bytes()
        assert old in content
        entry(table, 5).write_bytes(content.replace(old, new))

    return damage


def add_action(name: str, **said: object) -> Callable[[Path], None]:
    def damage(table: Path) -> None:
        with entry(table, 5).open("a") as file:
            file.write("\n" + json.dumps({name: said}) + "\n")

    return damage


def data_as_checkpoint(table: Path) -> None:
    shutil.copy(next(table.glob("*.parquet")), entry(table, 3, CHECKPOINT))


METADATA = {"id": "x", "format": {"provider": "parquet", "options": {}}, "partitionColumns": [], "configuration": {}}
CHECKPOINT = "checkpoint.parquet"
#: What is damaged in a table of six versions, with a checkpoint of version 3, and what is said of it.
KINDS: dict[str, tuple[Callable[[Path], None], str]] = {
    "garbage": (write(5, b"{g"), "version 5 in its log is damaged"),
    "bytes": (write(5, b"\xff\x00\x01" * 50), "version 5 in its log is damaged"),
    "another's json": (write(5, b"[1]\n"), "version 5 in its log is damaged"),
    "cut": (cut(5), "version 5 in its log is damaged"),
    "empty": (write(5, b""), "version 5 in its log is damaged"),
    "empty object": (write(5, b"{}\n"), "version 5 in its log is damaged"),
    "empty, not the last": (write(4, b"\n\n"), "version 4 in its log is damaged"),
    "folder": (folder, "version 5 in its log is damaged"),
    "link to nothing": (link, "version 5 in its log is damaged"),
    "hole": (remove(4), "version 4 is missing from its log"),
    "no checkpoint": (remove(3, ending=CHECKPOINT), "its log names a checkpoint of version 3, which is not there"),
    "lying hint": (hint, "its log names a checkpoint of version 99, which is not there"),
    "checkpoint": (write(3, b"x" * 100, CHECKPOINT), "its log's checkpoint of version 3 is damaged"),
    "empty checkpoint": (write(3, b"", CHECKPOINT), "its log's checkpoint of version 3 is damaged"),
    "cut checkpoint": (cut(3, CHECKPOINT), "its log's checkpoint of version 3 is damaged"),
    "no log": (no_log, "its log is missing"),
    "unreadable": (unreadable(f"{5:020}.json"), "this program's user may not read version 5 in its log"),
    "unreadable checkpoint": (
        unreadable(f"{3:020}.{CHECKPOINT}"),
        "this program's user may not read its log's checkpoint of version 3",
    ),
    "unreadable log": (unreadable(""), "this program's user may not read its log"),
    "a file without a path": (edit(b'"path"', b'"pfad"'), "version 5 in its log is damaged"),
    "a size that is text": (edit(b'"size":', b'"size":"x","s":'), "version 5 in its log is damaged"),
    "a schema that is none": (add_action("metaData", schemaString="(", **METADATA), "version 5 in its log is damaged"),
    "a table without an id": (add_action("metaData", schemaString="{}"), "version 5 in its log is damaged"),
    "a newer program's": (
        add_action("protocol", minReaderVersion=99, minWriterVersion=99),
        "since version 5 it needs a newer program",
    ),
    "another's checkpoint": (data_as_checkpoint, "its log's checkpoint of version 3 is no checkpoint"),
    "files' ends": (flip(-20), "files that"),
    "files' last bytes": (flip(-1), "files that"),
    "no files": (no_files, "files that"),
    "cut files": (cut_files, "files that"),
}
INTERNAL = re.compile(
    r"ParsedLogPath|Error\b|Traceback|[Kk]ernel|panic|\{ |0: |unknown|delta-?rs|deltalake|parquet|[Aa]rrow|\.json|Errno"
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table of six versions."""
    root = tmp_path_factory.mktemp("whole")
    for number in range(6):
        (root / "x.csv").write_bytes(REPORT.replace(b"228.61", b"%d.61" % (300 + number)))
        import_file(root / "x.csv", How(root / "facts"), lambda said: None)
        if number == 3:
            DeltaTable(str(root / "facts")).create_checkpoint()
    return root / "facts"


@pytest.fixture
def root(whole: Path) -> Iterator[Path]:
    """A folder that other users may look into, as pytest's own is not."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        shutil.copytree(whole, Path(name) / "data" / "facts")
        (Path(name) / "in").mkdir()
        (Path(name) / "in" / "new.csv").write_bytes(REPORT)
        for path in (Path(name), *Path(name).rglob("*")):
            path.chmod(0o777 if path.is_dir() else 0o666)
        yield Path(name)


def sentences(
    root: Path, what: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """What each way of using the table at `root` says, and that none goes through."""
    facts, report = root / "data" / "facts", root / "in" / "new.csv"
    monkeypatch.setenv("DASHBOARD_FACTS", str(facts))
    said: dict[str, str] = {}
    commands = {
        "import": ["import", str(report)],
        "dry run": ["import", "--dry-run", str(report)],
        "undo": ["undo"],
        "undo to 4": ["undo", "4"],
        "history": ["history"],
        "history as of": ["history", "--as-of", "4"],
        "command check": ["check"],
        "watch": ["watch", "--once", "--every", "0.01", str(root / "in")],
    }
    for name, command in commands.items():
        status = cli.main(command)
        output = capsys.readouterr()
        if status == 0 and name == "history":  # the log is whole, and only files are not
            assert "files that" in what
            continue
        assert "Imported:" not in output.out
        assert "holds again" not in output.out
        if status == 0:
            assert name == "watch"
            (said[name],) = (line for line in output.out.splitlines() if line.startswith("stays: "))
        else:
            assert output.err.count("\n") == 1, (name, output.err)
            said[name] = output.err.strip()
    stamp = stamp_of(report)
    assert stamp is not None
    with pytest.raises(TableProblem) as stays:  # as where the table was damaged after the watch began
        take(report, stamp, How(facts))
    said["watch, later"] = str(stays.value)
    asked = {"facts": str(facts), "files": [str(report)], "options": {}, "by": "u"}
    for name, more in (("check", {}), ("keep", {"keep": True, "mark": "agreed"})):
        said[name] = answer_request(asked | more)["refused"]
        assert str(root) not in said[name]
        assert "/" not in said[name]
    source = Source(facts)
    said["serve"] = source.cause or ""
    source.close()
    assert source.current() is None
    return said


@pytest.fixture(scope="module")
def as_nobody() -> str:
    """What pytest says of the damages that root does not notice, all in one process of another user's.

    Root reads all, and a user's id is that of all of a process's threads.
    """
    run = [
        sys.executable,
        "-m",
        "pytest",
        "-v",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-k",
        "unreadable",
        __file__,
    ]
    return subprocess.run(run, cwd=ROOT, env=os.environ | {OWN_PROCESS: "1"}, capture_output=True, text=True).stdout


@pytest.mark.parametrize(("damage", "what"), KINDS.values(), ids=KINDS.keys())
def test_every_way_says_what_is_damaged_and_leaves_it(
    damage: Callable[[Path], None],
    what: str,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    damage(root / "data" / "facts")
    before = content(root)
    root_user = "may not read" in what and os.geteuid() == 0
    if root_user and OWN_PROCESS not in os.environ:
        said: str = request.getfixturevalue("as_nobody")
        assert f"{request.node.nodeid} PASSED" in said, said
        return
    if root_user:
        os.seteuid(NOBODY)
    try:
        said = sentences(root, what, capsys, monkeypatch)
    finally:
        if root_user:
            os.seteuid(0)
    assert content(root) == before
    for name, sentence in said.items():
        told = sentence.replace(str(root), "")
        assert what in told, (name, sentence)
        assert not INTERNAL.search(told), (name, sentence)
        back = {"undo": "cannot return", "history as of": "can no longer be shown"}.get(
            name.removesuffix(" to 4"), what
        )
        assert "nothing was changed" in told or ("files" in what and back in told), (name, sentence)
        assert "backup" in told or "let that user read" in told or "were removed" in told, (name, sentence)


def loop(facts: Path) -> None:
    facts.rename(facts.with_name("before"))
    facts.symlink_to(facts.name)


def file(facts: Path) -> None:
    facts.rename(facts.with_name("before"))
    facts.write_bytes(b"")


def log_file(facts: Path) -> None:
    shutil.rmtree(facts / "_delta_log")
    (facts / "_delta_log").write_text("x")


@pytest.mark.parametrize(("damage", "what"), [(loop, "link"), (file, "a file and no"), (log_file, "log")])
def test_what_is_no_table_at_all_is_said_in_a_sentence(
    damage: Callable[[Path], None],
    what: str,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    damage(root / "data" / "facts")
    monkeypatch.setenv("DASHBOARD_FACTS", str(root / "data" / "facts"))
    before = content(root)
    report = str(root / "in" / "new.csv")
    looks = [["history"], ["history", "--as-of", "4"], ["check"], ["rollup", str(root / "out")]]
    writes = [["import", report], ["undo"], ["undo", "4"], ["watch", "--once", "--every", "0.01", str(root / "in")]]
    for command in [*looks, *writes]:
        assert cli.main(command) == 1, command
        said = capsys.readouterr().err.replace(str(root), "")
        assert said.count("\n") == 1
        assert not INTERNAL.search(said), said
        assert "There is no data" not in said
        assert what in said or command not in looks, said
        assert "DASHBOARD_FACTS" in said or command in looks, said
    assert content(root) == before


@pytest.mark.parametrize("damage", [write(1, b"{g"), write(1, b"")], ids=["garbage", "empty"])
def test_a_version_of_long_ago_that_is_damaged_is_all_that_is_lost(
    damage: Callable[[Path], None], root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A checkpoint of later holds what the newest version needs of it."""
    facts = root / "data" / "facts"
    monkeypatch.setenv("DASHBOARD_FACTS", str(facts))
    damage(facts)
    before = content(facts)
    for command in (["history", "--as-of", "1"], ["history", "--as-of", "2"], ["undo", "1"], ["undo", "2"]):
        assert cli.main(command) == 1
        said = capsys.readouterr().err.replace(str(root), "")
        assert "version 1 in its log is damaged" in said
        assert not INTERNAL.search(said), said
    assert content(facts) == before
    source = Source(facts)
    assert (source.cause, source.current() is None) == (None, False)
    source.close()
    for command in (["history"], ["history", "--as-of", "4"], ["import", str(root / "in" / "new.csv")], ["undo", "4"]):
        assert cli.main(command) == 0, capsys.readouterr().err


@pytest.mark.parametrize("kind", ["empty", "hole", "checkpoint", "no files"])
def test_so_does_the_import_page_by_its_own_process(kind: str, root: Path) -> None:
    damage, what = KINDS[kind]
    facts = root / "data" / "facts"
    damage(facts)
    before = content(facts)
    imports = Imports(Uploads(facts, 10**8))
    upload = upload_of(facts, root / "in" / "new.csv")
    for ask in (imports.check, imports.keep):
        ask(token_of(upload), "ann", KEEP | {"mark": "agreed"} if ask == imports.keep else {"options": {}})
        refused = ended(imports, upload)["refused"]
        assert what in refused
        assert "nothing was changed" in refused
        assert str(root) not in refused
        assert not INTERNAL.search(refused), refused
    assert content(facts) == before
