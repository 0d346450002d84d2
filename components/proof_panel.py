"""The proof of a figure as a person reads it: the formula with the sums in it, and which rows these are of."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from kpi.formats import Formats

Proof = Mapping[str, Any]


def proof_panel(proof: Proof, formats: Formats, prefix: str, definition: str, glossary: str) -> list[Component]:
    """`proof` as its address answers; `glossary` is the path of the page that explains the metric, "" without one."""
    parts = [html.P(proof["text"], className="proof-value")]
    if proof["sentence"]:
        parts += [_equation(proof, formats), html.P(proof["sentence"], className="visually-hidden")]
    if proof["note"]:
        parts.append(html.P(proof["note"], className="proof-note"))
    facts = [html.Div([html.Dt(name), html.Dd(value)]) for name, value in _facts(proof, formats, prefix)]
    parts.append(html.Dl(facts, className="proof-facts"))
    before = proof["before"]
    if before and before["sentence"]:
        lines = filter(None, (before["sentence"], before["change"]))
        parts += [html.H3(f"Compared with {before['days']}"), *(html.P(line, className="proof-line") for line in lines)]
    query = f"?{proof['query']}" if proof["query"] else ""
    link = html.A("In the glossary", href=f"{prefix}{glossary}{query}#{proof['metric']}", **{"data-go": "glossary"})
    return [*parts, html.P([definition, " ", link if glossary else None], className="proof-more")]


def _facts(proof: Proof, formats: Formats, prefix: str) -> list[tuple[str, Component | str]]:
    """Which rows the figure is of."""
    filters = "Only the days: it is the whole company’s" if proof["company"] else _in_words(proof["filters"]) or "None"
    address = prefix + proof["address"]
    return [
        *((name, value) for name, value in proof["of"]),
        ("Days", proof["days"]),
        ("Filters", filters),
        *([("You see", _in_words(proof["scope"]))] if proof["scope"] else []),
        ("Rows added up", formats.number(proof["rows"])),
        ("Data", f"{proof['data']}, version {proof['version']}"),
        ("Address", html.A(address, href=address, target="_blank", rel="noopener")),
    ]


def _in_words(choices: Sequence[tuple[str, Sequence[str]]]) -> str:
    return "; ".join(f"{name}: {', '.join(values)}" for name, values in choices)


def _equation(proof: Proof, formats: Formats) -> Component:
    """The formula as it is written by hand: terms above each other, a line, the denominator."""
    scale = html.Span(f"{formats.number(proof['scale'])} ×", className="proof-scale") if proof["scale"] != 1 else None
    below = [html.Hr(), _side(proof["by"], " of the whole selection" if proof["whole"] else "")]
    fraction = html.Div([_side(proof["over"]), *(below if proof["by"] else [])], className="proof-fraction")
    return html.Div([scale, fraction], className="proof-equation", **{"aria-hidden": "true"})


def _side(terms: Sequence[Proof], tail: str = "") -> Component:
    cells = []
    for place, term in enumerate(terms):
        sign = "−" if term["taken"] else "+" if place else ""
        cells += [
            html.Span(sign, className="proof-sign"),
            html.Span(term["text"], className="proof-amount"),
            html.Span(term["label"] + tail, className="proof-name"),
        ]
    return html.Div(cells, className="proof-side")
