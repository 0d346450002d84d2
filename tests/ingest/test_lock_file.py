"""What is called as an import's lock file and is none is neither followed nor changed, and refused in a sentence."""

import os
import shutil
from pathlib import Path

import pytest

import cli
from tests.ingest.foreign import content, ours
from tests.ingest.read.conftest import FIXTURES
from tests.ingest.test_killed import both

REPORT = FIXTURES / "meta_en_daily.csv"


@pytest.mark.parametrize("held", [False, True], ids=["no table", "ours"])
@pytest.mark.parametrize("kind", ["link to nothing", "link to a file", "folder", "pipe"])
def test_what_is_called_as_the_lock_stays_as_it_is(
    kind: str, held: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lake, inbox, files = tmp_path / "lake", tmp_path / "inbox", both(tmp_path / "both.zip", 1)
    for folder in (lake / "elsewhere", inbox):
        folder.mkdir(parents=True)
    shutil.copy(REPORT, inbox)
    (lake / "elsewhere" / "mine.txt").write_text("somebody's own")
    if held:
        ours(lake / "facts")
    lock = lake / ".facts.import"
    lock.unlink(missing_ok=True)
    if kind == "folder":
        lock.mkdir()
    elif kind == "pipe":
        os.mkfifo(lock)
    else:
        lock.symlink_to("elsewhere/mine.txt" if kind == "link to a file" else "elsewhere/new.txt")
    monkeypatch.setenv("DASHBOARD_FACTS", str(lake / "facts"))
    before, status, waiting = content(lake, ".facts.import"), lock.lstat(), content(inbox)
    commands = {
        "import": ["import", str(REPORT)],
        "import of both": ["import", str(files)],
        "watch": ["watch", "--once", "--every", "0.01", str(inbox)],
    }
    if held:
        commands["undo"] = ["undo", "0"]
    for name, command in commands.items():
        assert cli.main(command) == (0 if name == "watch" else 1), name
        output = capsys.readouterr()
        (said,) = (line for line in (output.out + output.err).splitlines() if "lock" in line)
        assert said.endswith(f"{lock} is no lock file of an import: move it away, then try again.")
        assert content(lake, ".facts.import") == before
        assert os.path.samestat(lock.lstat(), status)
        assert content(inbox) == waiting
