"""The picture in docs/architecture.md, drawn from the imports of the code; `python -m docs.architecture` writes it.

An arrow goes from a layer to one that it imports; arrows that others imply are left out. tests/test_project.py holds
the page against it.
"""

import ast
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "architecture.md"
#: From top to bottom, as tests/test_project.py orders what each may import.
LAYERS: Final = (
    "cli",
    "report",
    "serving",
    "app",
    "callbacks",
    "web",
    "views",
    "pages",
    "components",
    "ingest",
    "facts",
    "machine",
    "access",
    "datagen",
    "settings",
    "setting_values",
    "kpi",
)
BEGIN: Final = "<!-- picture -->\n"
END: Final = "<!-- /picture -->"


def imported_layers(layer: str) -> set[str]:
    """The other layers that the modules of `layer` import, wherever in a module that stands."""
    found = set()
    for path in [ROOT / f"{layer}.py", *(ROOT / layer).rglob("*.py")]:
        if path.exists():
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Import):
                    found |= {name.name.split(".")[0] for name in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    found.add(node.module.split(".")[0])
    return found & set(LAYERS) - {layer}


def reachable(layer: str, arrows: Mapping[str, Set[str]]) -> set[str]:
    """Every layer that `layer` leads to."""
    return {end for step in arrows[layer] for end in {step, *reachable(step, arrows)}}


def picture() -> str:
    """The layers as a mermaid graph."""
    arrows = {layer: imported_layers(layer) for layer in LAYERS}
    lines = ["```mermaid", "graph TD"]
    for layer, ends in arrows.items():
        implied = {end for step in ends for end in reachable(step, arrows)}
        lines += [f"    {layer} --> {end}" for end in LAYERS if end in ends - implied]
    return "\n".join([*lines, "```", ""])


def with_picture(page: str) -> str:
    """`page` with the picture of today between its two marks."""
    before, _, rest = page.partition(BEGIN)
    return before + BEGIN + picture() + END + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(with_picture(PAGE.read_text()))
