"""Every address of the server, as its own map lists them, so that a new one is tried without anybody thinking of it."""

from collections.abc import Iterator

from flask import Flask

from pages import EVERY

#: What stands for an argument of an address; any other is tried with a word.
_VALUES = {
    "filename": ["css/tokens.css"],
    "package_name": ["dash"],
    "path": [page.path for page in EVERY if page.path],
    "kind": ["csv", "json", "table", "xlsx"],
}


def addresses(server: Flask) -> Iterator[tuple[str, str, str | None, set[str]]]:
    """Each address with every page and visual in it: the rule, the path, the page it names, its methods."""
    for rule in server.url_map.iter_rules():
        methods = rule.methods or set()
        filled: list[dict[str, str]] = [{}]
        if "page" in rule.arguments:
            filled = [{"page": page.key} for page in EVERY]
        if "visual" in rule.arguments:
            filled = [{"page": page.key, "visual": visual.name} for page in EVERY for visual in page.visuals]
        for name in sorted(rule.arguments - {"page", "visual"}):
            filled = [each | {name: value} for each in filled for value in _VALUES.get(name, ["x"])]
        for values in filled:
            built = rule.build(values, append_unknown=False)
            assert built is not None, rule
            yield rule.rule, built[1], values.get("page"), set(methods)
