"""What the first load is made of: the right parts of Dash, the right plotly.js, names that follow the content."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from dash import Dash
from dash.development.base_component import Component
from dash.fingerprint import check_fingerprint
from flask.testing import FlaskClient

from app import create_app
from components import bundles, controls, document
from components.address import DEFAULT_LAST
from components.bundles import ROOT
from components.spec import spec
from facts.source import Source
from kpi.units import USUAL
from pages import EVERY, PAGES
from settings import from_environment
from tests.access.own_pages import put_page
from tests.asking import json_in, view
from tests.js.node import NODE

#: What Dash may own of the screen: each of its components takes part in every one of its updates.
MOST_COMPONENTS = 100


def test_the_layout_has_only_what_is_loaded(client: FlaskClient):
    loaded = {"dash_html_components", "dash_bootstrap_components", "dash_core_components"}
    answer = json_in(client.get("/").text, "first")
    for whole in (
        controls.layout(spec(PAGES, "/", USUAL, frozenset())),
        controls.layout(spec(EVERY, "/", USUAL, frozenset()), answer),
    ):
        assert {each._namespace for each in _components(whole)} == loaded
        core = {each._type for each in _components(whole) if each._namespace == "dash_core_components"}
        assert core == {"Store"}, "all else of dcc is loaded where a page of somebody's own uses it"


def test_the_layout_of_all_pages_has_few_components(client: FlaskClient):
    """Also where every list of values is as long as it may be before it is searched."""
    longest = [f"value {number}" for number in range(controls.MANY)]
    known = spec(EVERY, "/", USUAL, frozenset())
    answer = {"options": dict.fromkeys(known["dimensions"], longest), "chosen": {"compare": "none"}}
    answer["period"] = {"grain": "day"}
    for whole in (controls.layout(known), controls.layout(known, answer)):
        assert 20 < len(list(_components(whole))) <= MOST_COMPONENTS
    served = client.get("/_dash-layout").json
    assert 20 < len(list(_parts(served))) <= MOST_COMPONENTS
    names = [each["props"]["id"] for each in _parts(served) if "id" in each["props"]]
    assert {"selection", "view", "own-page"} <= set(names)
    assert len(names) == len(set(names))


def _components(whole: Component):
    yield whole
    yield from (each for each in whole._traverse() if isinstance(each, Component))


def _parts(layout: Any) -> Iterator[dict[str, Any]]:
    """Every component of a layout as it is served."""
    if isinstance(layout, list):
        for each in layout:
            yield from _parts(each)
    elif isinstance(layout, dict) and "props" in layout:
        yield layout
        yield from (part for value in layout["props"].values() for part in _parts(value))


def test_the_document_holds_shell_spec_and_first_answer_before_any_script(client: FlaskClient):
    page = client.get("/cfo?platform=Meta").text
    first, known = json_in(page, "first"), json_in(page, "spec")
    assert (first["page"], first["query"]) == ("cfo", "platform=Meta")
    assert first == view(client, "cfo", "platform=Meta").json
    assert set(known["pages"]) == {each.key for each in EVERY if not each.panel}
    before = page[: page.index('<script type="application/json" id="spec">')]
    assert "src=" not in before, "what stands after a script waits for it"
    for each in PAGES:
        assert f">{each.title}</h1>" in before
        for visual in each.visuals:
            assert before.count(f'data-visual="{each.key}.{visual.name}"') == 1
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert re.search(r'id="before-filter-platform-\d+" class="[^"]*" type="checkbox" value="Meta" checked', before)


def test_the_document_without_a_first_answer_has_the_browser_ask(tmp_path: Path):
    source = Source(tmp_path / "none")
    own = put_page(tmp_path / "pages")
    client = create_app(from_environment({"DASHBOARD_PAGES": str(own)}), source).server.test_client()
    source.close()
    for path, key in (("/cfo", "cfo"), ("/", "executive"), ("/margin-watch", "margin")):
        page = client.get(path).text
        assert json_in(page, "first") is None
        assert f' data-ask="{key}"' in page, "a page is asked for by its key, which is not always its path"
    assert json_in(page, "spec")["defaults"]["last"] == DEFAULT_LAST


def test_no_text_of_the_data_ends_the_data_in_the_document():
    hostile = {"a": "</script><script>alert(1)</script><!--", "b": "\u2028"}
    found = document._json("first", orjson.dumps(hostile))
    assert found.count("<") == 2
    assert json_in(found, "first") == hostile


def test_the_own_scripts_are_before_dashs(client: FlaskClient):
    """Ours fills in the first answer, then has Dash's begin; none of them stands in the style sheet's way."""
    page = client.get("/").text
    scripts = re.findall(r'<script type="text/plain"[^>]* src="/bundles/(\w+)\.\w+\.js"', page)
    assert scripts == ["dashboard", "dash_renderer"]
    assert "preload" not in page.split("</head>")[1]
    assert re.findall(r"<link rel=.(\w+)", page) == ["icon", "stylesheet"]


def test_all_that_dash_loads_is_there_but_its_table():
    app = Dash(__name__, include_assets_files=False)
    theirs = re.findall(r'_dash-component-suites/([^"]+)"', app._generate_scripts_html())
    wanted = [check_fingerprint(each)[0] for each in theirs if "/dash_table/" not in each]
    loaded = [str(path).split("site-packages/")[1] for path in bundles.dash_files()]
    assert sorted(loaded) == sorted(wanted)
    packages = [path.split("/")[1] for path in loaded]
    assert packages.index("dash-renderer") < packages.index("dcc"), "its core makes itself known to the renderer"


def test_the_rest_of_dcc_is_served_where_its_core_asks_for_it(client: FlaskClient):
    names = set(bundles.chunks())
    assert {"async-graph.js", "async-dropdown.js"} <= names
    for name in names:
        answer = client.get(f"/bundles/{name}")  # beside the script of its core
        assert (answer.status_code, answer.mimetype) == (200, "text/javascript")
        assert answer.data == bundles.chunks()[name].read_bytes()
        assert answer.headers["Cache-Control"] == "no-cache", "its name is the same with the next Dash"
        for coding in ("identity", "gzip", "br"):
            headers = {"Accept-Encoding": coding}
            mark = client.get(f"/bundles/{name}", headers=headers).headers["ETag"]
            again = client.get(f"/bundles/{name}", headers=headers | {"If-None-Match": mark})
            assert (again.status_code, again.data, again.headers["Cache-Control"]) == (304, b"", "no-cache")


def test_every_trace_in_use_is_in_the_small_plotly():
    entry = (ROOT / "bundles" / "plotly.js").read_text()
    registered = {"scatter", *re.findall(r'plotly\.js/lib/(\w+)"\)', entry)} - {"core"}
    used = {
        trace["type"]
        for page in PAGES
        for visual in page.visuals
        if visual.kind == "chart"
        for trace in visual.spec["traces"]
    }
    assert used == registered


def test_the_small_plotly_is_of_the_version_that_python_brings():
    lock = json.loads((ROOT / "bundles" / "package-lock.json").read_text())["packages"]
    whole = bundles._package("plotly") / "package_data" / "plotly.min.js"
    assert lock["node_modules/plotly.js"]["version"] == bundles.plotly_version(whole)


def test_a_file_is_kept_for_good_in_the_coding_that_is_asked_for(client: FlaskClient):
    page = client.get("/").text
    names = sorted(set(re.findall(r'"(/bundles/[^"]+)"', page)))
    assert len(names) == 5  # style, font, plotly.js, our script, Dash's
    bodies = {}
    for name in names:
        for coding in ("br", "gzip", "identity"):
            answer = client.get(name, headers={"Accept-Encoding": coding})
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            if not name.endswith("woff2"):
                assert answer.headers.get("Content-Encoding", "identity") == coding
                assert answer.headers["Vary"] == "Accept-Encoding"
            bodies[name, coding] = len(answer.data)
    assert sum(size for (name, coding), size in bodies.items() if coding == "br") < 1_700_000
    assert client.get("/bundles/plotly.js").status_code == 404
    assert client.get(names[0].replace(".", ".0", 1)).headers["Cache-Control"] == "no-store"


def test_the_early_script_cannot_end_its_element():
    assert "</" not in bundles.read().early


def test_a_source_map_leads_each_line_to_its_file():
    files = [ROOT / "assets" / "elements.js", ROOT / "assets" / "js" / "titles.js", ROOT / "assets" / "js" / "view.js"]

    script = bundles.mapped_scripts(files).decode()

    # Read by Node, as browsers' tools read it.
    ask = """
        const { SourceMap } = require("node:module");
        const lines = require("node:fs").readFileSync(0, "utf8").split("\\n");
        const data = lines.at(-2).split("base64,")[1];
        const map = new SourceMap(JSON.parse(Buffer.from(data, "base64")));
        const found = lines.slice(0, -2).map((text, line) => [text, map.findEntry(line, 0)]);
        console.log(JSON.stringify(found.map(([text, to]) => [text, to.originalSource, to.originalLine])));
    """
    run = subprocess.run([NODE, "-e", ask], input=script, capture_output=True, text=True, check=True)
    written = [
        [text, path.relative_to(ROOT).as_posix(), number]
        for path in files
        for number, text in enumerate(path.read_text().splitlines())
    ]
    assert len(written) > 300
    assert json.loads(run.stdout) == written
