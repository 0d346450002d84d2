"""The address behind the own dimensions of the Import page: what rules catch, and to keep them.

It is POST like those of files, and open to who may open the page, who sees every row and every metric (web/guard.py).
"""

import logging
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from flask import Flask, Response

from components.markup import to_markup
from components.own_rules import catches_markup
from facts.own_rules import EXAMPLE, WrongRules, keep_rules, rules_in, rules_path
from views.desk import Desk
from views.own_rules import catches_in
from web.current_reader import current_rights, may_keep
from web.data_files import refusal
from web.imports.addresses import body, subject, uncached_json

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
                return uncached_json(_answer(text, there, kept=False) | {"refused": _sentence(problem)})
            return refusal(400, _sentence(problem))
        if asked.get("keep") is True:
            if not may_keep():
                return refusal(403, _DEMO)
            if asked.get("mark") != _mark(there):
                return refusal(409, _CHANGED)
            try:
                keep_rules(path, text.encode())
            except OSError:
                server.logger.warning("the rules of own dimensions could not be written", exc_info=True)
                return refusal(503, _READ_ONLY)
            there = text.encode()
            told = {
                "subject": subject(),
                "role": current_rights().role,
                "dimensions": [each.key for each in dimensions],
            }
            _audit.info("rules", extra={"told": told})
        catches = catches_in(facts, dimensions, current_rights().rows)
        markup = to_markup(catches_markup(catches, desk.formats()))
        return uncached_json(_answer(text, there, kept=text.encode() == there) | {"markup": markup})


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
