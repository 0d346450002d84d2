"""The document and the layout that a reader is sent: their pages, their controls and the first answer."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any, Final

import orjson
from cachetools import LRUCache
from dash import html
from dash.development.base_component import Component
from flask import request

from components import controls, document, shell
from components.bundles import Bundles
from components.glossary import glossary
from components.import_page import closed_page, import_page
from components.libraries import Libraries
from components.own_rules import rules_card
from components.setup_part import setup_part
from components.spec import spec
from components.visuals import Page
from facts.deadline import NoAnswer, wait_at_most
from pages import GLOSSARY, IMPORT
from views.desk import Desk
from views.kept_views import Unanswered, Views
from views.visible import fitting_page, parts_missing, unknown_to, visible_pages, what_is_unknown
from web.current_reader import current_reader, current_rights, may_keep
from web.guard import Entrance
from web.imports.closed import OWN_DATA
from web.imports.setup import setup_of
from web.imports.uploads import MOST_FILES
from web.own_key import NO_KEY

TITLE: Final = "Marketing dashboard"
#: A document waits this long for its first answer; what takes longer is asked for by the browser meanwhile.
FIRST_SECONDS: Final = 0.2

_DEMO: Final = "Demo data: a company that does not exist."
_TO_OWN: Final = " The Import page says how to see your own figures."
_SHELLS: Final = 64


class Front:
    """Makes documents and layouts of the `entrance`'s pages; pages of somebody's own may use `libraries`.

    Imports are kept in the folder `facts`.
    """

    def __init__(self, entrance: Entrance, desk: Desk, libraries: Libraries, facts: Path) -> None:
        self._facts_folder = facts
        self._entrance, self._desk, self._libraries = entrance, desk, libraries
        self._shells: LRUCache[object, tuple[str, str]] = LRUCache(_SHELLS)
        self._lock = Lock()  # threads would upset the cache

    def layout(self) -> Component:
        """Dash's part for the reader who asks; nothing where nobody does, as when Dash looks for itself."""
        return controls.layout(self._spec()) if current_rights().pages else html.Div()

    def document(self, views: Views, bundles: Bundles, parts: Mapping[str, str]) -> str:
        """The page that the request names, with its first answer in it where that is quick."""
        path = (request.view_args or {}).get("path", "").rstrip("/")
        if path == IMPORT.path and may_keep():
            self._desk.source.refresh()  # it shows what was changed a moment ago, perhaps by another process
        mine = self._mine()
        page = next((page for page in mine if page.path == path), None)
        if page is None:
            return ""  # the guard lets nobody so far (web/guard.py)
        first = self._first(views, page)
        known = self._spec()
        answer = orjson.loads(first)
        return document.document(
            self._entrance.prefix,
            bundles,
            page.key,
            f"{page.title} · {TITLE}",
            self._shell(mine, page),
            controls.layout(known, answer, page.key),
            known,
            first,
            parts,
        )

    def _mine(self) -> tuple[Page, ...]:
        facts, rights = self._desk.source.current(), current_rights()
        pages = (page for page in visible_pages(self._entrance.pages, rights) if not page.panel)
        return tuple(pages if facts is None else (fitting_page(page, rights, facts) for page in pages))

    def _shell(self, mine: Sequence[Page], page: Page) -> tuple[str, str]:
        facts = self._desk.source.current()
        banner = None
        if facts is not None and facts.demo and (self._entrance.admission.demo or self._entrance.key_check):
            banner = _DEMO + (_TO_OWN if IMPORT in mine else "")
        who = current_reader()
        account = (who.name, self._entrance.log_out) if who and self._entrance.admission.sign_in else None
        lacks, way = self._lacks()
        shape = tuple((visual.title, visual.metrics, visual.columns) for each in mine for visual in each.visuals)
        key = (page.key, current_rights(), banner, account, may_keep(), lacks, way, shape)
        with self._lock:
            found = None if page == IMPORT else self._shells.get(key)
        if found is None:
            said = (banner, lacks, "" if page == IMPORT else way)
            found = shell.frame(mine, self._entrance.prefix, page.key, self._body(mine, page), said, account)
            with self._lock:
                self._shells[key] = found
        return found

    def _lacks(self) -> tuple[str, str]:
        """What the data of the reader who asks never tell, and where on the Import page it is added; "" for none."""
        facts, rights = self._desk.source.current(), current_rights()
        if facts is None:
            return "", ""
        said = what_is_unknown(visible_pages(self._entrance.pages, rights), rights, facts)
        parts = parts_missing(rights, facts) if said else []
        return said, parts[0].place if parts else ""

    def _body(self, mine: Sequence[Page], page: Page) -> list[Component]:
        """What stands on a page that has no visuals."""
        if page == GLOSSARY:
            return glossary(mine, current_rights().hides)
        if page != IMPORT:
            return []
        if self._entrance.closed and not may_keep():
            return closed_page(OWN_DATA)
        empty = self._desk.source.current() is None
        parts = import_page(self._entrance.largest_file, MOST_FILES, not may_keep(), self._desk.formats(), empty)
        setup = setup_of(self._desk, self._facts_folder, current_rights()) if may_keep() else None
        return [*parts, *([setup_part(setup, self._desk.formats())] if setup else []), rules_card()]

    def _first(self, views: Views, page: Page) -> bytes:
        """The answer to the address that was asked for, `null` where the browser must ask."""
        try:
            with wait_at_most(FIRST_SECONDS):
                return views.answer(self._entrance.pages, page.key, request.query_string, current_rights())
        except (NoAnswer, Unanswered):
            return b"null"

    def _spec(self) -> dict[str, Any]:
        """What the browser knows beforehand (docs/wire.md)."""
        allowed, who = current_rights(), current_reader()
        mine = self._mine()
        facts = self._desk.source.current()
        hidden = allowed.hides | (unknown_to(allowed, facts) if facts else frozenset())
        own = facts.own.keys if facts else ()
        known = spec(mine, self._entrance.prefix, self._desk.formats(), hidden=hidden, own=own)
        if any(page.own for page in mine):
            known["libraries"] = self._libraries
        if self._entrance.key_check is not None:
            known["key"] = NO_KEY
        sign_in = self._entrance.admission.sign_in
        if who and sign_in:
            # Views are kept in the browser under this: whose they are, without saying who that is.
            known["reader"] = sha256(f"{sign_in.issuer}\0{who.subject}".encode()).hexdigest()[:16]
        return known
