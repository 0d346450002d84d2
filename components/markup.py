"""Dash components as markup: what a page shows before Dash's own code has run, and all that Dash need not own.

Every Dash component takes part in each of Dash's updates, so the layout has few (docs/decisions/0024). What never
changes through a callback is written with the same `dash.html` classes and goes into the document as markup.
"""

import re
from collections.abc import Mapping
from html import escape
from typing import Any, Final

from dash.development.base_component import Component

from kpi.formats import in_words

#: React's names of attributes where HTML's are others.
_NAMES: Final = {"className": "class", "htmlFor": "for", "tabIndex": "tabindex", "autoComplete": "autocomplete"}
_VOID: Final = frozenset({"hr", "img", "input", "br", "link", "meta"})
#: Attributes that are read by people.
_WORDS: Final = frozenset({"title", "aria-label", "data-tip", "placeholder"})
#: Props that Dash keeps for itself.
_OURS: Final = frozenset({"children", "id", "n_clicks", "disable_n_clicks", "persistence", "persisted_props"})


def to_markup(part: Any) -> str:
    """`part`, a Dash component, a text or a list of both, as HTML.

    Known are all of `dash.html`, and of dash_bootstrap_components Checklist, Input, RadioItems and Select, each drawn
    as it draws itself in the browser. Raises KeyError for another component. A text is text, whatever it holds, and
    turns nothing around (as in assets/elements.js).

    >>> to_markup(html.P(["a < b ", html.B("c")], className="line"))
    '<p class="line">a &lt; b <b>c</b></p>'
    """
    if part is None:
        return ""
    if isinstance(part, (list, tuple)):
        return "".join(map(to_markup, part))
    if not isinstance(part, Component):
        return _text(part)
    props = part.to_plotly_json()["props"]
    if part._namespace == "dash_html_components":
        return _element(part._type.lower(), props, to_markup(props.get("children")))
    return _BOOTSTRAP[part._type](props)


def _element(tag: str, props: Mapping[str, Any], inner: str = "") -> str:
    given = {"id": props["id"]} if props.get("id") else {}
    # Dash has what begins with these in the order of a set: markup would differ from one worker to the next.
    free = sorted(name for name in props if name.startswith(("data-", "aria-")))
    named = [name for name in props if name not in _OURS and name not in free]
    given |= {_NAMES.get(name, name): props[name] for name in (*named, *free)}
    head = f"<{tag}{''.join(_attribute(name, value) for name, value in given.items())}>"
    return head if tag in _VOID else f"{head}{inner}</{tag}>"


def _text(words: Any) -> str:
    return escape(in_words(str(words)), quote=False)


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    if name == "style":
        value = "; ".join(f"{_css(key)}: {each}" for key, each in value.items())
    return f' {name}="{escape(in_words(str(value)) if name in _WORDS else str(value))}"'


def _css(name: str) -> str:
    """`minHeight` as `min-height`; a variable as it is."""
    return name if name.startswith("--") else re.sub(r"[A-Z]", lambda found: f"-{found[0].lower()}", name)


def _choices(kind: str, props: Mapping[str, Any]) -> str:
    """A Checklist or RadioItems: a box and its label for each option."""
    value = props.get("value")
    rows = []
    for number, option in enumerate(props.get("options") or []):
        own = option if isinstance(option, dict) else {"label": option, "value": option}
        ticked = own["value"] in value if isinstance(value, (list, tuple)) else own["value"] == value
        name = f"before-{props['id']}-{number}"  # Dash's own has another, so that no id is there twice
        box = _element(
            "input",
            {
                "id": name,
                "className": " ".join(filter(None, ["form-check-input", props.get("inputClassName")])),
                "type": kind,
                "name": f"before-{props['id']}" if kind == "radio" else None,
                "value": own["value"],
                "checked": ticked,
            },
        )
        text = _text(own["label"])
        label = {
            "className": " ".join(filter(None, ["form-check-label", props.get("labelClassName")])),
            "htmlFor": name,
        }
        rows.append(_element("div", {"className": "form-check"}, box + _element("label", label, text)))
    return _element("div", {"className": props.get("className")}, "".join(rows))


def _select(props: Mapping[str, Any]) -> str:
    options = "".join(
        _element(
            "option",
            {"value": option["value"], "selected": option["value"] == props.get("value")},
            _text(option["label"]),
        )
        for option in props.get("options") or []
    )
    size = f"form-select-{props['size']}" if props.get("size") else ""
    classes = " ".join(filter(None, ["form-select", size, props.get("class_name") or props.get("className")]))
    return _element("select", {"className": classes}, options)


def _input(props: Mapping[str, Any]) -> str:
    size = f"form-control-{props['size']}" if props.get("size") else ""
    known = {name: value for name, value in props.items() if name not in ("size", "class_name")}
    return _element("input", known | {"className": f"form-control {size}".strip()})


_BOOTSTRAP: Final = {
    "Checklist": lambda props: _choices("checkbox", props),
    "Input": _input,
    "RadioItems": lambda props: _choices("radio", props),
    "Select": _select,
}
