"""What every engine offers, sessions on one table, and how a question is asked without waiting for ever."""

import logging
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Event, Lock, Thread
from typing import Protocol, runtime_checkable

import pyarrow as pa

from facts.deadline import NoAnswer, present, wait
from facts.engines import mapped
from facts.engines.column_checks import check_columns
from facts.engines.expressions import Frame, Rows, Values, rows
from facts.engines.faults import cause_of, is_among, no_such_table
from facts.engines.mapped import TableWords
from facts.engines.mapping import NO_MAPPING, TableMapping
from facts.protocol import DataProblem

_log = logging.getLogger(__name__)


class Session(Protocol):
    """A connection that one question at a time is put to."""

    def frame(self) -> Frame:
        """The table's rows, not yet read."""

    def collect(self, asked: Frame) -> pa.Table:
        """The answer. Raises whatever its engine raises."""

    def cancel(self) -> None:
        """Give up the question that is being answered; called by another thread."""

    def close(self) -> None:
        """Let go of the connection."""


@runtime_checkable
class Numbers(Protocol):
    """A session whose engine groups quicker by numbers than by texts."""

    def number_texts(self, frame: Frame, values: Values) -> Frame:
        """`frame` with the place of each text among `values`, from 1, in its stead."""


@runtime_checkable
class Catalog(Protocol):
    """A session that can list the tables there are, with their schemas: `table` is the one that it was opened for."""

    table: str

    def tables(self) -> list[str]:
        """The tables that may be read. Raises whatever its engine raises."""


class Table(Protocol):
    """A table in an engine. `label` names it without secrets; `most` is how many cells an answer may have."""

    label: str
    most: int

    def connect(self) -> Session:
        """A new session. Raises DataProblem, or whatever its engine raises."""

    def without_secrets(self, text: str) -> str:
        """An engine's message without secrets."""


@dataclass(frozen=True)
class OpenSession:
    """A session and the table's rows in it, as they were understood in a `round` (Sessions.learn_again)."""

    session: Session
    rows: Rows
    round: int = 0


class Sessions:
    """The sessions on one table: as many as there are questions at once, kept for the next, none shared over a fork."""

    def __init__(self, table: Table, mapping: TableMapping = NO_MAPPING) -> None:
        """`mapping` says what the table's columns hold where they are not the schema's own."""
        self.table, self.mapping = table, mapping
        self._words: TableWords | None = None
        self._round = 0
        self._free: list[OpenSession] = []
        self._process = os.getpid()
        self._lock = Lock()
        self._closed = False

    def ask(self, question: Callable[[Rows], Frame]) -> pa.Table:
        """The answer to a question. Raises NoAnswer, also where the engine cannot answer."""
        if (deadline := present()) is not None:
            deadline.check()
        asking = _Asking(self, question)
        Thread(target=asking.run, name="question", daemon=True).start()
        try:
            wait(asking.done)
        except NoAnswer:
            asking.give_up()
            raise
        if asking.problem is not None:
            raise asking.problem
        assert asking.answer is not None
        return asking.answer

    def take(self) -> OpenSession:
        """A session that nobody uses."""
        with self._lock:
            if self._process != os.getpid():  # a session of the process that forked us is not ours to use or to end
                self._free, self._process = [], os.getpid()
            if self._free:
                return self._free.pop()
            now = self._round
        session = self.table.connect()
        try:
            found = self._rows(session)
            return OpenSession(
                session,
                replace(found, number_texts=session.number_texts) if isinstance(session, Numbers) else found,
                now,
            )
        except BaseException:
            _close(session)
            raise

    def _rows(self, session: Session) -> Rows:
        """The table's rows with the schema's columns, whatever they are called there."""
        label = self.table.label
        frame, names = _opened_frame(session, label)
        places = mapped.places_of(names, label, self.mapping)
        if places is None:
            return rows(frame, label)
        words = self._words
        if words is None:
            check_columns(frame, places, label, self.mapping, session.collect)
            words = self._words = mapped.learn(frame, places, label, self.mapping, session.collect)
        return mapped.mapped_rows(frame, places, self.mapping, words)

    @property
    def words(self) -> TableWords | None:
        """What the table's values are called, None where its columns are the schema's own or nothing was asked yet."""
        return self._words

    def learn_again(self) -> None:
        """From now on ask anew what the table's values are called: newer rows may have others."""
        with self._lock:
            self._words, self._round = None, self._round + 1
            free, self._free = self._free, []
        for opened in free:
            _close(opened.session)

    def give_back(self, opened: OpenSession) -> None:
        """Keep a session for the next question."""
        with self._lock:
            if not self._closed and opened.round == self._round:
                self._free.append(opened)
                return
        opened.session.close()

    def close(self) -> None:
        """Close what is not in use now, and the rest when it is given back."""
        with self._lock:
            self._closed = True
            free, self._free = self._free, []
        for opened in free:
            opened.session.close()


def _opened_frame(session: Session, label: str) -> tuple[Frame, list[str]]:
    """The table's rows and the names of its columns. Raises DataProblem where there is no such table."""
    missing = None
    try:
        frame = session.frame()
        return frame, list(frame.collect_schema())
    except Exception:
        if isinstance(session, Catalog):
            with suppress(Exception):  # what was wrong in the first place is said
                tables = session.tables()
                if not is_among(session.table, tables):
                    missing = no_such_table(label, session.table, tables)
        if missing is None:
            raise
        raise missing from None


class _Asking:
    """One question on its way, in a thread of its own so that whoever asks can stop waiting."""

    def __init__(self, sessions: Sessions, question: Callable[[Rows], Frame]) -> None:
        self.done = Event()
        self.answer: pa.Table | None = None
        self.problem: BaseException | None = None
        self._sessions, self._question = sessions, question
        self._session: Session | None = None
        self._given_up = False
        self._lock = Lock()

    def run(self) -> None:
        table = self._sessions.table
        try:
            opened = self._sessions.take()
        except Exception as problem:
            self.problem = _sentence(table, problem)
            self.done.set()
            return
        whole = False
        try:
            with self._lock:
                if self._given_up:
                    whole = True
                    return
                self._session = opened.session
            self.answer = opened.session.collect(self._question(opened.rows))
            whole = True
        except Exception as problem:
            self.problem = _sentence(table, problem)
        finally:
            with self._lock:  # from here on nobody cancels what the next one asks of this session
                self._session = None
            self.done.set()
            if whole:
                self._sessions.give_back(opened)
            else:  # what failed may be the connection itself
                _close(opened.session)

    def give_up(self) -> None:
        with self._lock:
            self._given_up = True
            if self._session is not None:
                try:
                    self._session.cancel()
                except Exception:  # it ends by itself, and nobody waits for it
                    return


def _sentence(table: Table, problem: Exception) -> Exception:
    if isinstance(problem, DataProblem | NoAnswer):
        return problem
    first = (table.without_secrets(str(problem)).strip().splitlines() or [type(problem).__name__])[0][:300]
    _log.debug("no answer: %s", first)
    return NoAnswer(
        cause_of(table.label, first) or f"The data at {table.label} gave no answer: {first}",
        "The data gave no answer. Try again in a minute; whoever runs this dashboard finds the reason in its log.",
    )


def _close(session: Session) -> None:
    try:
        session.close()
    except Exception:
        return
