"""The address behind the own dimensions of the Import page: what rules catch, and to keep them.

It is POST like those of files, and open to who may open the page, who sees every row and every metric (web/guard.py).
"""

import logging
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from flask import Flask, Response

from components.markup import to_markup
from components.own_rules import RulesChange, catches_markup, history_markup
from facts.own_rules import EXAMPLE, WrongRules, read_rules, rules_in, rules_path
from facts.rules_history import can_undo, change_rules, names_in, rules_changes, undo_rules
from kpi.own_dimensions import OwnDimension
from views.desk import Desk
from views.own_rules import catches_in
from web.current_reader import current_rights, may_keep
from web.data_files import refusal
from web.imports.addresses import body, subject, uncached_json
from web.imports.refusals import NotTaken

_audit = logging.getLogger("dashboard.audit")

RULES: Final = "/import/dimensions"

_DEMO: Final = (
    "This is the demo, which keeps nothing: `marketing-dashboard dimensions FILE --keep` keeps rules for your own data."
)
_READ_ONLY: Final = (
    "The rules could not be written: let the server write next to its data, or use `marketing-dashboard dimensions`."
)
_CHANGED: Final = "Somebody else has kept other rules meanwhile. Copy yours, reload the page, and keep them again."


def register(server: Flask, facts_path: Path, desk: Desk) -> None:
    """Add the route; for who looks at the demo nothing is ever kept."""
    path = rules_path(facts_path)

    @server.post(RULES)
    def own_rules() -> Response:
        asked = body()
        if asked.get("undo") is True:
            _undo(asked)
            asked = {}
        there = _content(path)
        given = asked.get("text")
        text = given if isinstance(given, str) else there.decode("utf-8-sig", "replace") or EXAMPLE
        facts = desk.source.current()
        if facts is None:
            return refusal(503, desk.source.problem or "There is no data yet.")
        try:
            dimensions = rules_in(text.encode())
        except WrongRules as problem:
            if not isinstance(given, str):  # what is there cannot be used: show it, and say why
                answer = _answer(text, there, kept=False) | {"refused": _sentence(problem)}
                return uncached_json(answer | {"history": _history()})
            return refusal(400, _sentence(problem))
        if asked.get("keep") is True:
            if not may_keep():
                return refusal(403, _DEMO)
            if asked.get("mark") != _mark(there):
                return refusal(409, _CHANGED)
            try:
                change_rules(path, text.encode(), subject())
            except WrongRules as problem:
                return refusal(503, _sentence(problem))
            except OSError:
                server.logger.warning("the rules of own dimensions could not be written", exc_info=True)
                return refusal(503, _READ_ONLY)
            there = text.encode()
            _note(dimensions)
        rows = current_rights().rows
        catches = catches_in(facts, dimensions, rows)
        markup = to_markup(catches_markup(catches, facts.options(rows)["platform"], desk.formats()))
        return uncached_json(
            _answer(text, there, kept=text.encode() == there) | {"markup": markup, "history": _history()}
        )

    def _undo(asked: dict[str, Any]) -> None:
        """Take the last change of the rules back. Raises NotTaken with nothing changed."""
        if not may_keep():
            raise NotTaken(403, _DEMO)
        if asked.get("mark") != _mark(_content(path)):
            raise NotTaken(409, _CHANGED)
        try:
            undo_rules(path, subject())
        except WrongRules as problem:
            raise NotTaken(409, _sentence(problem)) from None
        except OSError:
            server.logger.warning("the rules of own dimensions could not be written", exc_info=True)
            raise NotTaken(503, _READ_ONLY) from None
        _note(read_rules(path))

    def _history() -> str:
        """The changes of the rules as a person reads them; for who looks at the demo there are none."""
        try:
            changes = rules_changes(path) if may_keep() else []
        except (WrongRules, OSError):
            server.logger.warning("the history of own dimensions' rules cannot be read", exc_info=True)
            return ""
        shown = [RulesChange(each.at, each.by or "–", names_in(each.rules), each.undone) for each in changes]
        made = history_markup(shown, can_undo(changes), desk.formats())
        return "" if made is None else to_markup(made)


def _note(dimensions: Iterable[OwnDimension]) -> None:
    """Write into the audit log which own dimensions there are from now on, and by whom."""
    told = {"subject": subject(), "role": current_rights().role, "dimensions": [each.key for each in dimensions]}
    _audit.info("rules", extra={"told": told})


def _answer(text: str, there: bytes, kept: bool) -> dict[str, Any]:
    return {"text": text, "mark": _mark(there), "kept": kept}


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _mark(content: bytes) -> str:
    return sha256(content).hexdigest()[:16]


def _sentence(problem: WrongRules) -> str:
    text = str(problem)
    return text[:1].upper() + text[1:]
