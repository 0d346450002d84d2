"""The shell: what stands before any figure does. Dash renders it once; the browser's own code fills the empty bodies.

React never touches a visual's body, an option list or a toolbar slot again: they have no children here and no callback
writes to them (docs/decisions/0001).
"""

from collections.abc import Sequence
from html import escape
from typing import Any, Final
from urllib.parse import quote

import dash_bootstrap_components as dbc
import orjson
from dash import html
from dash.development.base_component import Component

from components.bundles import ASSETS, Bundles
from components.visuals import Page, Visual

#: What a visual's menu offers: its data in three forms, and what the browser does itself (assets/js/start.js).
_FORMS: Final = (("csv", "CSV"), ("xlsx", "Excel"), ("json", "JSON"))
#: A CSV from the menu is opened with a spreadsheet; a script's has names as they are (facts/spreadsheets.py).
_FOR: Final = {"csv": "?for=excel"}
_ACTS: Final = (("picture", "Picture (PNG)"), ("link", "Copy link"))
#: A chart's data as a table in its place (assets/later/rows.js).
_ROWS: Final = html.Button(
    ["Show as table", html.Kbd("T")],
    type="button",
    **{"data-do": "rows", "aria-keyshortcuts": "t"},
)


def index(prefix: str, bundles: Bundles) -> str:
    """The page's template: theme and first request before anything else (docs/decisions/0011).

    The layout is asked for from here, with the scripts, and waits for them. plotly.js comes when the line is free, and
    is run once the text stands (assets/js/charts.js): a script tag here would put its evaluation before the text.
    """
    own = f"{prefix}bundles/"
    font = own + bundles.files["fonts/inter.woff2"].name
    plotly = own + bundles.plotly.name
    return f"""<!DOCTYPE html>
<html lang="en" data-bs-theme="light">
    <head>
        {{%metas%}}
        <title>{{%title%}}</title>
        <meta name="color-scheme" content="light dark">
        <script data-prefix="{prefix}" data-plotly="{plotly}"
            data-parts="{_parts(own, bundles)}">{bundles.early}</script>
        <link rel="icon" type="image/svg+xml" href="{_picture("icon.svg")}">
        <link rel="stylesheet" href="{own}{bundles.style.name}">
        <link rel="preload" as="font" type="font/woff2" href="{font}" crossorigin>
        <link rel="preload" as="fetch" href="{prefix}_dash-layout" crossorigin>
        <link rel="preload" as="fetch" href="{prefix}_dash-dependencies" crossorigin>
        <link rel="preload" as="script" href="{plotly}" fetchpriority="low">
        {{%css%}}
    </head>
    <body>
        {{%app_entry%}}
        <noscript>This dashboard needs JavaScript.</noscript>
        <footer hidden>
            {{%config%}}
            {{%scripts%}}
            {{%renderer%}}
        </footer>
    </body>
</html>"""


def scripts(prefix: str, bundles: Bundles) -> str:
    """The scripts of a page, in order."""
    return "".join(f'<script src="{prefix}bundles/{bundle.name}"></script>' for bundle in (bundles.own, bundles.dash))


def _parts(place: str, bundles: Bundles) -> str:
    """Name -> addresses of the script and the style sheet in assets/later, as JSON in an attribute."""
    return escape(
        orjson.dumps(
            {name: {kind: place + each.name for kind, each in part.items()} for name, part in bundles.parts.items()}
        ).decode()
    )


def _picture(name: str) -> str:
    """A picture in its own address: as a file, browsers would ask for the icon again at every change of address."""
    return f"data:image/svg+xml,{quote((ASSETS / name).read_text().strip())}"


def layout(
    pages: Sequence[Page],
    spec: dict[str, Any],
    *,
    banner: str | None = None,
    account: tuple[str, str] | None = None,
) -> Component:
    """Header, filters and one skeleton per page; which page is shown, and with what, the browser decides.

    `account` is who is signed in, and the address that signs them out ("" where there is none).
    """
    prefix = spec["prefix"]
    shell = html.Div(
        [
            html.A("Skip to the figures", href="#main", className="skip"),
            html.Div(id="progress", **{"aria-hidden": "true"}),
            _topbar(pages, prefix, account),
            html.Div(
                [
                    _filters(spec),
                    html.Main(
                        [
                            _banners(banner),
                            _heading(pages),
                            html.P(id="notes", role="status", hidden=True),
                            *(_page(page, prefix) for page in pages),
                        ],
                        id="main",
                        tabIndex=-1,
                    ),
                ],
                className="frame",
            ),
            html.Div(id="scrim", hidden=True),
            html.Div(id="announcer", className="visually-hidden", role="status", **{"aria-live": "polite"}),
            html.Div(id="spec", hidden=True, **{"data-spec": orjson.dumps(spec).decode()}),
        ],
        className="app",
    )
    return _without_clicks(shell)


