"""Pages that others add: ordinary Dash modules, mounted when they are opened and unmounted when they are left.

A module in `pages/`, or in the folder that DASHBOARD_PAGES names, that calls `dash.register_page` is one
(docs/own-pages.md). It is in the navigation and behind the guard as ours are.
"""

import ast
import importlib.util
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import dash
from dash import Dash, Input, Output
from dash._callback import GLOBAL_CALLBACK_LIST, GLOBAL_CALLBACK_MAP, GLOBAL_INLINE_SCRIPTS
from dash.exceptions import PreventUpdate

from callbacks.own_page_checks import WrongPage, check_callbacks, check_layout, check_path, our_ids
from components.visuals import Page
from web.current_reader import current_rights

#: The package under which their modules are imported.
OWN: Final = "own_pages"
_REGISTER: Final = "register_page"


def page_files(folders: Sequence[Path]) -> dict[str, Path]:
    """The modules of somebody's own pages in `folders`, by the key under which a policy gives them: the file's name."""
    files = (path for folder in folders for path in sorted(folder.glob("*.py")) if not path.name.startswith("_"))
    return {path.stem: path for path in files if _registers(path.read_bytes())}


def _registers(source: bytes) -> bool:
    """Whether a module names `register_page` in its code; one that is not Python is taken for a page where it might."""
    if _REGISTER.encode() not in source:
        return False
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError):
        return True  # importing it says what is wrong
    return any(
        _REGISTER in (getattr(node, "attr", ""), getattr(node, "id", ""))
        or (isinstance(node, ast.alias) and node.name == _REGISTER)
        for node in nodes
    )


def load_pages(app: Dash, files: Mapping[str, Path], ours: Sequence[Page]) -> dict[Page, dict[str, Any]]:
    """Import the modules in `files`, beside the pages `ours` of `app`; what those registered, by page.

    Raises WrongPage, and then nothing that a module registered is left.
    """
    known = set(dash.page_registry)
    pages: dict[Page, dict[str, Any]] = {}
    if not files:
        return pages
    ids = our_ids(ours)
    with _all_or_nothing():
        _make_package(files)
        modules = {f"{OWN}.{key}": _run(app, f"{OWN}.{key}", file) for key, file in files.items()}
        for name, entry in dash.page_registry.items():
            if name not in known:
                page = _page_of(name, entry, files)
                if any(page.key == each.key or page.path == each.path for each in (*ours, *pages)):
                    raise WrongPage(f"The page {name} has the name or the address of another: choose others.")
                check_path(files[page.key].name, page.path)
                check_layout(files[page.key].name, entry["layout"], ids)
                callbacks, scripts = modules[name]
                pages[page] = dict(entry) | {"callbacks": [each["output"] for each in callbacks], "scripts": scripts}
        missing = [file.name for key, file in files.items() if key not in {page.key for page in pages}]
        if missing:
            raise WrongPage(f"The module {missing[0]} names register_page and registers no page: call it, or rename.")
        check_callbacks({files[name.removeprefix(f"{OWN}.")].name: each for name, (each, _) in modules.items()}, ids)
    return pages


def _make_package(files: Mapping[str, Path]) -> None:
    """Let the modules of pages import what lies beside them, `from .texts import title`, for each app anew."""
    for name in [name for name in sys.modules if name == OWN or name.startswith(f"{OWN}.")]:
        del sys.modules[name]
    package = ModuleType(OWN)
    package.__path__ = list(dict.fromkeys(str(file.parent) for file in files.values()))
    sys.modules[OWN] = package


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


def _run(app: Dash, name: str, file: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """Import a page's module, again where another app of this process has: its callbacks belong to each.

    Returns Dash's entries of the callbacks that it registered, and the scripts of those that run in the browser. Raises
    WrongPage where it cannot be imported.
    """
    callbacks, scripts, by_app = len(GLOBAL_CALLBACK_LIST), len(GLOBAL_INLINE_SCRIPTS), _registered_by_app(app)
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise WrongPage(f"The page {file.name} cannot be imported.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as problem:
        raise WrongPage(f"The page {file.name} cannot be imported: {type(problem).__name__}: {problem}") from problem
    if _registered_by_app(app) != by_app:
        raise WrongPage(
            f"The page {file.name} adds callbacks or addresses to the app itself: use dash.callback and "
            "dash.clientside_callback, which say whose they are."
        )
    entry = dash.page_registry.get(name)
    if entry is not None and entry.get("layout") in (None, ""):
        entry["layout"] = getattr(module, "layout", None)
    return GLOBAL_CALLBACK_LIST[callbacks:], GLOBAL_INLINE_SCRIPTS[scripts:]


def _registered_by_app(app: Dash) -> tuple[int, int]:
    """How many callbacks and addresses were added to the app, not to Dash's modules."""
    apps = (app, dash.get_app())  # which may be another of this process
    return sum(len(each._callback_list) for each in apps), sum(
        len(list(each.server.url_map.iter_rules())) for each in apps
    )


def _page_of(name: str, entry: dict[str, Any], files: Mapping[str, Path]) -> Page:
    key = name.removeprefix(f"{OWN}.")
    if key not in files:
        raise WrongPage(f"The page {name} must be registered by its module: dash.register_page(__name__, path=…).")
    path = str(entry["path"]).strip("/")
    if "<" in str(entry.get("path_template") or "") or not path:
        raise WrongPage(f"The page {name} needs a path of its own without variables, such as path=“/margin”.")
    title = str(entry["name"])
    graphs = "Graph" in files[key].read_text(encoding="utf-8", errors="replace")
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
