"""The Import page before a file is sent: where to drop files, what can be said of them, and room for the report."""

from typing import Final

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from components.icons import icon_of
from kpi.formats import Formats

_PLATFORMS: Final = (
    *("Meta", "Google", "Amazon", "TikTok", "Microsoft Advertising", "Pinterest", "Snapchat", "LinkedIn", "Reddit"),
    *("X", "Criteo", "Amazon DSP", "TikTok GMV Max", "Other"),
)
_OWN_DATA: Final = (
    "To look at your own figures alone, run this on your machine and open the address that it prints: its Import page "
    "takes files and keeps them in the folder data. Behind a company’s sign-in see docs/sign-in.md."
)
_DEMO: Final = (
    "This is the demo: files dropped here are read and shown, not kept. To see your own figures in its place, type the "
    "command below in the dashboard’s folder; it ends with how to look at them."
)
_NO_DATA: Final = (
    "There are no figures here yet: files dropped here are read and shown, not kept. To see your own figures, type the "
    "command below in the dashboard’s folder; it ends with how to look at them."
)
#: What a person types who has this dashboard in a folder.
IMPORT_COMMAND: Final = ".venv/bin/marketing-dashboard import ~/Downloads/*.csv"


def import_page(most: int, files: int, demo: bool, formats: Formats, empty: bool = False) -> list[Component]:
    """The page that takes at most `files` files of `most` bytes together; in a `demo` nothing is kept, and where it is
    `empty` there are no figures of a demo either.
    """
    megabytes = f"{formats.number(round(most / 1e6))} MB"
    kinds = (
        f"CSV, TSV, Excel (.xlsx), Parquet, or a zip of these: at most {files} files and {megabytes}. "
        "Exchange rates, margins and column mappings can be added as files too."
    )
    zone = html.Div(
        [
            icon_of("upload"),
            html.P("Drop reports here, by day", className="import-lead"),
            html.P(kinds, className="import-kinds"),
            html.Div(
                [
                    button("choose", "Choose files", "btn-primary"),
                    button("over", "Start over", "btn-light", hidden=True),
                ],
                className="import-actions",
            ),
        ],
        className="import-zone",
        **{
            "data-most": most,
            "data-large": f"At most {megabytes} can be sent at once: zip the files, or split them.",
        },
    )
    demo_note = []
    if demo:
        demo_note = [
            html.P([icon_of("info"), html.Span(_NO_DATA if empty else _DEMO)], className="import-demo"),
            *_command(IMPORT_COMMAND),
        ]
    listed = html.Ul(className="import-files", **{"aria-label": "Files"})
    return [
        html.Div([*demo_note, zone, listed], id="import-files", className="import-card"),
        _options(),
        html.Div([html.P(className="import-state", role="status"), html.Div(className="import-outcome")]),
    ]


def closed_page(command: str) -> list[Component]:
    """The page where no files can be sent: the one `command` that shows one's own data."""
    return [
        html.Div(
            [
                html.P("This demo takes no files", className="import-lead"),
                html.P(_OWN_DATA),
                *_command(command),
            ],
            className="import-card",
        )
    ]


def _command(command: str) -> list[Component]:
    """A command to type, and what copies it."""
    return [
        html.Pre(html.Code(command), className="import-command", tabIndex=0, **{"aria-label": "The command"}),
        html.Div(button("copy", "Copy", "btn-light"), className="import-actions"),
    ]


def button(act: str, label: str, look: str, hidden: bool = False) -> Component:
    """A button that does `act` (assets/later/import.js)."""
    return html.Button(label, type="button", className=f"btn {look}", hidden=hidden, **{"data-import": act})


def _options() -> Component:
    """What the files do not say, and somebody may."""
    fields = (
        ("platform", "Platform", _choice("platform", [("", "As the headers say"), *((p, p) for p in _PLATFORMS)])),
        (
            "dates",
            "Dates",
            _choice(
                "dates",
                [("", "As the file proves"), ("dmy", "Day first (31/12)"), ("mdy", "Month first (12/31)")],
            ),
        ),
        ("account", "Account", _word("account", "Where the file names none")),
        ("currency", "Currency", _word("currency", "Such as EUR")),
        (
            "replace",
            "Other figures",
            _choice("replace", [("", "Are not taken"), ("yes", "Take their place")]),
        ),
        ("into", "Table’s currency", _word("into", "Of a new table")),
    )
    labels = [
        html.Label([html.Span(label), control], className="import-option", **{"data-option": name})
        for name, label, control in fields
    ]
    again = html.Button("Read again", type="submit", className="btn btn-light")
    return html.Details(
        [
            html.Summary("What the files do not say"),
            html.Form([*labels, again], className="import-options-list", spellCheck="false"),
        ],
        className="import-card import-options",
        hidden=True,
    )


def _choice(name: str, values: list[tuple[str, str]]) -> Component:
    options = [html.Option(label, value=value) for value, label in values]
    return html.Select(options, name=name, className="form-select form-select-sm")


def _word(name: str, placeholder: str) -> Component:
    return dbc.Input(type="text", size="sm", name=name, placeholder=placeholder, maxlength=80, autocomplete="off")
