"""Guards Dash’s callbacks: which page each belongs to, and whether a request for one is well formed.

Dash runs any callback for anybody and takes each request as it comes. Here it gets only requests for callbacks of a
page that the reader may open, in the form in which its own browser side writes them.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, Final

import orjson
from dash import Dash, Output
from flask import Flask

from components.visuals import Page
from web.current_reader import current_rights

#: Stands for the page that a callback's input names: checked here, and again where it is answered.
NAMED: Final = "(named)"
#: Our callbacks that run on the server; the input of each names the page.
OURS: Final = frozenset({"view.data", "own-page.children"})
#: A request has no more levels than this: Dash parses it with a parser that calls itself at each.
DEEPEST: Final = 100

_KEPT: Final = "dashboard.callbacks"


class Unowned(Exception):
    """An address or a callback that belongs to no page, so that nobody could say who may have it."""


class Malformed(Exception):
    """A body that no browser sends; the message is a sentence."""


@dataclass(frozen=True)
class OwnPageCallbacks:
    """What the callbacks of somebody's own pages are: the page of each, by its name, those that run in the browser
    too; and the page of each script that stands in the document for one.
    """

    callbacks: Mapping[str, str]
    scripts: Mapping[str, str]


@dataclass(frozen=True)
class RequestedCallback:
    """The callback that a request wants to run, and the page that it is of ("" where there is none such)."""

    callback: str = ""
    page: str = ""


def owned_of(own: Mapping[Page, Mapping[str, Any]]) -> OwnPageCallbacks:
    """What `own` pages (callbacks.own_pages) registered."""
    return OwnPageCallbacks(
        {output: page.key for page, entry in own.items() for output in entry["callbacks"]},
        {script: page.key for page, entry in own.items() for script in entry["scripts"]},
    )


def keep(app: Dash, owned: OwnPageCallbacks) -> None:
    """Let requests of the app's server be checked by `owned`. Raises Unowned for a callback that belongs to no page.

    What is registered later is not known, so that nobody can run it.
    """
    running = {
        output: NAMED if output in OURS else owned.callbacks.get(output, "")
        for output, entry in {**_registered_callbacks(), **app.callback_map}.items()
        if "callback" in entry and not _is_router(output, entry)
    }
    for output, page in running.items():
        if not page:
            raise Unowned(
                f"The callback {output} belongs to no page: write it in a module of a page (docs/own-pages.md)."
            )
    app.server.extensions[_KEPT] = owned, running


def _is_router(output: str, entry: Mapping[str, Any]) -> bool:
    """Dash's own router, which nobody may run: it would hand out the layouts of pages without asking for rights."""
    return entry["callback"].__module__ == "dash.dash" and "_pages_content" in output


def _registered_callbacks() -> Mapping[str, Any]:
    from dash._callback import GLOBAL_CALLBACK_MAP

    return GLOBAL_CALLBACK_MAP


def may_know(server: Flask, output: str) -> bool:
    """Whether the reader who asks may know of the callback called `output`: it is ours, or of a page they may open."""
    owned, _ = server.extensions[_KEPT]
    page = owned.callbacks.get(output)
    return page is None or current_rights().opens(page)


def visible_scripts(server: Flask, scripts: Sequence[str]) -> list[str]:
    """Those of the document's `scripts` that are ours, or of a page that the reader who asks may open."""
    owned, _ = server.extensions[_KEPT]
    pages = ((script, owned.scripts.get(script)) for script in scripts)
    return [script for script, page in pages if page is None or current_rights().opens(page)]


def callback_of(app: Dash, raw: bytes, pages: Set[str], longest_query: int) -> RequestedCallback:
    """The callback that the body `raw` asks to run.

    Raises Malformed for one that Dash could not run: it never sees it.
    """
    body = _read(raw)
    output = body.get("output")
    _, running = app.server.extensions[_KEPT]
    if not isinstance(output, str) or output not in running:
        return RequestedCallback()
    page: str = running[output]
    if not _fits(body, app.callback_map[output], exactly=page == NAMED):
        raise Malformed("The request is not one of this dashboard's pages.")
    if page == NAMED:
        page, query = _page_and_query(body["inputs"][0].get("value"))
        if len(query) > longest_query:
            raise Malformed(f"A query may have {longest_query:,} characters.")
    return RequestedCallback(output, page if page in pages else "")


def _read(raw: bytes) -> dict[str, Any]:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:  # also for what has more than a thousand levels
        body = None
    if not isinstance(body, dict):
        raise Malformed("The request holds no JSON object.")
    level: list[Any] = [body]
    for _ in range(DEEPEST):
        level = [
            part
            for each in level
            for part in (each.values() if isinstance(each, dict) else each)
            if isinstance(part, (dict, list))
        ]
        if not level:
            return body
    raise Malformed(f"The request has more than {DEEPEST} levels.")


def _page_and_query(value: Any) -> tuple[str, str]:
    """The page and query in the one input of a callback of all pages: the page itself, or the store "selection"."""
    match value:
        case str(page):
            return page, ""
        case {"page": str(page), "query": str(query)}:
            return page, query
        case {"page": str(page)}:
            return page, ""
    return "", ""


def _fits(body: Mapping[str, Any], entry: Mapping[str, Any], exactly: bool) -> bool:
    """Whether `body` has the inputs, states and outputs of the callback that Dash keeps in `entry`, in their order.

    `exactly` is for ours, which have neither states nor several outputs.
    """
    changed = body.get("changedPropIds", [])
    return (
        _are_values(body.get("inputs"), entry["inputs"])
        and _are_values(body.get("state", []), entry["state"])
        and (bool(entry["no_output"]) or _are_outputs(body.get("outputs"), entry["output"], exactly))
        and isinstance(changed, list)
        and all(isinstance(each, str) for each in changed)
    )


def _are_values(given: Any, registered: Sequence[Mapping[str, str]]) -> bool:
    return (
        isinstance(given, list)
        and len(given) == len(registered)
        and all(_is_value(each, wanted) for each, wanted in zip(given, registered, strict=True))
    )


def _is_value(given: Any, registered: Mapping[str, str]) -> bool:
    """Whether it is a value of the registered property; a pattern that takes all of a kind has a list of them."""
    if isinstance(given, list):
        return '["ALL' in registered["id"] and all(_is_value(each, registered) for each in given)
    return (
        isinstance(given, dict)
        and given.get("property") == registered["property"]
        and _is_id(given.get("id"), registered["id"])
    )


def _is_id(given: Any, registered: str) -> bool:
    if not registered.startswith("{"):
        return bool(given == registered)
    pattern = orjson.loads(registered)
    return (
        isinstance(given, dict)
        and given.keys() == pattern.keys()
        and all(isinstance(value, list) or given[name] == value for name, value in pattern.items())
        and not any(isinstance(value, (dict, list)) for value in given.values())
    )


def _are_outputs(given: Any, registered: Output | Sequence[Output], exactly: bool) -> bool:
    if isinstance(registered, Output):
        return isinstance(given, dict if exactly else (dict, list)) and _are_of(given, registered)
    return (
        isinstance(given, list)
        and len(given) == len(registered)
        and all(_are_of(each, of) for each, of in zip(given, registered, strict=True))
    )


def _are_of(given: Any, registered: Output) -> bool:
    wanted = {"id": registered.component_id_str(), "property": registered.component_property}
    parts = given if isinstance(given, list) else [given]
    return all(
        isinstance(part, dict) and _is_value({**part, "property": str(part.get("property")).split("@", 1)[0]}, wanted)
        for part in parts
    )