def _without_clicks(shell: Component) -> Component:
    """Dash has every element of HTML that has an id told of each click within it, and then renders what holds it: 6 ms
    of each change of a filter, for nothing. Only Bootstrap's buttons have callbacks (callbacks/clientside.py)."""
    for part in shell._traverse_ids():
        if "disable_n_clicks" in part.available_properties:
            part.disable_n_clicks = True
    return shell


def _topbar(pages: Sequence[Page], prefix: str, account: tuple[str, str] | None) -> Component:
    return html.Header(
        [
            html.A(
                [html.Span(className="brand-mark", **{"aria-hidden": "true"}), html.Span("Marketing dashboard")],
                href=prefix,
                className="brand",
                **{"data-go": pages[0].key},
            ),
            html.Nav(
                [
                    html.A(_short(page), href=prefix + page.path, **{"data-go": page.key})
                    for page in pages
                    if not page.icon
                ],
                className="tabs",
                **{"aria-label": "Pages"},
            ),
            html.Div(id="status", className="status"),
            *(_icon_link(page, prefix) for page in pages if page.icon),
            _icon_button("theme", "Theme"),
            *([_account(*account)] if account else []),
        ],
        className="topbar",
    )


def _account(name: str, log_out: str) -> Component:
    return html.Details(
        [
            html.Summary(
                [_icon("person"), html.Span(f"Signed in as {name}", className="visually-hidden")],
                className="icon-button",
            ),
            html.Div(
                [html.Span(name), *([html.A("Sign out", href=log_out)] if log_out else [])], className="menu-list"
            ),
        ],
        id="account",
        className="menu",
    )


def _icon(name: str) -> Component:
    return html.Span(className=f"icon icon-{name}", **{"aria-hidden": "true"})


def _icon_link(page: Page, prefix: str) -> Component:
    return html.A(
        [_icon(page.icon), html.Span(page.title, className="visually-hidden")],
        href=prefix + page.path,
        className="btn icon-button",
        **{"data-go": page.key, "data-tip": page.title},
    )


def _icon_button(name: str, label: str, icon: str | None = None, more: str = "") -> Component:
    """A button that shows only a picture; its words are there for who cannot see it."""
    words = html.Span(label, className="visually-hidden")
    return dbc.Button([_icon(icon or name), words], id=name, color="link", className=f"icon-button {more}".strip())


def _short(page: Page) -> str:
    """A page's title as it stands on its tab: without the word that says it is a page."""
    return page.title.removesuffix(" dashboard").removesuffix(" summary")


def _filters(spec: dict[str, Any]) -> Component:
    return html.Section(
        [
            html.Div(
                [
                    html.H2("Filters"),
                    _icon_button("close-filters", "Close filters", "close", "drawer-only"),
                ],
                className="filters-head",
            ),
            *(
                html.Fieldset(
                    [html.Legend(label), html.Div(className="options")],
                    className="filter",
                    **{"data-filter": dimension, "data-label": label},
                )
                for dimension, label in spec["dimensions"].items()
            ),
            html.Div(
                dbc.Button("Show figures", id="apply-filters", color="primary"), className="filters-foot drawer-only"
            ),
        ],
        id="filters",
        className="filters",
        **{"aria-label": "Filters"},
    )


def _heading(pages: Sequence[Page]) -> Component:
    return html.Div(
        [
            html.Div(
                [
                    html.Div(
                        [html.H1(page.title, id=f"title-{page.key}", tabIndex=-1), html.P(page.lead)],
                        hidden=True,
                        **{"data-page": page.key},
                    )
                    for page in pages
                ],
                className="titles",
            ),
            html.Div(
                [
                    dbc.Button(
                        [_icon("filter"), html.Span("Filters"), html.Span(id="filter-count")],
                        id="open-filters",
                        color="light",
                        className="tool drawer-button",
                    ),
                    html.Div(className="slot", role="group", **{"data-filter": "dates", "aria-label": "Dates"}),
                    html.Div(className="slot", role="group", **{"data-filter": "compare", "aria-label": "Comparison"}),
                    html.Div(className="slot", role="group", **{"data-filter": "grain", "aria-label": "Time steps"}),
                    dbc.ButtonGroup(
                        [
                            _tool("reset", "Reset", "Take away all filters and dates"),
                            _tool("copy-link", "Copy link", "Copy a link to exactly these figures"),
                        ],
                        className="tools",
                    ),
                    _menu("views", "bookmark", "Views", "Saved views", more="stays"),
                    _take(),
                ],
                className="toolbar",
                role="group",
                **{"aria-label": "Period and view"},
            ),
            html.Div(
                [
                    html.P(id="period"),
                    html.Div(id="chips", role="group", **{"aria-label": "Filters in use"}),
                ],
                className="context",
            ),
        ],
        className="heading",
    )


