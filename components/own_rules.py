"""The part of the Import page for a company's own dimensions: their rules, and what each of them catches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dash import html
from dash.development.base_component import Component

from components.icons import icon_of
from kpi.formats import Formats
from kpi.own_dimensions import OwnDimension
from kpi.rule_catches import Catch, Catches, conditions_of, unknown_platforms
from kpi.schema import label_of
from kpi.units import figure

_LEAD: Final = (
    "Rules make dimensions of campaigns’ names, such as brand and non-brand, funnel stage, product line or country: "
    "filters, columns and tables like those that platforms report. In a pattern * stands for any text and ? for one "
    "sign; capitals do not matter. The first rule that fits counts, and the rest is “Other”."
)


#: So many changes of the rules are listed.
_SHOWN: Final = 8


@dataclass(frozen=True)
class RulesChange:
    """A change in the rules' history: when, by whom, and which dimensions there were then."""

    at: datetime
    by: str
    dimensions: tuple[str, ...]
    undone: bool


def rules_card() -> Component:
    """Where rules are written (assets/later/own-rules.js); the server says what they are and what they catch."""
    return html.Details(
        [
            html.Summary("Your own dimensions"),
            html.P(_LEAD, className="import-small"),
            html.Textarea(
                className="form-control own-rules-text",
                rows=10,
                spellCheck="false",
                **{"aria-label": "Rules of your own dimensions, as TOML"},
            ),
            html.Div(
                [
                    html.Button(
                        "Show what they catch", type="button", className="btn btn-primary", **{"data-rules": "show"}
                    ),
                    html.Button(
                        "Keep these rules",
                        type="button",
                        className="btn btn-light",
                        disabled=True,
                        **{"data-rules": "keep"},
                    ),
                    html.P(className="own-rules-state", role="status"),
                ],
                className="import-actions",
            ),
            html.Div(className="own-rules-catches"),
            html.Div(className="own-rules-history"),
        ],
        className="import-card own-rules",
    )


def catches_markup(catches: Catches, platforms: Sequence[str], formats: Formats) -> Component:
    """A table a dimension: each rule's value, what it catches, what it asks for, and the largest campaigns of it.

    Above them is which rules name a platform that is none of the `platforms` there are.
    """
    if not catches:
        return html.P("There are no rules, so there are no dimensions of your own.", className="import-small")
    strange = [
        html.P([icon_of("warning"), html.Span(sentence)], className="import-notice is-warning")
        for sentence in unknown_platforms(catches, platforms)
    ]
    tables = (part for dimension, each in catches for part in _dimension(dimension, each, formats))
    return html.Div([*strange, *tables])


def history_markup(changes: Sequence[RulesChange], can_undo: bool, formats: Formats) -> Component | None:
    """The changes of the rules, newest first, the last of them with what takes it back."""
    if not changes:
        return None
    rows = [_change(each, formats) for each in reversed(changes[-_SHOWN:])]
    if can_undo:
        undo = html.Button("Undo", type="button", className="btn btn-sm btn-light", **{"data-rules": "undo"})
        rows[0].children.append(undo)
    return html.Div([html.H3("History of the rules"), html.Ol(rows, className="import-list")])


def _change(change: RulesChange, formats: Formats) -> Component:
    when = f"{formats.one(formats.day, change.at.date())}, {change.at:%H:%M} UTC"
    what = f"{'returned to ' if change.undone else ''}{', '.join(change.dimensions) or 'no rules'}"
    return html.Li([html.Span(f"{when} · {change.by}", className="import-small"), html.Span(what)])


def _dimension(dimension: OwnDimension, catches: list[Catch], formats: Formats) -> list[Component]:
    heads = ("Value", "Campaigns", "Spend", "Rule", "The largest")
    look = ("words", None, None, "words", "words")
    head = html.Tr([html.Th(name, scope="col", className=each) for name, each in zip(heads, look, strict=True)])
    rows = [_row(catch, formats) for catch in catches]
    name = f"What the rules of {dimension.key} catch"
    title = html.H3(f"{label_of(dimension.key)} ({dimension.key})")
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="figures import-table own-rules-table")
    scroll = html.Div(table, className="table-scroll", tabIndex=0, role="region", **{"aria-label": name})
    idle = [catch for catch in catches if catch.rule is not None and not catch.campaigns]
    return [title, scroll, *([_idle_note(idle)] if idle else [])]


def _row(catch: Catch, formats: Formats) -> Component:
    examples = ", ".join(f"{campaign} ({platform})" for platform, campaign in catch.examples)
    more = ", …" if catch.campaigns > len(catch.examples) else ""
    return html.Tr(
        [
            html.Th(catch.value, scope="row", className="words"),
            html.Td(formats.number(catch.campaigns)),
            html.Td(figure("spend", catch.spend, formats)),
            html.Td("what no rule catches" if catch.rule is None else conditions_of(catch.rule), className="words"),
            html.Td(examples + more, className="words"),
        ],
        **{"data-value": catch.value, "data-campaigns": str(catch.campaigns)},
    )


def _idle_note(idle: list[Catch]) -> Component:
    one = len(idle) == 1
    named = " and ".join(
        [", ".join(f"“{catch.value}”" for catch in idle[:3]), *([f"{len(idle) - 3} more"] if idle[3:] else [])]
    )
    rules = "The rule of" if one else "The rules of"
    text = f"{rules} {named} catch{'es' if one else ''} nothing: an earlier one does, or no name fits."
    return html.P([icon_of("info"), html.Span(text)], className="import-notice")
