"""Reads small text files that go with reports: mappings, margins, exchange rates."""

from pathlib import Path

from ingest.results import ImportProblem
from machine.file_kinds import kind_of


def text_of(path: str | Path, what: str) -> str:
    """The text in a file that is to be `what`, such as "a TOML file". Raises ImportProblem where it is none."""
    path = Path(path)
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise ImportProblem(f"{path} cannot be read: {problem.strerror}.") from None
    kind = kind_of(content) or ("a file of another kind" if b"\0" in content else "")
    try:
        if not kind:
            return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        kind = "no text in UTF-8"
    raise ImportProblem(f"{path} is {kind}; it must be {what}, as docs/import.md shows.")
