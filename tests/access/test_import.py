"""The addresses behind the Import page: who may, how much, and what is left behind."""

import io
import json
import os
import re
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from deltalake import DeltaTable
from flask.testing import FlaskClient

from access.policy import WrongPolicy, policy_of
from facts.source import load
from ingest import uploaded
from ingest.one_file import How, import_file
from pages import GIVEN
from tests.access.clients import signed_in_client
from tests.access.signing import IMPORTERS, Provider
from tests.asking import json_in, view
from tests.ingest.read.conftest import FIXTURES
from web.imports.body import Body
from web.imports.checks import Imports
from web.imports.uploads import KEPT_SECONDS, MOST_FILES, SPARE, NotTaken, Uploads

GOOGLE = FIXTURES / "google_en_daily.csv"
OURS = {"X-Requested-With": "dashboard"}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A company's table, with Google's days in it."""
    table = tmp_path / "R&D" / "facts"
    import_file(GOOGLE, How(table), lambda said: None)
    return table


@pytest.fixture
def server(table: Path, provider: Provider, tmp_path: Path) -> Iterator[FlaskClient]:
    with signed_in_client(table, provider, IMPORTERS, tmp_path, DASHBOARD_UPLOAD_LIMIT="1") as client:
        yield client


Post = Callable[..., Any]


@pytest.fixture
def post(server: FlaskClient, provider: Provider) -> Post:
    """Sends something as somebody; gives the status and the answer."""

    def send(
        path: str, body: bytes | dict[str, Any] | io.BytesIO, name: str = "a.csv", who: str = "import", **headers: str
    ) -> tuple[int, dict[str, Any]]:
        token = provider.token([f"grp-{who}"], sub=f"u-{who}")
        sent = json.dumps(body) if isinstance(body, dict) else body
        more = {"input_stream": sent} if isinstance(sent, io.BytesIO) else {"data": sent}
        if isinstance(sent, io.BytesIO):
            more["environ_overrides"] = {"wsgi.input_terminated": True}
            headers["Transfer-Encoding"] = "chunked"
        else:
            more["environ_overrides"] = {"CONTENT_LENGTH": str(len(sent))}
        headers = {"X-Auth-Id-Token": token, "X-File-Name": name, **OURS, **headers}
        answer = server.post(f"/import/{path}", headers=headers, **more)
        until = time.monotonic() + 120
        while answer.status_code == 202 and time.monotonic() < until:  # as the page does
            time.sleep(0.1)
            answer = server.post("/import/outcome", headers=headers, data=sent)
        return answer.status_code, answer.json

    return send


def restated(post: Post) -> str:
    """The token of an upload that states Google's first day anew."""
    status, answer = post("file", GOOGLE.read_bytes().replace(b"228.61", b"328.61"), "restated.csv")
    assert status == 200
    return str(answer["upload"])


def held(table: Path) -> list[Path]:
    """The files that uploads have left."""
    return list(table.parent.glob(".facts.uploads-*/[uk]-*/f-*/*"))


def test_who_may_not_gets_nothing_anywhere(post: Post, server: FlaskClient, provider: Provider, table: Path) -> None:
    token = restated(post)
    for path in ("file", "check", "keep", "outcome", "forget"):
        status, answer = post(path, {"upload": token}, who="read")
        assert (status, set(answer)) == (403, {"error"})
        assert post(path, {"upload": token}, **{"Sec-Fetch-Site": "cross-site"})[0] == 403
        assert post(path, {"upload": token}, **{"X-Requested-With": "XMLHttpRequest"})[0] == 403
        assert server.post(f"/import/{path}", headers=OURS).status_code == 401
        assert server.get(f"/import/{path}", headers=OURS).status_code in (401, 404, 405)
    reader = {"X-Auth-Id-Token": provider.token(["grp-read"])}
    assert server.get("/import", headers=reader).status_code == 403
    assert view(server, "import", headers=reader).status_code == 403
    for path in ("/_dash-layout", "/_dash-dependencies"):
        assert b"import" not in server.get(path, headers=reader).data
    shell = server.get("/cmo", headers=reader).text
    assert 'data-go="cmo"' in shell
    assert 'data-go="import"' not in shell
    assert not re.search(r"\bimport\b|upload", json.dumps(json_in(shell, "spec")))
    assert len(held(table)) == 1
    assert DeltaTable(str(table)).version() == 0


