"""Checks and keeps uploads, each in a process of its own and one at a time over all workers.

No request waits longer than a few seconds: what takes longer is asked for again (`outcome`), of whichever worker. In a
worker one request waits at a time; another is refused at once and says when to come back.

While it is being kept, an upload's folder is called k-… in place of u-…, so that nobody forgets or sweeps it.
"""

import logging
import os
import re
import secrets
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Lock, Thread
from typing import IO, Any, Final

from machine.disk import room
from machine.file_lock import hold
from machine.memory import free
from web.imports.job import Job
from web.imports.process import CUT_OFF, sentence
from web.imports.refusals import upload_gone
from web.imports.uploads import KEPT_SECONDS, NotTaken, Uploads
from web.imports.waiting_line import line_of

#: How long a request waits for its answer, or for the lock, before it is to be asked again.
STEP: Final = 3.0
#: How long a check goes on at least where others wait; while nobody does, as long as web.imports.process lets it.
SHARED_SECONDS: Final = 90.0
#: What a reader takes for its libraries and a small file, with some left to others.
LEAST_MEMORY: Final = 250_000_000
_LOOK_EVERY: Final = 0.05
_ROOT: Final = Path(__file__).resolve().parent.parent
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{32}")
#: Libraries that take memory by the number of processors would fill what a reader may have before it reads.
_FEW_THREADS: Final = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "ARROW_IO_THREADS": "2",
    "MALLOC_ARENA_MAX": "2",
    "OMP_NUM_THREADS": "2",
    "OPENBLAS_NUM_THREADS": "1",
}

_log = logging.getLogger(__name__)

#: A status and a body; None while the job is under way.
Answer = tuple[int, dict[str, Any]] | None


class Busy(NotTaken):
    """Others are being served; `retry_after` is for how many seconds to wait before asking again."""

    retry_after = 3

    def __init__(self) -> None:
        super().__init__(503, "Other files are being read: try again in a few seconds.")


