"""A cache of encoded views: each is made once, and requests that arrive meanwhile wait for it."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from threading import Lock
from typing import Final

import orjson
from cachetools import LRUCache
from prometheus_client import Counter

from access.rights import Rights
from components.address import Address, write
from components.visuals import Page
from facts import Facts
from facts.deadline import GivenUp, wait_for
from facts.source import Source
from kpi.formats import Formats
from views.answers import ProvisionalDays, ResolvedQuery, ask, view
from views.past import Past, facts_of_address
from views.visible import fitting_page, may_know_costs, visible_page, visible_ranks

#: Of one process: answers (some 20 kB each), and addresses whose canonical form is known, none of them very long.
ANSWER_BYTES: Final = 16_000_000
KEY_BYTES: Final = 1000
ADDRESSES: Final = 2048
LONGEST_ADDRESS: Final = 1000


class Unanswered(Exception):
    """There is no view for this reader; the message is a sentence, `status` the answer's."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Views:
    """Views as JSON by data version, what the reader may see, page and canonical query, within a bounded size.

    A process computes each once: the first who asks makes it, the others wait for it (`dashboard_cache`, found="wait"),
    each as long as it would for its own.
    """

    def __init__(
        self,
        source: Source,
        lookups: Counter,
        writing: Callable[[Facts], Formats],
        provisional_days: ProvisionalDays = None,
    ) -> None:
        self._source, self._writing, self._provisional_days = source, writing, provisional_days
        self._kept: LRUCache[object, bytes] = LRUCache(ANSWER_BYTES, getsizeof=lambda body: len(body) + KEY_BYTES)
        self._canonical: LRUCache[object, object] = LRUCache(ADDRESSES)
        self._coming: dict[object, Future[bytes]] = {}
        self._lock = Lock()
        self._found, self._waited, self._made = (lookups.labels(found) for found in ("yes", "wait", "no"))

    def answer(self, pages: Sequence[Page], key: str, address: bytes, rights: Rights) -> bytes:
        """The view of the page called `key` for a query string, as JSON, as who has `rights` may see it.

        Raises Unanswered where they may open no such page or there is no data yet.
        """
        page = visible_page(pages, rights, key)
        if page is None:
            raise Unanswered(404, "There is no such page.")
        facts = self._source.current()
        if facts is None:
            raise Unanswered(503, self._source.problem or "There is no data yet.")
        page = fitting_page(page, rights, facts)
        whole = Address.of(address.decode("latin-1"))
        facts, past = facts_of_address(self._source, whole, facts)
        return self.of(page, facts, whole, rights, past)

    def of(self, page: Page, facts: Facts, address: Address, rights: Rights, past: Past | None = None) -> bytes:
        """The view of `page` for a query string, as JSON."""
        problem = self._source.problem
        # What the past is compared with, and why it is not shown: that may pass.
        then = (past.now.version, past.problem) if past else None
        shared = (facts.version, facts.loaded, facts.existing, rights.rows, rights.hides, page.key, problem, then)
        with self._lock:
            body = self._kept.get(self._canonical.get((shared, address.text)))
        if body is not None:
            self._found.inc()
            return body
        asked = ask(
            facts,
            address,
            self._writing(facts),
            rights.rows,
            visible_ranks(rights, facts),
            self._provisional_days,
            past,
            drawn=True,
            knows_costs=may_know_costs(rights),
        )
        key = (shared, write(asked.query), asked.notes)
        with self._lock:
            if len(address.text) <= LONGEST_ADDRESS:
                self._canonical[shared, address.text] = key
        while True:
            with self._lock:
                body, coming = self._kept.get(key), self._coming.get(key)
                if body is None and coming is None:
                    mine = self._coming[key] = Future()
            if body is not None:
                self._found.inc()
                return body
            if coming is None:
                self._made.inc()
                return self._make(key, mine, page, facts, asked, rights, problem, past)
            self._waited.inc()
            wait_for(coming)
            with suppress(GivenUp):  # by who began to make it: one of those who still want it makes it
                return coming.result()

    def _make(
        self,
        key: object,
        mine: "Future[bytes]",
        page: Page,
        facts: Facts,
        asked: ResolvedQuery,
        rights: Rights,
        problem: str | None,
        past: Past | None,
    ) -> bytes:
        try:
            answer = view(page, facts, asked, rights.rows, problem, past)
            body = encode(answer)
        except BaseException as failed:
            with self._lock:
                del self._coming[key]
            mine.set_exception(failed)
            raise
        with self._lock:
            del self._coming[key]
            failed_here = any(visual["state"] == "error" for visual in answer["visuals"].values())  # which may pass
            if not failed_here and len(body) + KEY_BYTES <= ANSWER_BYTES:
                self._kept[key] = body
        mine.set_result(body)
        return body


def encode(answer: object) -> bytes:
    """JSON; NaN, should one ever get here, is null."""
    return orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)
