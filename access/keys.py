"""The keys that sign-in tokens are verified with. No request waits for the key server: a thread beside them asks it.

A set is asked for again every five minutes, so a key that is withdrawn is refused in every process soon after, and
sooner where a token names a key that is not known. While the server cannot be reached, the last good set serves on.
"""

import logging
import os
import re
import time
from collections.abc import Callable
from dataclasses import replace
from threading import Event, Lock, Thread
from typing import Final
from weakref import ReferenceType, finalize, ref

from access.key_server import DEADLINE, NoSuchKey, fetch
from access.key_sets import PublicKey, read_keys, read_pem
from access.shared_keys import NEVER, KeySet, KeyState, SharedKeys, Vain
from access.wanted_keys import WantedKeys

#: Seconds between two fetches of a set, from the end of one to the beginning of the next: whatever tokens name.
FETCH_EVERY: Final = 10.0
#: Seconds between fetches where each key is a file of its own.
KEY_EVERY: Final = 0.5
#: Seconds after which an id that was asked for in vain is tried again; twice as many at each refusal, up to the most.
VAIN_WAIT: Final = 10.0
MOST_VAIN_WAIT: Final = 600.0
#: Seconds after which known keys are asked for again, and again after that failed.
CONFIRM_EVERY: Final = 300.0
RETRY_EVERY: Final = 30.0
#: No key is believed that nobody has tried to confirm for so many seconds.
CONFIRMED_WITHIN: Final = 600.0

_LOOK_EVERY: Final = 0.5
_FIRST_WITHIN: Final = 2.0
_MOST_KEYS: Final = 16
#: About what is asked for, two a second, while the longest wait goes by.
_MOST_VAIN: Final = 1200
_SAID_EVERY: Final = 600.0
_KID: Final = re.compile(r"[A-Za-z0-9._~-]{1,128}", re.ASCII)

Fetch = Callable[[str], bytes]

_log = logging.getLogger(__name__)


class NoKeys(Exception):
    """There is no key to verify anybody with, so nobody can sign in."""


