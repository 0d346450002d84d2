"""The HTML document: the shell, a place for every visual, and the first answer, there before any script runs.

React's root stands among it, beside what Dash will draw there (components/controls.py), which goes once it has. The
scripts come last: ours fills in the first answer, then has Dash's begin.
"""

from collections.abc import Mapping
from html import escape
from typing import Any, Final
from urllib.parse import quote

import orjson
from dash.development.base_component import Component

from components.bundles import ASSETS, Bundles
from components.markup import to_markup

#: The dashboard's picture in its own address: as a file, browsers would ask for it again at every change of address.
ICON: Final = f"data:image/svg+xml,{quote((ASSETS / 'icon.svg').read_text().strip())}"


#: Of scripts of Dash's that the browser only reads: each runs when assets/js/start.js puts it in again, in this order.
AT_REST: Final = 'type="text/plain" data-dash'
_RUNS: Final = 'type="application/javascript"'


def document(
    prefix: str,
    bundles: Bundles,
    page: str,
    title: str,
    shell: tuple[str, str],
    controls: Component,
    spec: Mapping[str, Any],
    first: bytes,
    parts: Mapping[str, str],
) -> str:
    """The document of the page called `page`.

    `shell` is what stands before and after Dash's part, `first` the first answer as JSON (`null` where it must be
    waited for: the browser asks then), `parts` are Dash's: its metas, config and renderer.

    Our code runs once the style sheet is there (assets/early.js), Dash's and plotly.js once the text stands
    (assets/js/start.js, charts.js), as a script tag here would put its evaluation before the text. On a good line
    assets/early.js has all of it fetched ahead; on a slow one the style sheet comes first.
    """
    own = f"{prefix}bundles/"
    font = own + bundles.files["fonts/inter.woff2"].name
    plotly, dash, code = (own + bundle.name for bundle in (bundles.plotly, bundles.dash, bundles.own))
    before, after = shell
    asks = f' data-ask="{escape(page)}"' if first == b"null" else ""
    return f"""<!DOCTYPE html>
<html lang="en" data-bs-theme="light">
    <head>
        {parts["metas"]}
        <title>{escape(title)}</title>
        <meta name="color-scheme" content="light dark">
        <script data-prefix="{prefix}" data-plotly="{plotly}"
            data-whole="{prefix}_dash-component-suites/plotly/package_data/plotly.min.js"{asks}
            data-font="{font}" data-own="{code}" data-dash="{dash}"
            data-parts="{_later(own, bundles)}">{bundles.early}</script>
        <link rel="icon" type="image/svg+xml" href="{ICON}">
        <link rel="stylesheet" href="{own}{bundles.style.name}">
    </head>
    <body>
        <div class="app">
            {before}
            <div class="frame">
                <div id="react-entry-point"></div>
                <div id="before" inert>{_placeholder(controls)}</div>
                {after}
            </div>
            <div id="scrim" hidden></div>
            <div id="announcer" class="visually-hidden" role="status" aria-live="polite"></div>
        </div>
        <noscript>This dashboard needs JavaScript.</noscript>
        {_json("spec", orjson.dumps(spec))}
        {_json("first", first)}
        <script type="text/plain" data-own src="{code}"></script>
        <footer hidden>
            {parts["config"]}
            <script {AT_REST} src="{dash}"></script>
            {parts["inline"]}
            {parts["renderer"].replace(_RUNS, AT_REST, 1)}
        </footer>
    </body>
</html>"""


def _placeholder(controls: Component) -> str:
    """What Dash will draw, without its stores; it goes at the moment when that is there (assets/js/page.js)."""
    shown = [part for part in controls.children if part._type != "Store"]
    return to_markup(shown)


def _json(name: str, content: bytes) -> str:
    """Data of the document: no text in it ends the element or begins another."""
    return f'<script type="application/json" id="{name}">{content.decode().replace("<", chr(92) + "u003c")}</script>'


def _later(place: str, bundles: Bundles) -> str:
    """Name -> addresses of the script and the style sheet in assets/later, as JSON in an attribute."""
    return escape(
        orjson.dumps(
            {name: {kind: place + each.name for kind, each in part.items()} for name, part in bundles.parts.items()}
        ).decode()
    )
