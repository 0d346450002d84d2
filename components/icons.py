"""Pictures from assets/css/icons.css, and buttons that show only one."""

from dash import html
from dash.development.base_component import Component


def icon_of(name: str) -> Component:
    """A picture from assets/css/icons.css."""
    return html.Span(className=f"icon icon-{name}", **{"aria-hidden": "true"})


def icon_button(name: str, label: str, icon: str | None = None, more: str = "") -> Component:
    """A button that shows only a picture; its words are there for who cannot see it."""
    words = html.Span(label, className="visually-hidden")
    return html.Button(
        [icon_of(icon or name), words],
        id=name,
        type="button",
        className=f"btn btn-link icon-button {more}".strip(),
        **{"data-do": name},
    )
