"""Pages that others add: ordinary Dash modules, mounted when they are opened and unmounted when they are left.

A module in `pages/`, or in the folder that DASHBOARD_PAGES names, that calls `dash.register_page` is one
(docs/own-pages.md). It is in the navigation and behind the guard as ours are.
"""

import importlib.util
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import dash
from dash import Dash, Input, Output
from dash._callback import GLOBAL_CALLBACK_LIST, GLOBAL_CALLBACK_MAP, GLOBAL_INLINE_SCRIPTS
from dash.exceptions import PreventUpdate

from components.visuals import Page
from web.current_reader import current_rights

#: The package under which their modules are imported.
OWN: Final = "own_pages"


class WrongPage(Exception):
    """A page that cannot be taken; the message is a sentence that says which and why."""


def page_files(folders: Sequence[Path]) -> dict[str, Path]:
    """The modules of somebody's own pages in `folders`, by the key under which a policy gives them: the file's name."""
    files = (path for folder in folders for path in sorted(folder.glob("*.py")) if not path.name.startswith("_"))
    return {path.stem: path for path in files if "register_page(" in path.read_text(encoding="utf-8")}


def load_pages(files: Mapping[str, Path], ours: Sequence[Page]) -> dict[Page, dict[str, Any]]:
    """Register `ours`, then import the modules in `files`; what those registered, by page.

    Needs a Dash app. The registry is Dash's and one a process: it is emptied first, so that each app has its own pages.
    Raises WrongPage, and then nothing that a module registered is left.
    """
    dash.page_registry.clear()
    for order, page in enumerate(page for page in ours if not page.panel):
        path, name = f"/{page.path}", f"pages.{page.key}"
        dash.register_page(name, path=path, title=page.title, name=page.tab, order=order, layout=dash.html.Div())
    known = set(dash.page_registry)
    found: dict[Page, dict[str, Any]] = {}
    with _all_or_nothing():
        registered = {f"{OWN}.{key}": _run(f"{OWN}.{key}", file) for key, file in files.items()}
        for name, entry in dash.page_registry.items():
            if name not in known:
                page = _page_of(name, entry, files)
                if any(page.key == each.key or page.path == each.path for each in (*ours, *found)):
                    raise WrongPage(f"The page {name} has the name or the address of another: choose others.")
                callbacks, scripts = registered[name]
                found[page] = dict(entry) | {"callbacks": callbacks, "scripts": scripts}
    return found


@contextmanager
def _all_or_nothing() -> Iterator[None]:
    """Where the start fails within, Dash forgets what modules registered: the process's next app would have it."""
    listed, scripts, known = len(GLOBAL_CALLBACK_LIST), len(GLOBAL_INLINE_SCRIPTS), set(GLOBAL_CALLBACK_MAP)
    try:
        yield
    except BaseException:
        for output in GLOBAL_CALLBACK_MAP.keys() - known:
            del GLOBAL_CALLBACK_MAP[output]
        del GLOBAL_CALLBACK_LIST[listed:], GLOBAL_INLINE_SCRIPTS[scripts:]
        raise


def _run(name: str, file: Path) -> tuple[list[str], list[str]]:
    """Import a page's module, again where another app of this process has: its callbacks belong to each.

    Returns the names of the callbacks that it registered, and the scripts of those that run in the browser. Raises
    WrongPage where it cannot be imported.
    """
    callbacks, scripts = len(GLOBAL_CALLBACK_LIST), len(GLOBAL_INLINE_SCRIPTS)
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise WrongPage(f"The page {file.name} cannot be imported.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as problem:
        raise WrongPage(f"The page {file.name} cannot be imported: {type(problem).__name__}: {problem}") from problem
    entry = dash.page_registry.get(name)
    if entry is not None and not entry.get("layout"):
        entry["layout"] = getattr(module, "layout", None)
    return [each["output"] for each in GLOBAL_CALLBACK_LIST[callbacks:]], GLOBAL_INLINE_SCRIPTS[scripts:]


def _page_of(name: str, entry: dict[str, Any], files: Mapping[str, Path]) -> Page:
    key = name.removeprefix(f"{OWN}.")
    if key not in files:
        raise WrongPage(f"The page {name} must be registered by its module: dash.register_page(__name__, path=…).")
    path = str(entry["path"]).strip("/")
    if "<" in str(entry.get("path_template") or "") or not path:
        raise WrongPage(f"The page {name} needs a path of its own without variables, such as path=“/margin”.")
    title = str(entry["name"])
    graphs = "Graph" in files[key].read_text(encoding="utf-8")
    return Page(key, path, title, str(entry.get("description") or ""), own=True, graphs=graphs)


def register(app: Dash, own: dict[Page, dict[str, Any]]) -> None:
    """Mount the layout of the page that the store "opened" names, for who may open it."""

    @app.callback(Output("own-page", "children"), Input("opened", "data"), prevent_initial_call=True)
    def own_page(opened: Any) -> Any:
        if opened is None:
            return None
        entry = next(
            (entry for page, entry in own.items() if page.key == opened and current_rights().opens(page.key)), None
        )
        if entry is None:
            raise PreventUpdate
        layout = entry["layout"]
        return layout() if callable(layout) else layout
