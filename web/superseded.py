"""How long a request waits for an engine, and which views a newer one of the same tab has superseded.

The browser sends the tab's number and a rising count with each view it asks for. A view with an earlier count is no
longer wanted, and an engine that still works on it is stopped, whichever process asked it.
"""

import logging
import mmap
import re
import struct
import zlib
from typing import Final

from flask import Flask, Response, g, request

from facts.deadline import NoAnswer, start, stop
from web.current_reader import current_reader

TURN: Final = "X-Turn"

_TURN: Final = re.compile(r"(\d{1,10})\.(\d{1,10})", re.ASCII)
_SLOTS: Final = 4096
_SLOT: Final = struct.Struct("=QQ")

_log = logging.getLogger(__name__)


class LatestViews:
    """The count of the newest view of each tab, in memory that processes forked from this one share.

    Two tabs that fall on one slot take it from each other, and then no view of the first is given up.
    """

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _SLOTS * _SLOT.size)

    def record(self, tab: int, count: int) -> None:
        """A newer view is wanted in a tab."""
        _SLOT.pack_into(self._memory, tab % _SLOTS * _SLOT.size, tab, count)

    def is_superseded(self, tab: int, count: int) -> bool:
        """Whether the view with this count is no longer wanted."""
        found, newest = _SLOT.unpack_from(self._memory, tab % _SLOTS * _SLOT.size)
        return bool(found == tab and newest > count)


def register(server: Flask, seconds: float) -> None:
    """Let each request wait `seconds` for its figures at most, and views until the next is wanted."""
    latest = LatestViews()

    @server.before_request
    def begin() -> None:
        given = _TURN.fullmatch(request.headers.get(TURN, ""))
        if given is None:
            g.deadline = start(seconds)
            return
        who = current_reader()
        tab, count = zlib.crc32(f"{who.subject if who else ''}|{given[1]}".encode()), int(given[2])
        latest.record(tab, count)
        g.deadline = start(seconds, lambda: latest.is_superseded(tab, count))

    @server.teardown_request
    def end(problem: BaseException | None) -> None:
        if "deadline" in g:
            stop(g.pop("deadline"))

    @server.errorhandler(NoAnswer)
    def answer_problem(problem: NoAnswer) -> Response:
        from web.data_files import refusal

        g.reason = "no answer"
        if problem.reader != str(problem):
            _log.warning("no answer: %s", problem)
        return refusal(503, problem.reader)
