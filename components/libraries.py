"""Component libraries beside ours: what the browser loads where somebody's own page uses one (assets/js/own.js)."""

import sys
from collections.abc import Mapping
from typing import Final

from dash import Dash
from dash.development.base_component import ComponentRegistry

#: Those that every document brings (components/bundles.py).
_OURS: Final = frozenset({"dash_core_components", "dash_html_components", "dash_bootstrap_components"})

#: The addresses of scripts ("js") and style sheets ("css"), by the name that components carry in a layout.
Libraries = Mapping[str, Mapping[str, list[str]]]


def library_files(app: Dash) -> Libraries:
    """The files of every component library that was imported so far, which the app serves from then on."""
    found = {}
    for name, package in ComponentRegistry.namespace_to_package.items():
        if name in _OURS:
            continue
        module = sys.modules.get(f"{package}.{name}") or sys.modules[package]
        resources = {"js": getattr(module, "_js_dist", []), "css": getattr(module, "_css_dist", [])}
        found[name] = {kind: _addresses(app, each) for kind, each in resources.items()}
    return found


def _addresses(app: Dash, resources: list[dict[str, object]]) -> list[str]:
    """Where the app serves them; what a script loads itself when it needs it is served too, and not among them."""
    places = app._collect_and_register_resources(resources, include_async=False)
    return [place["src"] if isinstance(place, dict) else place for place in places]