def test_a_dry_run_then_kept_under_the_readers_name(post: Post, table: Path, capfd: pytest.CaptureFixture[str]) -> None:
    token = restated(post)
    status, answer = post("check", {"upload": token})
    assert status == 200
    (change,) = answer["plan"]["ads"]["changes"]
    assert change["differences"] == [
        {"measure": "spend", "before": [7308.94, 2], "after": [7408.94, 2], "by": [100, 2]}
    ]
    assert answer["files"][0]["imports"][0]["sums"][0]["spend"] == [7408.94, 2]
    assert DeltaTable(str(table)).version() == 0

    status, answer = post("keep", {"upload": token, "mark": answer["mark"]})

    assert (status, answer["kept"], answer["version"]) == (200, True, load(table).version)
    assert DeltaTable(str(table)).history()[0]["import.by"] == "u-import"
    (line,) = [line for line in capfd.readouterr().err.splitlines() if "dashboard.audit: import" in line]
    assert line.endswith(f"subject=u-import role=importer files=['restated.csv'] version={answer['version']}")
    assert held(table) == []


@pytest.mark.parametrize("ending", ["under-way", "unfinished"])
def test_who_keeps_is_not_told_where_the_data_is(post: Post, table: Path, ending: str) -> None:
    token = restated(post)
    seen = post("check", {"upload": token})[1]
    (table.parent / f".facts.{ending}").write_text("somebody's own")

    for form in ({}, {"markup": True}):
        _, answer = post("keep", {"upload": token, "mark": seen["mark"], **form})

        said = unescape(answer["markup"] if form else answer["refused"])
        assert f".facts.{ending} is no " in said
        assert str(table.parent) not in said + json.dumps(answer)
    assert DeltaTable(str(table)).version() == 0


def test_a_table_that_changed_meanwhile_is_shown_anew_before_anything_is_kept(post: Post, table: Path) -> None:
    token = restated(post)
    seen = post("check", {"upload": token})[1]
    other = table.parent / "other.csv"
    other.write_bytes(GOOGLE.read_bytes().replace(b"228.61", b"128.61"))
    import_file(other, How(table), lambda said: None)

    _, now = post("keep", {"upload": token, "mark": seen["mark"]})

    assert "kept" not in now
    assert now["plan"]["ads"]["changes"][0]["differences"][0]["by"] == [200, 2]
    assert DeltaTable(str(table)).version() == 1
    marks = {"none": {}, "old": {"mark": seen["mark"]}, "new": {"mark": now["mark"]}}
    forms = {name: post("outcome", {"upload": token, "markup": True, **mark})[1] for name, mark in marks.items()}
    assert {name: "changed by somebody else" in form["markup"] for name, form in forms.items()} == {
        "none": False, "old": True, "new": False
    }  # fmt: skip
    done = post("keep", {"upload": token, "mark": now["mark"], "markup": True})[1]["markup"]
    assert re.search('data-version="(.*?)"', done)[1] == load(table).version
    assert re.search('<a [^>]*href="(.*?)"', done)[1] == "/"
    assert post("outcome", {"upload": token})[1]["kept"] is True
    assert DeltaTable(str(table)).version() == 2


def test_options_that_were_changed_since_the_check_are_not_said_to_be_somebody_else(post: Post, table: Path) -> None:
    token = post("file", GOOGLE.with_name("meta_en_daily.csv").read_bytes(), "meta.csv")[1]["upload"]
    seen = post("check", {"upload": token})[1]
    asked = {"upload": token, "mark": seen["mark"], "options": {"account": "Second"}, "markup": True}
    said = unescape(post("keep", asked | {"other_options": True})[1]["markup"])

    assert "The options that you changed change what would be imported." in said
    assert "somebody else" not in said
    assert DeltaTable(str(table)).version() == 0