def _menu(name: str, icon: str, label: str, tip: str, *entries: Component, more: str = "") -> Component:
    """A menu of the heading."""
    summary = html.Summary([_icon(icon), html.Span(label)], className="tool", title=tip)
    return html.Details(
        [summary, html.Div(list(entries), className=f"menu-list {more}".strip())], id=name, className="menu"
    )


def _take() -> Component:
    """What can be taken away of a whole page; assets/js/page.js puts the query into the address."""
    workbook = html.A("Excel workbook", id="workbook", href="#")
    paper = html.Button("Print or PDF", type="button", **{"data-do": "print"})
    return _menu("take", "save", "Save", "Take this page away", workbook, paper)


def _tool(name: str, label: str, tip: str) -> Component:
    return dbc.Button([_icon(name), html.Span(label)], id=name, color="light", className="tool", title=tip)


def _banners(demo: str | None) -> Component:
    """Everything that may stand above the figures; all but the first are hidden until they have something to say."""

    def banner(name: str, color: str, *controls: Component, text: str = "", hidden: bool = True) -> Component:
        return html.Div(
            dbc.Alert(
                [html.Span(text, className="banner-text"), *controls], color=color, fade=False, className="banner"
            ),
            id=f"banner-{name}",
            hidden=hidden,
        )

    def action(name: str, label: str) -> Component:
        return dbc.Button(label, id=name, color="link", size="sm", className="banner-action")

    return html.Div(
        [
            *([banner("demo", "light", text=demo, hidden=False)] if demo else []),
            banner("as-of", "warning", action("show-today", "Show today's")),
            banner("newer", "primary", action("show-newer", "Show"), html.Span(className="auto-slot")),
            banner("lost", "warning", action("retry-lost", "Retry")),
            banner("error", "danger", action("retry-error", "Retry")),
            banner("notice", "warning"),
        ],
        id="banners",
    )


def _page(page: Page, prefix: str) -> Component:
    return html.Section(
        [_visual(page, visual, prefix) for visual in page.visuals],
        className="body-page" if page.body else "grid-page",
        hidden=True,
        **{"data-page": page.key, "aria-labelledby": f"title-{page.key}"},
    )


def _room(visual: Visual) -> dict[str, Any] | None:
    """The room of a visual's body before it is drawn, so that nothing moves then."""
    if visual.kind == "chart":
        return {"minHeight": f"{visual.spec['height']}px"}
    if visual.kind == "cards":  # in rows of four, on a telephone of two (assets/css/cards.css)
        cards = len(visual.spec["metrics"])
        return {"--fours": 1 if cards == 5 else -(-cards // 4), "--twos": -(-cards // 2)}
    return None


def _visual(page: Page, visual: Visual, prefix: str) -> Component:
    name = f"{page.key}.{visual.name}"
    title = f"visual-{page.key}-{visual.name}"
    room = _room(visual)
    return html.Article(
        [
            html.Div(
                [
                    html.H2(visual.title, id=title),
                    html.Button(
                        _icon("info"),
                        type="button",
                        className="info",
                        **{"data-tip": visual.question, "aria-label": f"What “{visual.title}” answers"},
                    ),
                    html.Details(
                        [
                            html.Summary(
                                _icon("more"),
                                **{"aria-label": f"Take “{visual.title}” away"},
                            ),
                            html.Div(
                                [
                                    html.Span("Download the data"),
                                    *(
                                        html.A(
                                            label,
                                            href=f"{prefix}data/{page.key}/{visual.name}.{form}{_FOR.get(form, '')}",
                                            **{"data-form": form},
                                        )
                                        for form, label in _FORMS
                                    ),
                                    html.Hr(),
                                    *([_ROWS] if visual.kind == "chart" else []),
                                    *(html.Button(label, type="button", **{"data-do": act}) for act, label in _ACTS),
                                ],
                                className="menu-list",
                            ),
                        ],
                        className="menu",
                    ),
                ],
                className="visual-head",
            ),
            html.Div(className="body", style=room),
        ],
        className=f"visual visual-{visual.kind} span-{visual.width}{' ranking' if visual.spec.get('rank') else ''}",
        **{"data-visual": name, "data-state": "loading", "aria-labelledby": title},
    )
