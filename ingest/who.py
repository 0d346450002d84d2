"""Who runs a command."""

import getpass


def who() -> str:
    """The name of this process's user, as the history has it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
