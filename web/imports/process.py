"""`python -m web.imports.process JOB WORKER [STATUS]`: check or keep an upload's files, apart from the server.

JOB is the folder of a job (web.imports.job), WORKER the process that asks. A check ends with its worker, however
that one ends. A keep outlives it; where it was ended itself, this is started again with the exit STATUS that is known
of it ("?" where none is), and finds out from the table's history whether everything is kept, or nothing.
"""

import contextlib
import ctypes
import logging
import os
import select
import shutil
import signal
import sys
import time
from pathlib import Path
from threading import Thread
from typing import Any, Final

from web.imports.job import Job
from web.imports.waiting_line import line_of

#: For reading and, where another import writes, waiting.
SECONDS: Final = 420
CUT_OFF: Final = "The import was stopped before it was done, and nothing of it was kept: import the files again."
TOO_LARGE: Final = "The files are too large or too damaged to be read here: split them, or export again."
TOO_LONG: Final = "Reading the files took too long: split them, for example by month."

_LOOK_EVERY: Final = 0.5
_PR_SET_PDEATHSIG: Final = 1


def main(folder: str, worker: int, status: str | None = None) -> int:
    """Do the job; the exit status is 0 where its answer is written."""
    job = Job(Path(folder))
    wish = job.wish
    if wish is None:
        return 1
    if wish["kind"] == "check":
        end_with(worker, job, wish["shared_seconds"])
    signal.alarm(SECONDS)  # whose default is to end the process
    from ingest.uploaded import answer_request, limit

    facts = Path(wish["facts"]) if wish["kind"] == "keep" else None
    if facts is not None:  # before anything is kept, so that its line follows at once
        import web.operations  # noqa: F401
    limit(facts)
    with contextlib.redirect_stdout(sys.stderr):
        if status is None:
            files = sorted(str(file) for each in job.upload.glob("f-*") for file in each.iterdir())
            body = answer_request({**wish, "files": files}, job.begin)
        else:
            body = {"stopped": sentence(status)}
        if facts is not None and not body.get("kept") and (record := job.record) is not None:
            body = record["answer"] | found if (found := _kept_answer(facts, record)) else body
    if wish.get("closed") and "plan" in body:
        body["closed"] = wish["closed"]
    if body.get("kept"):
        job.log_once(lambda: _log_import(wish, body))
    job.end(200, body)
    if body.get("kept"):
        for each in job.upload.glob("f-*"):
            shutil.rmtree(each, ignore_errors=True)
    return 0


def end_with(worker: int, job: Job, shared_seconds: float) -> None:
    """End this process when `worker` ends, when nobody waits for the job any more, or once others wait and it has gone
    on for `shared_seconds`.

    Linux ends it by itself; elsewhere its stdin, which is the worker's, is at its end then.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != worker:  # it ended before that
        os._exit(1)

    line, shared_until = line_of(job.upload.parent), time.monotonic() + shared_seconds

    def watch() -> None:
        while not select.select([sys.stdin], [], [], _LOOK_EVERY)[0] and job.wish is not None:
            with contextlib.suppress(OSError):
                if time.monotonic() > shared_until and line.others_wait((job.upload / "person").read_text()):
                    os.kill(os.getpid(), signal.SIGALRM)  # as where its own time is over
        os._exit(1)

    Thread(target=watch, daemon=True).start()


def sentence(status: str) -> str:
    """Why a keep that ended with an exit status has kept nothing."""
    if status == str(-signal.SIGALRM):
        return TOO_LONG
    return TOO_LARGE if status in ("1", str(-signal.SIGXCPU)) else CUT_OFF


def _kept_answer(facts: Path, record: dict[str, Any]) -> dict[str, Any] | None:
    """What is answered where the table holds what was about to be written, with nothing half done in it."""
    from ingest.uploaded import kept_answer
    from ingest.write.commit import alone
    from ingest.write.keep import is_kept

    with alone(facts):
        return kept_answer(facts) if is_kept(facts, record) else None


def _log_import(wish: dict[str, Any], body: dict[str, Any]) -> None:
    """The audit line, in the server's own log: of this process, because the server's may have ended."""
    from web.operations import start_logging

    start_logging(wish["log"])
    told = {
        "request_id": wish["request_id"],
        "keep": wish.get("id", ""),
        "subject": wish["by"],
        "role": wish["role"],
        "files": [each["name"] for each in body["files"] if "refused" not in each],
        "version": body["version"] or "",
    }
    logging.getLogger("dashboard.audit").info("import", extra={"told": told})


if __name__ == "__main__":
    code = main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
    sys.stderr.flush()
    os._exit(code)  # others wait for their turn: taking libraries apart would be a part of a second
