"""Where a log of changes stands in which an undo is a change too, so that each undo goes one further back."""

from collections.abc import Iterable
from typing import TypeVar

_State = TypeVar("_State")


def steps(changes: Iterable[tuple[_State, bool]]) -> list[_State]:
    """The states that lead to the newest one, each with those before it still to be returned to.

    A change is what holds from then on, and whether it took the one before it back.

    >>> steps([("a", False), ("b", False), ("a", True)])
    ['a']
    """
    found: list[_State] = []
    for state, undone in changes:
        if undone:
            found = found[:-1]
        if found[-1:] != [state] and not (undone and not found):
            found.append(state)
    return found
