"""`python -m facts.aside PATH`: the rows of the table at PATH as an Arrow stream, for a process that is going to fork.

See `facts.store.load_aside`. Exit status 1 and a sentence on stderr where the table cannot be read.
"""

import sys

import pyarrow as pa

from facts.protocol import DataProblem
from facts.store import fetch, understood


def main(path: str) -> int:
    """Write the stream to stdout; returns the exit status."""
    try:
        rows = understood(lambda: fetch(path), path)
    except DataProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    rows = rows.combine_chunks().unify_dictionaries()
    with pa.ipc.new_stream(sys.stdout.buffer, rows.schema) as stream:
        stream.write_table(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
