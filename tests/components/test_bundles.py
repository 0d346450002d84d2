"""What the first load is made of: the right parts of Dash, the right plotly.js, names that follow the content."""

import json
import re

from dash import Dash
from dash.development.base_component import Component
from dash.fingerprint import check_fingerprint
from flask.testing import FlaskClient

from components import bundles, shell
from components.bundles import ROOT
from components.spec import spec
from pages import PAGES


def test_the_layout_has_only_what_is_loaded():
    whole = shell.layout(PAGES, spec(PAGES, "/"), banner="Demo", account=("Ada", "/out"))
    loaded = {"dash_html_components", "dash_bootstrap_components"}
    assert {each._namespace for each in _components(whole)} == loaded


def _components(whole: Component):
    yield whole
    yield from (each for each in whole._traverse() if isinstance(each, Component))


def test_all_that_dash_loads_is_there_but_two_packages_not_in_use():
    app = Dash(__name__, include_assets_files=False)
    theirs = re.findall(r'_dash-component-suites/([^"]+)"', app._generate_scripts_html())
    wanted = [check_fingerprint(each)[0] for each in theirs if not re.search(r"/(dcc|dash_table)/", each)]
    loaded = [str(path).split("site-packages/")[1] for path in bundles.dash_files()]
    assert sorted(loaded) == sorted(wanted)
    assert loaded[-1] == "dash/dash-renderer/build/dash_renderer.min.js"


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
    names = re.findall(r'"(/bundles/[^"]+)"', page)
    assert len(names) == 6  # style, font, plotly.js twice, our script, Dash's
    bodies = {}
    for name in set(names):
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