class Imports:
    """The checks and keeps of the uploads of one server."""

    def __init__(self, uploads: Uploads) -> None:
        self._uploads = uploads
        self._waiting = Lock()
        self._line = line_of(uploads.folder)

    def check(self, token: str, subject: str, wish: Mapping[str, Any]) -> Answer:
        """What an upload's files hold and would change. Raises NotTaken."""
        wish = {**wish, "kind": "check", "shared_seconds": SHARED_SECONDS}
        with self._one_request(token, subject, "check") as person:
            until = time.monotonic() + STEP
            job = Job.of(self._find(token, subject))
            if not (job.runs and self._asks(job, wish)):
                if (job.wish or {}).get("kind") == "check":
                    job.give_up()
                with ExitStack() as held:
                    lock = held.enter_context(self._lock_uploads(person, "check", until))
                    self._restore(self._find(token, subject))
                    self._start(self._find(token, subject), wish, lock, held)
            self._line.leave(person)
            return self._wait(token, subject, until)

    def keep(self, token: str, subject: str, wish: Mapping[str, Any]) -> Answer:
        """Keep an upload's files, once, however often that is asked for. Raises NotTaken."""
        wish = {**wish, "kind": "keep"}
        with self._disk():
            if shown := self._other_plan(token, subject, wish):
                return shown
        with self._one_request(token, subject, "keep") as person:
            until = time.monotonic() + STEP
            if not self._is_kept(token, subject):
                with ExitStack() as held:
                    lock = held.enter_context(self._lock_uploads(person, "keep", until))
                    if not self._is_kept(token, subject):  # by who had the turn before
                        self._start_keep(self._find(token, subject), wish, lock, held)
            self._line.leave(person)
            return self._wait(token, subject, until)

    def outcome(self, token: str, subject: str) -> Answer:
        """How the last check or keep of an upload ended; waits for nothing. Raises NotTaken."""
        with self._disk():
            return self._outcome(self._find(token, subject))

    def _outcome(self, place: Path) -> Answer:
        job = Job.of(place)
        runs, answer = job.runs, job.answer
        if answer is not None:
            if not runs and place.name.startswith("k-") and not answer["body"].get("kept"):
                with suppress(Busy), self._free_turn():
                    self._restore(place)
            return answer["status"], answer["body"]
        wish = job.wish
        if runs or wish is None:
            return None if runs else (200, {"stopped": CUT_OFF})
        if wish["kind"] == "check":
            return 200, {"stopped": CUT_OFF}
        with suppress(Busy):
            self._settle(place)
        return None

    def settle(self) -> None:
        """Find out how keeps ended whose process and worker are gone, and remove what is older than an hour."""
        with suppress(OSError):
            for place in self._uploads.folder.glob("k-*") if self._is_own() else ():
                job = Job.of(place)
                with suppress(OSError, NotTaken):
                    if job.runs:
                        continue
                    if job.answer is None and job.wish is not None:
                        self._settle(place)
                    elif time.time() - place.stat().st_mtime > KEPT_SECONDS:
                        shutil.rmtree(place, ignore_errors=True)

    @contextmanager
    def _one_request(self, token: str, subject: str, kind: str) -> Iterator[str]:
        """The only request of this worker that waits, of the person who is next. Raises Busy.

        Else whoever asks most often would be first each time, and others never.
        """
        with self._disk():
            person = self._person(token, subject)
            if self._line.wait_in_line(person, kind):
                raise Busy
        if not self._waiting.acquire(blocking=False):
            raise Busy
        try:
            with self._disk():
                yield person
        except Busy:
            raise
        except BaseException:  # they are told what is wrong, and wait no longer
            self._line.leave(person)
            raise
        finally:
            self._waiting.release()

    def _lock_uploads(self, person: str, kind: str, until: float) -> IO[str]:
        """The turn over all workers, with which `person` leaves the line. Raises Busy.

        Whether they are first is asked again with the turn in hand: another request of theirs may have been served
        meanwhile, by another worker, and this one would be a second turn before others have had theirs.
        """
        while True:
            with ExitStack() as stack, suppress(Busy):
                turn = stack.enter_context(self._free_turn())
                if not self._line.count_before(person, kind):
                    self._line.leave(person)
                    stack.pop_all()
                    return turn
            if self._line.count_before(person, kind) or time.monotonic() > until:
                raise Busy
            time.sleep(_LOOK_EVERY)

    def _free_turn(self) -> IO[str]:
        """The turn where nobody has it, because each reader may take much memory; who has it may touch all jobs."""
        return hold(self._uploads.folder / ".turn", 0, Busy())

    def _find(self, token: str, subject: str) -> Path:
        """The folder of an upload of `subject`'s. Raises NotTaken."""
        if _TOKEN.fullmatch(token) and self._is_own():
            for kind in ("k", "u", "k"):  # between two looks it may have become the other
                place = self._uploads.folder / f"{kind}-{token}"
                with suppress(OSError):
                    if (place / "subject").read_text() == subject:
                        return place
        raise upload_gone()

    def _person(self, token: str, subject: str) -> str:
        """The key of the person whose upload it is. Raises NotTaken."""
        for _ in range(3):  # its folder may be called otherwise between two looks
            with suppress(FileNotFoundError):
                return (self._find(token, subject) / "person").read_text()
        raise upload_gone()

    def _is_own(self) -> bool:
        """Whether the folder of all uploads is this user's alone: in a temporary folder others might lay jobs out."""
        try:
            status = self._uploads.folder.lstat()
        except OSError:
            return False
        return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o077

    def _is_kept(self, token: str, subject: str) -> bool:
        """Whether an upload is being kept, or is kept."""
        place = self._find(token, subject)
        job = Job.of(place)
        if not place.name.startswith("k-") or job.wish is None:
            return False
        runs, answer = job.runs, job.answer
        return runs if answer is None else bool(answer["body"].get("kept"))

    def _other_plan(self, token: str, subject: str, wish: Mapping[str, Any]) -> Answer:
        """The plan that an upload's person was last shown, where they ask to keep another one with the same options.

        It is what a keep would answer after reading the files again, at the cost of a turn.
        """
        job = Job.of(self._find(token, subject))
        asked, answer = job.wish or {}, job.answer
        if answer is None or answer["body"].get("kept") or asked.get("options") != wish.get("options"):
            return None
        known = answer["body"].get("mark")
        return (answer["status"], answer["body"]) if known and known != wish.get("mark") else None

    @staticmethod
    def _asks(job: Job, wish: Mapping[str, Any]) -> bool:
        """Whether a job is for just this."""
        known = job.wish or {}
        return known.get("kind") == "check" and known.get("options") == wish.get("options")

    def _start_keep(self, place: Path, wish: Mapping[str, Any], lock: IO[str], held: ExitStack) -> None:
        job = Job.of(place)
        if place.name.startswith("k-") and job.wish is not None and job.answer is None:  # ended without a word
            self._run(job, (lock, held.enter_context(job.hold(Busy()))), held, status="?")
            return
        if place.name.startswith("u-"):
            place = place.rename(place.with_name(f"k-{place.name[2:]}"))
        self._start(place, wish, lock, held)

    def _start(self, place: Path, wish: Mapping[str, Any], lock: IO[str], held: ExitStack) -> None:
        if not any(place.glob("f-*")):
            raise NotTaken(400, "There is no file: choose one or more.")
        if not room(place):
            raise NotTaken(507, "The server has no room to read the files: try again later.")
        memory = free()
        if memory is not None and memory < LEAST_MEMORY:
            _log.warning("files are not read: %s bytes of memory are free, and %s are needed", memory, LEAST_MEMORY)
            raise NotTaken(
                507, "The server has too little memory free to read files: give it more, or try again later."
            )
        for scratch in self._uploads.folder.glob("*/job/scratch"):  # of those that were ended, as none runs now
            shutil.rmtree(scratch, ignore_errors=True)
        job = Job.of(place)
        job.clear()
        running = held.enter_context(job.hold(Busy()))  # before anybody can see the job, and find nobody at work
        job.ask({**wish, "facts": str(self._uploads.facts), "id": secrets.token_hex(8)})
        self._run(job, (lock, running), held)

    def _settle(self, place: Path) -> None:
        """Find out how a keep ended, by another process. Raises Busy."""
        with ExitStack() as held:
            lock = held.enter_context(self._free_turn())
            job = Job.of(place)
            if job.answer is None and job.wish is not None:
                self._run(job, (lock, held.enter_context(job.hold(Busy()))), held, status="?")

    def _restore(self, place: Path) -> None:
        """An upload that was not kept can be checked and forgotten again. Only under the lock."""
        answer = Job.of(place).answer
        if place.name.startswith("k-") and answer is not None and not answer["body"].get("kept"):
            with suppress(OSError):
                place.rename(place.with_name(f"u-{place.name[2:]}"))

    def _run(self, job: Job, files: tuple[IO[str], IO[str]], held: ExitStack, status: str | None = None) -> None:
        """Have the job done; what is `held` is given back when it is."""
        until_done = held.pop_all()
        thread = Thread(target=self._follow, args=(job, files, until_done, status), name="import", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # no room for a thread
            until_done.close()
            raise Busy from None

    def _follow(self, job: Job, files: tuple[IO[str], IO[str]], until_done: ExitStack, status: str | None) -> None:
        """Start the process and wait for its end, in the thread that it ends with; say what it could not say itself."""
        with until_done:
            try:
                wish = job.wish
                keep = wish is not None and wish["kind"] == "keep"
                code = _process(job, keep, files, status)
                if keep and job.answer is None:
                    _process(job, keep, files, str(code))
                elif job.answer is None and job.wish is not None:
                    job.end(422, {"error": sentence(str(code))})
                shutil.rmtree(job.scratch, ignore_errors=True)
                if keep:
                    self._restore(job.upload)
            except OSError as problem:  # it was forgotten meanwhile, or the disk is full
                _log.warning("an import was not followed to its end: %s", problem)

    def _wait(self, token: str, subject: str, until: float) -> Answer:
        """How the job ended, None where it has not by then."""
        while True:
            job = Job.of(self._find(token, subject))
            answer = job.answer
            if answer is not None:
                return answer["status"], answer["body"]
            if time.monotonic() > until:
                return None
            time.sleep(_LOOK_EVERY)

    @contextmanager
    def _disk(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise upload_gone() from None
        except OSError as problem:
            _log.warning("an import could not be started: %s", problem)
            raise NotTaken(507, "The server has no room to read the files: try again later.") from None


def _process(job: Job, keep: bool, files: tuple[IO[str], IO[str]], status: str | None) -> int:
    """Run the job's process to its end; gives its exit status, negative where a signal ended it.

    It holds `files` as long as it lives, whatever becomes of this process. A keep has a session of its own, so that
    nothing ends it that ends the server's processes, and writes to the server's log; a check's stdin is at its end when
    this process is.
    """
    environment = {**os.environ, **_FEW_THREADS, "TMPDIR": str(job.scratch)}
    environment.pop("PROMETHEUS_MULTIPROC_DIR", None)
    job.scratch.mkdir(mode=0o700, exist_ok=True)
    with subprocess.Popen(
        [
            sys.executable,
            "-m",
            "web.imports.process",
            str(job.folder),
            str(os.getpid()),
            *([] if status is None else [status]),
        ],
        cwd=_ROOT,
        env=environment,
        stdin=subprocess.DEVNULL if keep else subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=None if keep else subprocess.PIPE,
        start_new_session=keep,
        pass_fds=[file.fileno() for file in files],
    ) as process:
        said = process.stderr.read().decode(errors="replace").strip().splitlines() if process.stderr else []
        code = process.wait()
    if code:
        _log.warning("reading an upload ended with %s: %s", code, said[-1] if said else "no word")
    return code