class Keys:
    """The keys at `address`: a JWKS, or, where it has ``{kid}`` in it, one PEM file a key (AWS ALB).

    A set that cannot be had any more serves on for `hours`.
    """

    def __init__(
        self, address: str, fetch: Fetch = fetch, clock: Callable[[], float] = time.monotonic, hours: float = 24
    ) -> None:
        self.address = address
        self.by_kid = "{kid}" in address
        self._hours, self._fetch, self._clock = hours, fetch, clock
        self._shared = SharedKeys()
        self._wanted = WantedKeys()
        self._asked = self._overlooked = NEVER
        self._said = NEVER
        self._wake, self._stop = Event(), Event()
        self._thread: tuple[int, Thread] | None = None
        self._starting, self._first = Lock(), Lock()
        finalize(self, self._stop.set)

    def find(self, kid: str) -> PublicKey | None:
        """The key called `kid`, or None where it is not known. Raises NoKeys where none at all is, in a set or in none.

        A token that names no key gets the only one there is.
        """
        self.start()
        name = kid if self.by_kid else ""
        state = self._confirmed_state(name)
        found = state.sets.get(name)
        if found is None or not found.keys or self._clock() - found.confirmed > self._hours * 3600:
            if self.by_kid:
                return None
            raise NoKeys
        if not kid and len(found.keys) == 1:
            return next(iter(found.keys.values()))
        return found.keys.get(kid)

    def ask_for(self, kid: str) -> PublicKey | None:
        """Have the server asked soon for a key that is not known; who names it then finds it, mostly at the next try.

        Where each key is a file of its own none is known after a start: one request a process waits for the first, and
        NoKeys is raised meanwhile.
        """
        now = self._clock()
        if not self.by_kid:
            self._asked = now
        elif _KID.fullmatch(kid):
            self._wanted.add(kid, self.state(), now)
        self._wake.set()
        if not self.by_kid or self.state().sets:
            return None
        if self._first.acquire(blocking=False):
            try:
                until = time.monotonic() + _FIRST_WITHIN
                while not self.state().sets and time.monotonic() < until:
                    time.sleep(0.02)
            finally:
                self._first.release()
        if not self.state().sets:
            raise NoKeys
        return self.find(kid)

    def load(self) -> bool:
        """Fetch a set before anybody asks, and before processes fork; whether there is something to verify with."""
        if not self.by_kid and not self.state().sets:
            self._ask_server("")
        return self.by_kid or bool(self.state().sets)

    def state(self) -> KeyState:
        """What all processes know of the keys, and how asking for them has gone."""
        return self._shared.state()

    def age(self) -> float | None:
        """Seconds since the server last gave the keys that are in use; the oldest of several sets, None without any."""
        confirmed = [each.confirmed for each in self.state().sets.values()]
        return self._clock() - min(confirmed) if confirmed else None

    def problem(self) -> str | None:
        """Why the address gives no key now, or None. One PEM file a key cannot be tried without a token."""
        try:
            if not self.by_kid:
                _require_keys(read_keys(self._fetch(self.address)))
        except (OSError, ValueError) as problem:
            return str(problem)
        return None

    def start(self) -> None:
        """Look after the keys in this process, if nothing does yet. A fork leaves threads behind."""
        if self._thread is not None and self._thread[0] == os.getpid():
            return
        with self._starting:
            if self._thread is not None and self._thread[0] == os.getpid():
                return
            thread = Thread(target=_look, args=(ref(self), self._wake, self._stop), name="keys", daemon=True)
            try:
                thread.start()
            except RuntimeError as problem:  # no room for a thread: the next request tries again
                _log.warning("sign-in keys are not looked after: %s", problem)
                return
            self._thread = (os.getpid(), thread)

    def step(self) -> None:
        """Ask the server for what is due, if anything is and no other process is asking."""
        with self._shared.fetch_lock() as mine:
            name = self._due() if mine else None
            if name is not None:
                self._ask_server(name)

    def _confirmed_state(self, name: str) -> KeyState:
        """What is known, once somebody has tried to confirm it lately.

        That is at once, but where every process rested (a frozen container): then the first requests wait for a fetch.
        """
        while True:
            state, now = self.state(), self._clock()
            found = state.sets.get(name)
            if found is None and (self.by_kid or state.ended > NEVER):
                return state
            if now - max(found.confirmed if found else NEVER, state.failed) <= CONFIRMED_WITHIN:
                return state
            if now - self._overlooked > CONFIRMED_WITHIN:
                self._overlooked = now
            if now - self._overlooked > DEADLINE + 1:
                raise NoKeys
            self._wake.set()
            time.sleep(0.02)

    def _due(self) -> str | None:
        """The name of the set that is to be fetched now, if any is."""
        state, now = self.state(), self._clock()
        if now - state.ended < (KEY_EVERY if self.by_kid else FETCH_EVERY):
            return None
        if now - state.failed >= RETRY_EVERY:
            old = [name for name, each in state.sets.items() if now - each.confirmed >= CONFIRM_EVERY]
            if old:
                return min(old, key=lambda name: state.sets[name].tried)
        if self.by_kid:
            return self._wanted.first(state, now)
        usable = any(each.keys for each in state.sets.values())
        return "" if not usable or state.began < self._asked else None

    def _ask_server(self, name: str) -> None:
        began, before = self._clock(), self.state()
        self._shared.change(lambda state: replace(state, began=began))
        self._wanted.drop(name)
        keys: dict[str, PublicKey] = {}
        outcome, problem = "keys", ""
        try:
            content = self._fetch(self.address.replace("{kid}", name))
            keys = {name: read_pem(content)} if self.by_kid else read_keys(content)
            if name not in before.sets:  # a set without keys withdraws those there are; at the start it is none
                _require_keys(keys)
        except Exception as fault:  # whatever an answer breaks, it is none, and this goes on
            outcome = "none" if self.by_kid and isinstance(fault, NoSuchKey) else "failed"
            problem = str(fault) or type(fault).__name__
        ended = self._clock()
        self._shared.change(lambda state: self._state_after(state, name, keys, outcome, began, ended))
        self._report(before, name, outcome, problem)

    def _state_after(
        self, state: KeyState, name: str, keys: dict[str, PublicKey], outcome: str, began: float, ended: float
    ) -> KeyState:
        """What is known after a fetch. Only a set, or an answer that says there is no such key, takes keys away."""
        sets, failed = dict(state.sets), state.failed
        old = sets.pop(name, None)
        if outcome == "keys":
            sets[name] = KeySet(keys, began, began)
            failed = NEVER
        elif outcome == "failed":
            if old is not None:
                sets[name] = replace(old, tried=began)
            if old is not None or not self.by_kid:
                failed = ended
        kept = sorted(sets.items(), key=lambda item: item[1].confirmed)[-_MOST_KEYS:]
        outcomes = {**state.outcomes, outcome: state.outcomes.get(outcome, 0) + 1}
        vain = dict(state.vain)
        if self.by_kid and name not in sets:
            refusals = (vain.pop(name).refusals if name in vain else 0) + (outcome == "none")
            wait = min(VAIN_WAIT * 2 ** max(refusals - 1, 0), MOST_VAIN_WAIT)
            vain[name] = Vain(refusals, ended + wait)
        else:
            vain.pop(name, None)
        return KeyState(dict(kept), state.began, ended, failed, outcomes, dict(list(vain.items())[-_MOST_VAIN:]))

    def _report(self, before: KeyState, name: str, outcome: str, problem: str) -> None:
        """One line where something changes, and one in ten minutes while nothing can be had."""
        after, now = self.state(), self._clock()
        gone = {kid for each in before.sets.values() for kid in each.keys}
        left = {kid for each in after.sets.values() for kid in each.keys}
        if gone - left:
            end = "" if left or self.by_kid else f"; {self.address} holds no usable key any more, so nobody can sign in"
            _log.warning("sign-in keys withdrawn: %s%s", ", ".join(sorted(gone - left)), end)
        if outcome == "keys" and before.failed > NEVER:
            _log.warning("sign-in keys can be had again from %s", self.address)
        if outcome != "failed" or (self.by_kid and name not in before.sets):
            _log.info("sign-in keys asked for at %s: %s %s", self.address, outcome, problem)
        elif before.failed == NEVER or now - self._said >= _SAID_EVERY:
            self._said = now
            age = self.age()
            held = "there are none" if age is None else f"those of {age / 60:.0f} minutes ago serve on"
            _log.warning("no sign-in keys from %s: %s; %s", self.address, problem, held)


def _require_keys(keys: dict[str, PublicKey]) -> None:
    """Raise ValueError where there is no key."""
    if not keys:
        raise ValueError("it holds no RSA key of 2048 bits or more and no P-256 key")


def _look(here: ReferenceType[Keys], wake: Event, stop: Event) -> None:
    """Do what is due for as long as there is somebody who needs the keys."""
    while not stop.is_set():
        keys = here()
        if keys is None:
            return
        try:
            keys.step()
        except Exception:  # a full disk, say: the thread goes on
            _log.exception("sign-in keys could not be looked after")
        del keys
        wake.wait(_LOOK_EVERY)
        wake.clear()
