"""Files that are sent: what they are called where they are kept, and whose uploads stay open."""

import io
import os
import threading
import time
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from web.imports.body import Body, plain
from web.imports.open_uploads import (
    EMPTY_SECONDS,
    MOST_OF_A_PERSON,
    MOST_OF_AN_ADDRESS,
    MOST_UPLOADS,
    OPEN_SECONDS,
)
from web.imports.refusals import NotTaken
from web.imports.uploads import KEPT_SECONDS, Uploads


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("C:\\Users\\ann\\Meta Juli.csv", "Meta Juli.csv"),
        ("../../.bashrc", "bashrc"),
        ("a\x00b\n.csv", "ab.csv"),
        ("é" * 300 + ".csv", "é" * 98 + ".csv"),
        ("", "file"),
        ("..", "file"),
    ],
)
def test_names_of_files(given: str, name: str) -> None:
    assert plain(given) == name


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    return Uploads(tmp_path / "facts", 1000)


def send(uploads: Uploads, subject: str, token: str = "") -> str:
    """Send a file; gives its upload's token."""
    return uploads.receive(token, subject, "192.0.2.1", Body(io.BytesIO(b"x"), 1))[0]


def test_what_one_person_gave_up_keeps_nobody_out(uploads: Uploads) -> None:
    other = send(uploads, "ben")
    tokens = [send(uploads, "ann") for _ in range(MOST_UPLOADS + 2)]

    assert len(list(uploads.folder.glob("u-*"))) == MOST_OF_A_PERSON + 1
    assert send(uploads, "ben", other) == other
    assert send(uploads, "ann", tokens[-1]) == tokens[-1]
    with pytest.raises(NotTaken, match="here no longer") as refusal:
        send(uploads, "ann", tokens[0])
    assert refusal.value.status == 410


def test_a_first_file_that_is_not_taken_takes_its_upload_along(uploads: Uploads) -> None:
    with pytest.raises(NotTaken, match="Only 1 of 2 bytes"):
        uploads.receive("", "ann", None, Body(io.BytesIO(b"x"), 2))

    assert list(uploads.folder.glob("u-*")) == []


def test_an_upload_whose_server_was_killed_over_its_first_file_goes(uploads: Uploads) -> None:
    killed, young = (uploads.folder / f"u-{uploads.begin('ann')}" for _ in range(2))
    (killed / "coming").mkdir()
    os.utime(killed, (0, time.time() - EMPTY_SECONDS - 1))
    uploads.begin("ben")

    assert (killed.exists(), young.exists()) == (False, True)


def test_in_the_demo_no_address_takes_all_places(client: FlaskClient, facts_path: Path) -> None:
    ours = {"X-Requested-With": "dashboard", "X-Forwarded-For": "10.9.9.9"}

    def begin(address: str) -> str:
        answer = client.post("/import/file", data=b"x", headers=ours, environ_base={"REMOTE_ADDR": address})
        assert answer.status_code == 200, answer.json
        return str(answer.json["upload"])

    def add_to(token: str) -> int:
        return client.post(f"/import/file?upload={token}", data=b"x", headers=ours).status_code

    before = set(facts_path.parent.glob(".facts.uploads-*/u-*"))
    office = begin("192.0.2.1")
    crowd = [begin("198.51.100.7") for _ in range(MOST_UPLOADS)]
    try:
        now = set(facts_path.parent.glob(".facts.uploads-*/u-*"))
        assert len(now - before) == MOST_OF_AN_ADDRESS + 1
        assert [add_to(token) for token in (office, crowd[-1], crowd[0])] == [200, 200, 410]
    finally:
        for token in (office, *crowd):
            client.post("/import/forget", json={"upload": token}, headers=ours)


def test_addresses_that_touch_their_uploads_for_ever_leave_room_for_others(uploads: Uploads) -> None:
    tokens = [uploads.begin("", f"192.0.2.{number}") for number in range(MOST_UPLOADS)]
    with pytest.raises(NotTaken, match="Too many imports"):
        uploads.begin("", "198.51.100.1")
    began = time.time() - OPEN_SECONDS
    for number, token in enumerate(tokens):
        os.utime(uploads.folder / f"u-{token}" / "person", (0, began - number))
        uploads.take(token, "", Body(io.BytesIO(b"x"), 1, "a.csv"))  # a moment ago

    new = [uploads.begin("", f"198.51.100.{number}") for number in range(1, 4)]

    left = {path.name[2:] for path in uploads.folder.glob("u-*")}
    assert left == {*tokens[:-3], *new}


def sweepers() -> int:
    return sum(thread.name == "uploads" or isinstance(thread, threading.Timer) for thread in threading.enumerate())


def test_many_uploads_are_swept_by_one_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uploads, before = Uploads(tmp_path / "facts", 1000), sweepers()
    for _ in range(30):
        uploads.forget(uploads.begin("ann"), "ann")
    assert sweepers() <= before + 1

    monkeypatch.setattr("web.imports.uploads.KEPT_SECONDS", -0.9)
    others = Uploads(tmp_path / "others", 1000)
    for _ in range(2):  # the second after the first one's thread has ended
        others.begin("ann")
        until = time.monotonic() + 10
        while others._sweeper is not None and time.monotonic() < until:
            time.sleep(0.02)
        assert others._sweeper is None
        assert list(others.folder.glob("u-*")) == []


def test_where_no_thread_can_be_started_uploads_go_on_and_are_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    uploads = Uploads(tmp_path / "facts", 1000)
    monkeypatch.setattr(threading.Thread, "start", full)
    for number in range(MOST_UPLOADS + 2):
        token = uploads.begin("ann")
        assert uploads.take(token, "ann", Body(io.BytesIO(b"x"), 1, "a.csv")) == 1
        os.utime(uploads.folder / f"u-{token}", (0, time.time() - KEPT_SECONDS - 1))
        assert len(list(uploads.folder.glob("u-*"))) == 1, number


def test_an_upload_that_cannot_begin_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, text: str) -> None:
        raise OSError(28, "No space left on device")

    uploads = Uploads(tmp_path / "facts", 1000)
    with monkeypatch.context() as context:
        context.setattr(Path, "write_text", full)
        with pytest.raises(NotTaken):
            uploads.begin("ann")
    assert list(uploads.folder.glob("u-*")) == []
