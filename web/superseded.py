"""How long a request waits for an engine, and which requests nobody waits for any more.

The browser gives each view it asks for a turn: its tab's number and a count that rises. A view of an earlier turn is no
longer wanted, and an engine that still works on it is told to stop, whichever process it was asked by.
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


class Turns:
    """The newest turn of each tab, in memory that processes forked from this one have in common.

    Two tabs that fall on one slot take it from each other, and then no view of the first is given up.
    """

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _SLOTS * _SLOT.size)

    def take(self, tab: int, turn: int) -> None:
        """A newer view is wanted in a tab."""
        _SLOT.pack_into(self._memory, tab % _SLOTS * _SLOT.size, tab, turn)

    def passed(self, tab: int, turn: int) -> bool:
        """Whether a view of this turn is no longer wanted."""
        found, newest = _SLOT.unpack_from(self._memory, tab % _SLOTS * _SLOT.size)
        return bool(found == tab and newest > turn)


def register(server: Flask, seconds: float) -> None:
    """Let each request wait `seconds` for its figures at most, and views until the next is wanted."""
    turns = Turns()

    @server.before_request
    def begin() -> None:
        given = _TURN.fullmatch(request.headers.get(TURN, ""))
        if given is None:
            g.deadline = start(seconds)
            return
        who = current_reader()
        tab, turn = zlib.crc32(f"{who.subject if who else ''}|{given[1]}".encode()), int(given[2])
        turns.take(tab, turn)
        g.deadline = start(seconds, lambda: turns.passed(tab, turn))

    @server.teardown_request
    def end(problem: BaseException | None) -> None:
        if "deadline" in g:
            stop(g.pop("deadline"))

    @server.errorhandler(NoAnswer)
    def unanswered(problem: NoAnswer) -> Response:
        from web.data_files import refusal

        g.reason = "no answer"
        if problem.reader != str(problem):
            _log.warning("no answer: %s", problem)
        return refusal(503, problem.reader)
