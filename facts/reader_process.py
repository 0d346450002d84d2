"""`python -m facts.reader_process PATH KIND ROWS`: the table at PATH as an Arrow stream, read by a process of its own.

`ReaderProcess` starts it, for a process that is going to fork (facts.source.load_by_reader_process). KIND and ROWS are
of facts.engines.choice.Engine. Exit status 1, a sentence on stderr and no stream where the table cannot be read;
NOT_FOR_MEMORY in the stream's place where its rows stay where they are.
"""

import os
import subprocess
import sys
import tempfile
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from facts.engines.choice import Engine, by_duckdb, elsewhere
from facts.protocol import DataProblem, NotYet

if TYPE_CHECKING:
    import pyarrow as pa

NOT_FOR_MEMORY: Final = b"not for memory"


_Started = tuple[subprocess.Popen[bytes], IO[bytes]]


class ReaderProcess:
    """A process that reads the table at `path` from now on; nothing heavy is imported to start it.

    The rows come through memory that both processes have, so that whoever waits for them is not disturbed meanwhile:
    taking them from a pipe, piece by piece, would wait for the interpreter at every piece.
    """

    def __init__(self, path: str | Path, engine: Engine = Engine()) -> None:  # noqa: B008 - frozen
        self.path, self.engine = path, engine
        self._started: _Started | None = self._start()

    def _start(self) -> _Started | None:
        if elsewhere(self.path):
            return None
        memory = _memory()
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "facts.reader_process",
                str(Path(self.path).absolute()),
                self.engine.kind,
                str(self.engine.memory_rows),
                self.engine.mapping,
            ],
            cwd=Path(__file__).parent.parent,
            stdout=memory,
            stderr=subprocess.PIPE,
        )
        return process, memory

    def rows(self) -> "pa.Table":
        """Wait for the rows. A process reads once: who asks again starts another, which reads what is there by then.

        Raises DataProblem with the process's own sentence; NotYet where the rows are not to come.
        """
        import pyarrow as pa

        started, self._started = self._started or self._start(), None
        if started is None:
            raise NotYet("an engine elsewhere")
        process, memory = started
        said = process.communicate()[1].decode(errors="replace").strip()
        with memory:
            memory.seek(0)
            start = memory.read(len(NOT_FOR_MEMORY))
            if start == NOT_FOR_MEMORY:
                raise NotYet(str(self.path))
            # Not the status alone: gunicorn's master collects every child that ends, and then it is taken for 0.
            if process.returncode or not start:
                raise DataProblem(said or f"The data at {self.path} cannot be read: its reader ended with no word.")
            memory.seek(0)
            return pa.ipc.open_stream(pa.memory_map(f"/dev/fd/{memory.fileno()}")).read_all()


def _memory() -> IO[bytes]:
    """A file without a name, in memory where the system has such."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("facts"), "w+b", buffering=0)
    return tempfile.TemporaryFile()


class _WithoutPandas(MetaPathFinder):
    """pyarrow.dataset imports pandas where there is one, which takes longer than reading the rows and is of no use."""

    def find_spec(self, name: str, *_: object) -> None:
        """Nothing, by saying that there is no pandas."""
        if name == "pandas":
            raise ModuleNotFoundError(name)


def main(path: str, engine: Engine = Engine()) -> int:  # noqa: B008 - frozen
    """Write the stream to stdout; returns the exit status."""
    sys.meta_path.insert(0, _WithoutPandas())
    import pyarrow as pa

    from facts.delta.rows import explain_failures, fetch

    try:
        if explain_failures(lambda: by_duckdb(path, engine), path):
            sys.stdout.buffer.write(NOT_FOR_MEMORY)
            return 0
        rows = explain_failures(lambda: fetch(path), path)
    except DataProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    rows = rows.combine_chunks().unify_dictionaries()
    with pa.ipc.new_stream(sys.stdout.buffer, rows.schema) as stream:
        stream.write_table(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Engine(sys.argv[2], int(sys.argv[3]), mapping=sys.argv[4])))
