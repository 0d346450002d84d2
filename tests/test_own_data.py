"""Own data on a laptop: the real server shows them to who has the key, and to nobody else."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from facts.delta.table_names import path_of
from ingest.one_file import How, import_file
from tests.own_data import ROOT, Answer, Served, keys_in, own_rows, serve, wait_for

PAGE = "/cmo"
FIGURES = "/data/cmo.json?last=all&rank=roas"
VERSION = "/version"


@pytest.fixture(scope="module")
def own_facts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own")
    import_file(own_rows(folder / "own.csv"), How(folder / "facts", by="Ann"), lambda line: None)
    return folder / "facts"


@pytest.fixture(scope="module")
def own(own_facts: Path) -> Iterator[Served]:
    with serve(own_facts, own_facts.parent, DASHBOARD_LOG="json") as server:
        yield server


def test_the_printed_address_opens_the_figures_and_a_cookie_keeps_them_open(own: Served) -> None:
    first = keys_in(own.said())[0]
    answer = own.ask(f"/cfo?last=all&key={first}&platform=Meta")

    assert (answer.status, answer.headers["Location"]) == (303, "/cfo?last=all&platform=Meta")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    name, *attributes = answer.headers["Set-Cookie"].split("; ")
    assert name.startswith(f"dashboard-key-{own.port}=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(attributes)
    assert first not in name
    for path in (FIGURES, "/cmo?last=all", VERSION):
        opened = own.ask(path, Cookie=name)
        assert opened.status == 200, path
        assert opened.tells or path == VERSION
        assert first.encode() not in opened.body
    assert b"no filter here" not in own.ask("/cfo?last=all&key=abc", Cookie=name).body


def hostile(own: Served) -> dict[str, tuple[str, str, bytes | None, dict[str, str]]]:
    """Requests that must get no figure, by what is wrong with them: path, method, body, headers."""
    cookie, name = own.cookie(), f"dashboard-key-{own.port}"
    value, used = cookie.partition("=")[2], own.new_key()
    own.ask(f"/?key={used}")
    view = json.dumps(
        {
            "output": "view.data",
            "outputs": {"id": "view", "property": "data"},
            "inputs": [{"id": "selection", "property": "data", "value": {"page": "cfo", "query": "last=all"}}],
            "changedPropIds": ["selection.data"],
            "state": [],
        }
    ).encode()
    asked = {"Content-Type": "application/json"}
    ours = {"X-Requested-With": "dashboard", **asked}
    navigation = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    port, with_key = own.port, f"{PAGE}?key={own.new_key()}"
    found: dict[str, tuple[str, str, bytes | None, dict[str, str]]] = {
        "no key": (FIGURES, "GET", None, {}),
        "a used key": (f"{FIGURES}&key={used}", "GET", None, {}),
        "a used key on a page": (f"{PAGE}?key={used}", "GET", None, {"Accept": "text/html"}),
        "a key of zeros": (f"{PAGE}?key={'0' * 72}", "GET", None, {"Accept": "text/html"}),
        "an empty key": (f"{FIGURES}&key=", "GET", None, {}),
        "a key twice": (f"{PAGE}?key={used}&key={used}", "GET", None, {}),
        "a key as a cookie": (FIGURES, "GET", None, {"Cookie": f"{name}={own.new_key()}"}),
        "a cookie as a key": (f"{PAGE}?key={value}", "GET", None, {}),
        "a key in a header": (FIGURES, "GET", None, {"Authorization": f"Bearer {own.new_key()}"}),
        "the proxy's header": (FIGURES, "GET", None, {"X-Auth-Id-Token": "a.b.c", "X-Forwarded-User": "root"}),
        "a cookie cut short": (FIGURES, "GET", None, {"Cookie": cookie[:-1]}),
        "a cookie changed": (FIGURES, "GET", None, {"Cookie": cookie[:-1] + ("0" if cookie[-1] != "0" else "1")}),
        "another port's cookie": (FIGURES, "GET", None, {"Cookie": f"dashboard-key-{port + 1}={value}"}),
        "no cookie at the callback": ("/_dash-update-component", "POST", view, asked),
        "no cookie at the import": ("/import/keep", "POST", b'{"upload": "x"}', ours),
        "no cookie at a file": ("/import/file", "POST", b"date,spend\n", ours | {"X-File-Name": "a.csv"}),
        "no cookie at the metrics": ("/metrics", "GET", None, {}),
        "a prefetched key": (f"{PAGE}?key={own.new_key()}", "GET", None, {"Sec-Purpose": "prefetch;prerender"}),
    }
    for host in (
        "evil.example.com", f"evil.example.com:{port}", f"127.0.0.1.nip.io:{port}", f"localhost.evil.com:{port}",
        "127.0.0.1", "localhost", f"localhost:{port + 1}", f"127.0.0.1:{port}0", f"0.0.0.0:{port}", "",
        f"[::2]:{port}", f"127.0.0.1:{port}@evil.com", f"évil:{port}",
    ):  # fmt: skip
        for path in (PAGE, FIGURES):
            headers = {"Host": host, "Cookie": cookie, "Accept": "text/html"}
            found[f"{path} at the host {host!r}"] = (path, "GET", None, headers)
        # One key for all: used at one of them, it would have brought a cookie there.
        found[f"a key at the host {host!r}"] = (with_key, "GET", None, {"Host": host, "Accept": "text/html"})
    for origin in ("https://evil.example.com", f"http://localhost:{port + 1}", "null", "", f"http://evil.com:{port}"):
        sent = {"Cookie": cookie, "Origin": origin}
        found[f"figures for the origin {origin!r}"] = (FIGURES, "GET", None, sent)
        found[f"the callback for the origin {origin!r}"] = ("/_dash-update-component", "POST", view, sent | asked)
        found[f"a keep for the origin {origin!r}"] = ("/import/keep", "POST", b'{"upload": "x"}', sent | ours)
    for site in ("cross-site", "same-site"):
        sent = {"Cookie": cookie, "Sec-Fetch-Site": site}
        found[f"{site}: figures"] = (FIGURES, "GET", None, sent | {"Sec-Fetch-Mode": "no-cors"})
        found[f"{site}: figures opened"] = (FIGURES, "GET", None, sent | navigation)
        found[f"{site}: a page opened"] = (PAGE, "GET", None, sent | navigation | {"Accept": "text/html"})
        found[f"{site}: a page in a frame"] = (PAGE, "GET", None, sent | navigation | {"Sec-Fetch-Dest": "iframe"})
        found[f"{site}: a form"] = (PAGE, "POST", b"a=b", sent | navigation)
        found[f"{site}: the callback"] = ("/_dash-update-component", "POST", view, sent | asked)
        found[f"{site}: a keep"] = ("/import/keep", "POST", b'{"upload": "x"}', sent | ours)
    plain = {"Cookie": cookie, "Content-Type": "text/plain"}
    found["a keep as a plain form"] = ("/import/keep", "POST", b'{"upload": "x"}', plain)
    return found


def test_hostile_requests_get_no_figure_and_are_refused(own: Served) -> None:
    requests = hostile(own)
    assert len(requests) > 70
    cookie = own.cookie()
    for what, (path, method, body, headers) in requests.items():
        try:
            answer = own.ask(path, method, body, **headers)
        except UnicodeEncodeError:
            continue  # no client sends it
        assert not answer.tells, what
        assert 400 <= answer.status < 500 or (b"key" in path.encode() and answer.status == 303), (what, answer.status)
        assert "Set-Cookie" not in answer.headers, what
    assert own.ask(FIGURES, Cookie=cookie).tells, "the same with nothing wrong"


def test_a_key_opens_one_browser_of_many_that_try_it_at_once(own: Served) -> None:
    key = own.new_key()
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: own.ask(f"/?key={key}", Accept="text/html"), range(16)))
    assert sorted(answer.status for answer in answers) == [303] + [401] * 15
    assert sum("Set-Cookie" in answer.headers for answer in answers) == 1
    refused = next(answer for answer in answers if answer.status == 401)
    assert b"marketing-dashboard address" in refused.body


def test_another_sites_link_opens_it_by_a_page_of_ours(own: Served) -> None:
    """A browser sends no cookie along with the link, so there is a step in between that it does send it with."""
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    first = own.ask("/cfo?last=all", Accept="text/html", **link)
    assert (first.status, first.tells) == (401, False)
    onward = re.search(rb'content="0;url=([^"]+)"', first.body)
    assert onward is not None
    assert onward[1] == b"/cfo?last=all&amp;key="
    ours = link | {"Sec-Fetch-Site": "same-origin"}
    second = own.ask("/cfo?last=all&key=", Accept="text/html", Cookie=own.cookie(), **ours)
    assert (second.status, second.headers["Location"]) == (303, "/cfo?last=all")
    again = own.ask("/cfo?last=all&key=", Accept="text/html", **ours)
    assert again.status in (303, 401)
    assert b"http-equiv" not in own.ask("/cfo?key=", Accept="text/html", **link).body, "it would go round"


def test_the_key_and_the_cookie_are_in_no_line_of_the_log(own: Served) -> None:
    key = own.new_key()
    cookie = own.ask(f"/cfo?key={key}").headers["Set-Cookie"].split(";")[0].partition("=")[2]
    own.ask(f"/cfo?key={key}")
    own.ask(f"/data/cfo/core-cards.json?key={key}", Cookie=f"dashboard-key-{own.port}={cookie}")
    wait_for(lambda: own.said().count('"used key"') or "used key" in own.said())
    assert key not in own.said()
    assert cookie not in own.said()
    assert (own.facts.parent / f".facts.state-{os.geteuid()}" / "key").read_text().strip() not in own.said()


def test_removing_the_secret_ends_the_cookie_at_once_and_a_new_address_opens_again(own_facts: Path) -> None:
    copy = own_facts.parent / "removed" / "facts"
    shutil.copytree(own_facts, copy)
    with serve(copy, copy.parent) as server:
        cookie = server.cookie()
        assert server.ask(FIGURES, Cookie=cookie).tells
        (copy.parent / f".facts.state-{os.geteuid()}" / "key").unlink()
        assert server.ask(FIGURES, Cookie=cookie).status == 401
        fresh = server.cookie()
        assert server.ask(FIGURES, Cookie=fresh).tells
        assert server.ask(FIGURES, Cookie=cookie).status == 401


def test_a_cookie_outlasts_the_server_and_a_key_used_before_stays_used(own_facts: Path, tmp_path: Path) -> None:
    shutil.copytree(own_facts, tmp_path / "facts")
    with serve(tmp_path / "facts", tmp_path) as server:
        key = server.new_key()
        cookie = server.ask(f"/?key={key}").headers["Set-Cookie"].split(";")[0]
        port = server.port
    assert "no dashboard runs here" in server.command("address").stderr
    with serve(tmp_path / "facts", tmp_path, DASHBOARD_PORT=str(port)) as again:
        again.port = port
        assert again.ask(FIGURES, Cookie=cookie).tells
        assert again.ask(f"/?key={key}").status == 401


@pytest.fixture
def demo(facts_path: Path, tmp_path: Path) -> Path:
    for path in (facts_path, path_of(facts_path)):
        shutil.copytree(path, tmp_path / path.name)
    return tmp_path / facts_path.name


def test_a_running_demo_turns_to_own_data_by_itself_and_shows_them_to_who_has_the_key(
    demo: Path, tmp_path: Path
) -> None:
    with serve(demo, tmp_path) as server:
        assert server.said() == f"The dashboard is at http://127.0.0.1:{server.port}/\n"
        assert b"Demo data" in server.ask(PAGE).body
        assert json.loads(server.ask(VERSION).body)["demo"] is True

        done = server.command("import", str(own_rows(tmp_path / "own.csv")))

        assert done.returncode == 0
        (key,) = keys_in(done.stdout)
        assert f"Look at it here: http://127.0.0.1:{server.port}/?key={key}" in done.stdout
        statuses: list[int] = []

        def turned() -> bool:
            answers = [server.ask(path) for path in (PAGE, FIGURES, VERSION) for _ in range(4)]
            assert not any(answer.tells for answer in answers)
            statuses[:] = [answer.status for answer in answers]
            return set(statuses) == {401}

        wait_for(turned)
        wait_for(lambda: "The dashboard shows your own data now:" in server.said())
        assert server.said().count("your own data now") == 1, "each worker said so"
        cookie = server.ask(f"/?key={key}").headers["Set-Cookie"].split(";")[0]
        assert server.ask(FIGURES, Cookie=cookie).tells
        assert b"Demo data" not in server.ask(PAGE, Cookie=cookie).body

        assert server.command("undo").returncode == 0

        def demo_again() -> bool:
            answers = [server.ask(FIGURES) for _ in range(8)]
            assert not any(answer.tells for answer in answers)
            return {answer.status for answer in answers} == {200}

        wait_for(demo_again)
        for version in ("1", "0"):
            past = server.ask(f"{FIGURES}&as_of={version}")
            assert not past.tells, "an earlier version, which was of own data, at the open demo"


def test_import_says_how_to_look_where_nothing_runs(tmp_path: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("DASHBOARD_")}
    run = [sys.executable, "-m", "cli", "import"]

    def say(*arguments: str, **settings: str) -> str:
        environment = clean | {"DASHBOARD_FACTS": str(tmp_path / "facts")} | settings
        return subprocess.run(
            [*run, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        ).stdout

    file = str(own_rows(tmp_path / "own.csv"))
    assert "To look at it" not in say("--dry-run", file)
    assert say(file).endswith("To look at it: marketing-dashboard serve\n")
    (tmp_path / "none.csv").write_text("nothing\n")
    assert say(str(tmp_path / "none.csv")) == "", "nothing was imported"
    assert say(file, DASHBOARD_AUTH="demo").endswith("To look at it: DASHBOARD_AUTH=key marketing-dashboard serve\n")


@pytest.mark.parametrize("settings", [{"DASHBOARD_AUTH": "demo"}, {"DASHBOARD_HOST": "0.0.0.0"}])
def test_elsewhere_own_data_are_refused_and_both_ways_are_named(own_facts: Path, settings: dict[str, str]) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("DASHBOARD_")}
    done = subprocess.run(
        [sys.executable, "-m", "cli", "serve"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        env=clean | {"DASHBOARD_FACTS": str(own_facts), "DASHBOARD_PORT": "1"} | settings,
    )  # fmt: skip
    assert done.returncode == 2
    assert "Set DASHBOARD_AUTH=jwt, with DASHBOARD_AUTH_KEYS" in done.stderr
    assert "or DASHBOARD_AUTH=key to look at it alone" in done.stderr


def test_a_container_asks_for_the_key_by_a_setting_under_whatever_port_it_is_published(own_facts: Path) -> None:
    with serve(own_facts, own_facts.parent, DASHBOARD_AUTH="key", DASHBOARD_HOST="0.0.0.0") as server:
        (key,) = keys_in(server.said())
        published = {"Host": "localhost:9999"}
        answer = server.ask(f"/?key={key}", **published)
        cookie = answer.headers["Set-Cookie"].split(";")[0]
        assert cookie.startswith("dashboard-key-9999=")
        assert server.ask(FIGURES, Cookie=cookie, **published).tells
        for wrong in ({"Host": "evil.example.com:9999"}, published | {"Origin": "http://localhost:9998"}):
            refused = server.ask(FIGURES, Cookie=cookie, **wrong)
            assert refused.status in (400, 403)
            assert not refused.tells
        assert server.ask(FIGURES, **published).status == 401


def test_with_the_key_files_are_imported_and_without_it_nothing_is_kept(demo: Path, tmp_path: Path) -> None:
    ours = {"X-Requested-With": "dashboard", "Content-Type": "application/json"}
    rows = own_rows(tmp_path / "own.csv").read_bytes()
    with serve(demo, tmp_path) as server:

        def bring(**headers: str) -> Answer:
            sent = server.ask("/import/file", "POST", rows, **{"X-File-Name": "own.csv"}, **ours, **headers)
            upload = json.loads(sent.body)["upload"]
            body = json.dumps({"upload": upload}).encode()

            def outcome(path: str, body: bytes) -> Answer:
                answer = server.ask(path, "POST", body, **ours, **headers)
                while answer.status == 202:
                    time.sleep(0.2)
                    answer = server.ask("/import/outcome", "POST", body, **ours, **headers)
                return answer

            checked = outcome("/import/check", body)
            mark = json.loads(checked.body).get("mark", "")
            return outcome("/import/keep", json.dumps({"upload": upload, "mark": mark}).encode())

        refused = bring()
        assert refused.status == 403
        assert b"marketing-dashboard import" in refused.body
        assert json.loads(server.ask(VERSION).body)["demo"] is True

        cookie = server.cookie()
        assert b"not kept" in server.ask("/import").body
        assert b"not kept" not in server.ask("/import", Cookie=cookie).body
        kept = bring(Cookie=cookie)
        assert kept.status == 200, kept.body
        assert json.loads(kept.body)["kept"]
        wait_for(lambda: all(server.ask(FIGURES).status == 401 for _ in range(6)))
        assert server.ask(FIGURES, Cookie=cookie).tells
