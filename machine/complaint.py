"""Says on stderr why a command was not carried out."""

import sys


def complain(sentence: str, status: int = 1) -> int:
    """Print a sentence as this program's own on stderr; returns the exit status, 1 unless another is given."""
    print(f"marketing-dashboard: {sentence}", file=sys.stderr)
    return status
