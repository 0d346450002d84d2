"""What must hold of a page that others add, or the dashboard does not start: nothing of it fails in silence later."""

import inspect
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any, Final

from dash import html
from dash._callback import GLOBAL_CALLBACK_MAP

from components import controls, shell
from components.spec import spec
from components.visuals import Page
from kpi.units import USUAL
from web.guard import KINDS

#: The one output of ours that a page may write: a click (docs/own-pages.md).
_SELECTION: Final = "selection.data"
#: First parts of the dashboard's own addresses.
_RESERVED: Final = frozenset(rule.split("/")[1] for rule in KINDS) - {"", "<path:path>"}


class WrongPage(Exception):
    """A page that cannot be taken; the message is a sentence that says which and why."""


def our_ids(pages: Sequence[Page]) -> frozenset[str]:
    """The ids in the document of `pages` before any figure is drawn: Dash's part and the markup around it."""
    known = spec((), "/", USUAL, frozenset())
    parts = html.Div([controls.layout(known)])._traverse_ids()
    mine = tuple(page for page in pages if not page.panel)
    markup = "".join(shell.frame(mine, "/", mine[0].key, (), ("", "", ""), ("", "/")))
    return frozenset({str(part.id) for part in parts} | set(re.findall(r'\bid="([^"]+)"', markup)))


def check_path(file: str, path: str) -> None:
    """Raises WrongPage where `path` belongs to an address of the dashboard."""
    if path.split("/", 1)[0] in _RESERVED:
        raise WrongPage(f"The page {file} has the path “/{path}”, which is the dashboard's: choose another.")


def check_layout(file: str, layout: Any, ours: Set[str]) -> None:
    """Raises WrongPage for no layout, one that cannot be called, and ids that the document has already."""
    if layout is None:
        raise WrongPage(f"The page {file} has no layout: set layout = html.Div(…), or a function that returns one.")
    if callable(layout):
        parameters = inspect.signature(layout).parameters.values()
        fixed = {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}
        needed = [each.name for each in parameters if each.default is each.empty and each.kind not in fixed]
        if needed:
            raise WrongPage(
                f"The layout of the page {file} takes {', '.join(needed)}, but it is called with nothing: read the "
                "store “selection” in a callback instead."
            )
        return
    parts = html.Div(layout if isinstance(layout, (list, tuple)) else [layout])._traverse_ids()
    taken = sorted({each.id for each in parts if isinstance(each.id, str)} & ours)
    if taken:
        raise WrongPage(f"The layout of the page {file} has the id “{taken[0]}”, which is the dashboard's: rename it.")


def check_callbacks(registered: Mapping[str, Sequence[Mapping[str, Any]]], ours: Set[str]) -> None:
    """Raises WrongPage for callbacks that cannot work; `registered` are Dash's entries of them by the module's file.

    Dash keeps one callback an output and the last one wins, in silence.
    """
    writers: dict[str, tuple[str, str]] = {}
    for file, entries in registered.items():
        for entry in entries:
            _check_background(file, entry)
            for output in _outputs(entry["output"]):
                _check_output(file, output, ours, writers)


def _check_background(file: str, entry: Mapping[str, Any]) -> None:
    background = (GLOBAL_CALLBACK_MAP.get(entry["output"]) or {}).get("background")
    if background and not background.get("manager"):
        raise WrongPage(f"The page {file} has a callback with background=True and no manager, which cannot run.")


def _check_output(file: str, output: str, ours: Set[str], writers: dict[str, tuple[str, str]]) -> None:
    """Check `output` against `writers`, the file and the full name by what is written, and add it."""
    plain = output.split("@", 1)[0]
    if plain != _SELECTION and plain.rpartition(".")[0] in ours:
        raise WrongPage(f"The page {file} writes {plain}, which is the dashboard's: write “{_SELECTION}” instead.")
    for written in (output, plain):
        other, name = writers.get(written, ("", ""))
        if other and (name == output or (other != file and plain != _SELECTION)):
            both = f"The pages {other} and {file} both write" if other != file else f"The page {file} writes twice"
            raise WrongPage(f"{both} {plain}, and only the last would run: give one another id.")
    writers.setdefault(plain, (file, output))
    writers[output] = (file, output)


def _outputs(callback: str) -> Iterable[str]:
    """The outputs in the name that Dash gives a callback."""
    return callback[2:-2].split("...") if callback.startswith("..") else [callback]