def test_what_is_too_large_or_too_many_is_refused_and_not_kept(post: Post, table: Path) -> None:
    for body in (b"x" * 1_000_001, io.BytesIO(b"x" * 3_000_000)):
        status, answer = post("file", body)
        assert status == 413
        assert "At most 1 MB can be sent at once" in answer["error"]
    token = post("file", b"x" * 900_000)[1]["upload"]
    assert post(f"file?upload={token}", b"x" * 200_000)[0] == 413
    assert [path.stat().st_size for path in held(table)] == [900_000]
    for _ in range(MOST_FILES - 1):
        assert post(f"file?upload={token}", b"x")[0] == 200
    assert post(f"file?upload={token}", b"x")[0] == 413
    assert post("check", {"upload": token, "options": {"account": "x" * 70_000}})[0] == 413


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for number in range(40):
            with archive.open(f"{number}.csv", "w", force_zip64=True) as member:
                for _ in range(20):
                    member.write(bytes(1 << 20))
    return packed.getvalue()


#: By name what makes a file, only where a test runs, and what is said of it.
WRONG: dict[str, tuple[Callable[[], bytes], str]] = {
    "holiday.csv": (lambda: b"name,age\nAnn,7\n", "is no advertising report known here"),
    "photo.csv": (lambda: os.urandom(5000), "is no CSV, Excel workbook, Parquet file or zip"),
    "../../etc/passwd": (lambda: b"", "passwd is empty"),
    "bomb.zip": (bomb, "bomb.zip"),
    "rates.csv": (lambda: b"date,currency,rate\n2025-07-01,EUR,nothing\n", "the rate of EUR is “nothing”"),
    "margins.toml": (lambda: b"[[margin]]\nfees = 5\n", "gross_margin must be a percentage"),
}


def test_wrong_files_are_a_sentence_each(post: Post, table: Path) -> None:
    token = ""
    for name, (content, _) in WRONG.items():
        status, answer = post(f"file?upload={token}", content(), name)
        assert status == 200, answer
        token = answer["upload"]
    assert len(held(table)) == len(WRONG)
    assert all(kept.stat().st_mode & 0o077 == 0 for kept in held(table))

    status, answer = post("check", {"upload": token})

    assert status == 200, answer
    assert "plan" not in answer
    assert str(table.parent) not in json.dumps(answer)
    for told, (_, sentence) in zip(answer["files"], WRONG.values(), strict=True):
        assert sentence in told["refused"]
        assert told["refused"].endswith(".")


def test_files_are_their_senders_alone_and_forgotten_in_time(post: Post, table: Path, provider: Provider) -> None:
    token = restated(post)
    mine = Uploads(table, 1_000_000)
    for stranger in ("u-read", ""):
        for ask in (Imports(mine).outcome, partial(Imports(mine).check, wish={}), partial(Imports(mine).keep, wish={})):
            with pytest.raises(NotTaken, match="no longer"):
                ask(token, stranger)
        mine.forget(token, stranger)
    assert len(held(table)) == 1
    post("forget", {"upload": token})
    assert held(table) == []
    assert post("check", {"upload": token})[0] == 410
    for wrong in ("../" * 8, "x", "", 7):
        assert post("check", {"upload": wrong})[0] == 410

    old = restated(post)
    (folder,) = table.parent.glob(f".facts.uploads-*/u-{old}")
    os.utime(folder, (0, time.time() - KEPT_SECONDS - 1))
    restated(post)
    assert not folder.exists()


class Slow(io.BytesIO):
    """Stands for a sender whose bytes come in small pieces, or who asks for something meanwhile."""

    def __init__(self, content: bytes, meanwhile: Callable[[], object] = lambda: time.sleep(0.005)) -> None:
        super().__init__(content)
        self.meanwhile = meanwhile

    def read(self, size: int | None = -1) -> bytes:
        self.meanwhile()
        return super().read(100)


def test_files_sent_at_once_into_one_upload_are_all_kept_up_to_the_limit(table: Path) -> None:
    workers = [Uploads(table, 1000), Uploads(table, 1000)]
    token = workers[0].begin("ann")
    start = threading.Barrier(6)

    def send(number: int) -> int:
        start.wait()
        while True:
            try:
                body = Body(Slow(bytes([number]) * 400), 400, f"{number}.csv")
                return workers[number % 2].take(token, "ann", body)
            except NotTaken as refusal:
                if not refusal.retry_after:
                    return refusal.status
                time.sleep(0.01)  # as the page does, only sooner

    with ThreadPoolExecutor(6) as senders:
        answers = list(senders.map(send, range(6)))

    assert sorted(answers) == [400, 400, 413, 413, 413, 413]
    kept = {file.name: file.read_bytes() for file in held(table)}
    assert kept == {f"{number}.csv": bytes([number]) * 400 for number in range(6) if answers[number] == 400}


