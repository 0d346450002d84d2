"""How long a request waits for its figures, and whether anybody still wants them."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass
from threading import Event
from typing import Any, Final

#: Seconds between two looks whether the deadline has passed.
LOOK_EVERY: Final = 0.05


class NoAnswer(Exception):
    """The engine gave no figures; the message is a sentence that says why and what to do.

    `reader` is the sentence for those who look at a page, where the message says more than they need to know.
    """

    def __init__(self, sentence: str, reader: str = "") -> None:
        super().__init__(sentence)
        self.reader = reader or sentence


class GivenUp(NoAnswer):
    """Whoever asked waits no longer; somebody else may still get the same figures."""


@dataclass(frozen=True)
class Deadline:
    """`seconds` to wait, until `until` on the monotonic clock; `unwanted` says whether nobody waits any longer."""

    seconds: float
    until: float
    unwanted: Callable[[], bool]

    def check(self) -> None:
        """Raises GivenUp where it has run out."""
        if self.unwanted():
            raise GivenUp("Something else was chosen meanwhile; these figures are no longer wanted.")
        if time.monotonic() > self.until:
            raise GivenUp(
                f"The data did not answer within {self.seconds:g} seconds. Choose fewer days, or try again; whoever "
                "runs this dashboard can point it at a roll-up (docs/engines.md)."
            )


_DEADLINE: Final[ContextVar[Deadline | None]] = ContextVar("deadline", default=None)


def start(seconds: float, unwanted: Callable[[], bool] = lambda: False) -> Token[Deadline | None]:
    """Set the deadline for whatever is asked in this context from now on; `stop` takes it back."""
    return _DEADLINE.set(Deadline(seconds, time.monotonic() + seconds, unwanted))


def stop(token: Token[Deadline | None]) -> None:
    """Restore the deadline that there was before `start`."""
    _DEADLINE.reset(token)


@contextmanager
def wait_at_most(seconds: float, unwanted: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Limit how long whatever asks for figures within this block waits."""
    token = start(seconds, unwanted)
    try:
        yield
    finally:
        stop(token)


def present() -> Deadline | None:
    """The deadline of this context; None is as long as it takes."""
    return _DEADLINE.get()


def wait(event: Event) -> None:
    """Wait for `event` as long as whoever asks now will. Raises GivenUp."""
    deadline = present()
    while not event.wait(LOOK_EVERY if deadline else None):
        assert deadline is not None
        deadline.check()


def wait_for(coming: "Future[Any]") -> None:
    """Wait until what another makes is done, as long as whoever asks now will. Raises GivenUp."""
    done = Event()
    coming.add_done_callback(lambda _: done.set())
    wait(done)
