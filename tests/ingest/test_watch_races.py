"""Others work in a watched folder while a file of it is imported and moved: what is theirs stays as they left it."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import write_deltalake

import ingest.moves
import ingest.watch
from ingest.moves import MARK, NoInbox
from ingest.one_file import How
from ingest.watch import watch
from tests.ingest.foreign import content
from tests.ingest.read.conftest import FIXTURES

REPORT = FIXTURES / "google_en_daily.csv"

#: The steps of taking a file, just before which another program acts: its figures are read, names are made, it moves.
STEPS = {
    "after the import": (ingest.watch, "import_file"),
    "after the checks": (ingest.moves, "_take_name"),
    "at the last": (ingest.moves.os, "rename"),
}
Act = Callable[[Path], None]


def link_to_itself(root: Path) -> None:
    os.replace(root / "in" / "x.csv", root / "theirs" / "x.csv")
    (root / "in" / "x.csv").symlink_to("../theirs/x.csv")


def link_to_another(root: Path) -> None:
    (root / "theirs" / "y.csv").write_bytes(REPORT.read_bytes())
    (root / "in" / "x.csv").unlink()
    (root / "in" / "x.csv").symlink_to("../theirs/y.csv")


def same_size_and_time(root: Path) -> None:
    file = root / "in" / "x.csv"
    status = file.stat()
    file.write_bytes(b"Z" * status.st_size)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def another_of_same_size_and_time(root: Path) -> None:
    file, status = root / "theirs" / "new.csv", (root / "in" / "x.csv").stat()
    file.write_bytes(b"Z" * status.st_size)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    os.replace(file, root / "in" / "x.csv")


def done_away(root: Path) -> Path:
    done = root / "in" / "done"
    if done.exists():
        os.rename(done, root / "done before")
    return done


def done_links_to_an_empty_folder(root: Path) -> None:
    (root / "theirs" / "empty").mkdir()
    done_away(root).symlink_to("../theirs/empty")


def done_links_to_a_used_one(root: Path) -> None:
    """Even where `watch` once used what the link leads to."""
    (root / "theirs" / "used").mkdir()
    (root / "theirs" / "used" / MARK).touch()
    done_away(root).symlink_to("../theirs/used")


def done_links_to_a_table(root: Path) -> None:
    write_deltalake(str(root / "theirs" / "table"), pa.table({"a": [1]}))
    done_away(root).symlink_to("../theirs/table")


def done_is_a_table(root: Path) -> None:
    write_deltalake(str(done_away(root)), pa.table({"a": [1]}))


def folder_becomes_a_table(root: Path) -> None:
    (root / "in" / "_delta_log").mkdir()


def folder_links_to_another(root: Path) -> None:
    os.rename(root / "in", root / "theirs" / "in")
    (root / "theirs" / "other").mkdir()
    (root / "theirs" / "other" / "x.csv").write_bytes(REPORT.read_bytes())
    (root / "in").symlink_to("theirs/other")


FILE: list[Act] = [link_to_itself, link_to_another, same_size_and_time, another_of_same_size_and_time]
FOLDERS: list[Act] = [
    done_links_to_an_empty_folder,
    done_links_to_a_used_one,
    done_links_to_a_table,
    done_is_a_table,
    folder_becomes_a_table,
    folder_links_to_another,
]


def act_at(step: str, act: Act, root: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[object, ...]]:
    """Let another program `act` once, at a step; gives what the folder holds then, but for what `watch` made itself."""
    module, name = STEPS[step]
    real = getattr(module, name)
    left: dict[str, tuple[object, ...]] = {}

    def and_act(*given: Any, **more: Any) -> Any:
        monkeypatch.setattr(module, name, real)
        found = real(*given, **more) if step == "after the import" else None
        act(root)
        mine = (".report.txt", "done/x.csv", "done before", "done before/x.csv")
        left.update({key: value for key, value in content(root).items() if not key.endswith(mine)})
        return found if step == "after the import" else real(*given, **more)

    monkeypatch.setattr(module, name, and_act)
    return left


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root" / "in").mkdir(parents=True)
    (tmp_path / "root" / "theirs").mkdir()
    (tmp_path / "root" / "in" / "x.csv").write_bytes(REPORT.read_bytes())
    return tmp_path / "root"


@pytest.mark.parametrize(
    ("act", "step"),
    # The move itself sets the only time that tells a file rewritten at the last.
    [(act, step) for act in FILE for step in STEPS if (act, step) != (same_size_and_time, "at the last")],
    ids=lambda each: getattr(each, "__name__", each),
)
def test_a_file_that_is_replaced_stays(
    act: Act,
    step: str,
    root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    left = act_at(step, act, root, monkeypatch)
    assert watch(root / "in", How(tmp_path / "facts"), every=0, once=True) == 0
    assert left
    assert f"again: {root / 'in' / 'x.csv'}: it changed while it was read" in capsys.readouterr().out
    assert {key: value for key, value in content(root).items() if key != "in/done"} == {
        key: value for key, value in left.items() if key != "in/done"
    }


@pytest.mark.parametrize("step", ["after the import", "after the checks"])
@pytest.mark.parametrize("act", FOLDERS, ids=lambda act: act.__name__)
def test_a_folder_that_becomes_somebodys_keeps_the_file(
    act: Act, step: str, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = act_at(step, act, root, monkeypatch)
    ends: AbstractContextManager[object] = pytest.raises(
        NoInbox, match=r"may move nothing|may not be moved|was replaced"
    )
    if (act, step) == (folder_links_to_another, "after the import"):  # its own file was not read yet
        ends = nullcontext()
    with ends:
        watch(root / "in", How(tmp_path / "facts"), every=0, once=True)
    assert left
    made = ("in/done", "done before", "theirs/in/done")
    assert {key: value for key, value in content(root).items() if key not in made} == {
        key: value for key, value in left.items() if key not in made
    }


@pytest.mark.parametrize("act", FOLDERS, ids=lambda act: act.__name__)
def test_a_folder_that_is_replaced_at_the_last_gets_nothing(
    act: Act, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file goes where it was to go, by whatever name that is called now."""
    left = act_at("at the last", act, root, monkeypatch)
    watch(root / "in", How(tmp_path / "facts"), every=0, once=True)
    after = content(root)
    assert {key: value for key, value in left.items() if not key.endswith("in/x.csv")}.items() <= after.items()
    new = {key for key in after.keys() - left.keys() if after[key][0] == REPORT.read_bytes()}
    assert new <= {"done before/x.csv", "in/done/x.csv", "theirs/in/done/x.csv"}
    assert len(new) == 1


@pytest.mark.parametrize("place", ["done", "failed"])
def test_no_link_is_a_place_to_move_files_to(place: str, root: Path, tmp_path: Path) -> None:
    (root / "theirs" / MARK).touch()
    (root / "in" / place).symlink_to("../theirs")
    before = content(root)
    with pytest.raises(NoInbox, match=r"is a link, where `watch` may move nothing: move it away"):
        watch(root / "in", How(tmp_path / "facts"), every=0, once=True)
    assert content(root) == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives folders to others")
@pytest.mark.parametrize("marked", [False, True])
def test_an_empty_folder_of_another_user_is_theirs(marked: bool, root: Path, tmp_path: Path) -> None:
    done = root / "in" / "done"
    done.mkdir()
    if marked:
        (done / MARK).touch()
    os.chown(done, 65534, 65534)
    before = content(root)
    if marked:
        assert watch(root / "in", How(tmp_path / "facts"), every=0, once=True) == 0
        assert (done / "x.csv").read_bytes() == REPORT.read_bytes()
    else:
        with pytest.raises(NoInbox, match="belongs to another user"):
            watch(root / "in", How(tmp_path / "facts"), every=0, once=True)
        assert content(root) == before