def test_a_half_file_is_none_and_one_forgotten_on_its_way_is_gone(table: Path) -> None:
    uploads = Uploads(table, 1000)
    token = uploads.begin("ann")

    def meanwhile() -> None:
        with pytest.raises(NotTaken, match="no file"):
            Imports(uploads).check(token, "ann", {"options": {}})

    def lost() -> None:
        raise ConnectionError

    assert uploads.take(token, "ann", Body(Slow(b"x" * 99, meanwhile), 99, "a.csv")) == 99
    uploads.forget(token, "ann")

    token = uploads.begin("ann")
    with pytest.raises(NotTaken, match=r"Only 0 of 1 bytes"):
        uploads.take(token, "ann", Body(Slow(b"x", lost), 1, "a.csv"))
    (place,) = uploads.folder.glob("u-*")
    (place / "coming").mkdir()  # as left by a worker that was killed
    (place / "coming" / "half.csv").write_bytes(b"x" * 999)
    assert uploads.take(token, "ann", Body(io.BytesIO(b"x" * 999), 999, "b.csv")) == 999
    assert [file.name for file in held(table)] == ["b.csv"]

    token = uploads.begin("ann")
    with pytest.raises(NotTaken) as refusal:
        uploads.take(token, "ann", Body(Slow(b"x", lambda: uploads.forget(token, "ann")), 1, "a.csv"))
    assert refusal.value.status == 410


def test_uploads_leave_room_for_the_counters_that_share_their_disk(
    post: Post, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = SPARE + 800_000

    def filled(path: Path) -> SimpleNamespace:
        return SimpleNamespace(f_bavail=disk - sum(each.stat().st_size for each in held_or_coming()), f_frsize=1)

    def held_or_coming() -> list[Path]:
        return list(table.parent.glob(".facts.uploads-*/u-*/*/*"))

    monkeypatch.setattr("web.imports.uploads.os.statvfs", filled)
    for body in (b"x" * 800_001, io.BytesIO(b"x" * 800_001)):  # with its size told, and without
        status, answer = post("file", body)
        assert (status, "no room" in answer["error"]) == (507, True)
        assert held_or_coming() == []
    token = post("file", b"x" * 500_000)[1]["upload"]
    assert post(f"file?upload={token}", b"x" * 300_001)[0] == 507
    assert post(f"file?upload={token}", b"x" * 300_000)[0] == 200
    disk -= 1
    assert post("file", b"")[0] == 507
    assert len(held(table)) == 2
    assert len(list(table.parent.glob(".facts.uploads-*/u-*"))) == 1


def test_in_the_demo_files_are_read_and_nothing_is_kept(client: FlaskClient, facts_path: Path) -> None:
    def send(path: str, **more: Any) -> Any:
        return client.post(f"/import/{path}", headers={**OURS, "X-File-Name": "g.csv"}, **more)

    token = send("file", data=GOOGLE.read_bytes()).json["upload"]
    answer = send("check", json={"upload": token}).json
    assert answer["plan"]["ads"]["changes"][0]["kind"] == "new"
    assert "This is the demo" in answer["closed"]
    before = DeltaTable(str(facts_path)).version()
    kept = send("keep", json={"upload": token, "mark": answer["mark"]})
    assert (kept.status_code, DeltaTable(str(facts_path)).version()) == (403, before)
    send("forget", json={"upload": token})
    assert held(facts_path) == []


def test_a_server_that_may_only_read_says_so(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert uploaded.why_closed(table) is None
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != table.parent)
    assert "may only read its data" in uploaded.why_closed(table)


def test_a_policy_gives_the_page_only_with_every_figure() -> None:
    role = {"groups": ["g"], "pages": ["import"], "rows": "all"}
    assert policy_of({"contact": "c", "roles": {"r": role}}, GIVEN).roles[0].pages == ("import",)
    for narrower in ({"rows": {"region": ["Europe"]}}, {"hides": ["profit"]}):
        with pytest.raises(WrongPolicy, match="changes and shows all figures"):
            policy_of({"contact": "c", "roles": {"r": role | narrower}}, GIVEN)
