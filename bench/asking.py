"""The request by which a page of the dashboard asks for figures: Dash's own callback (callbacks/view.py)."""

from typing import Any, Final

#: Where every callback that runs on the server is asked to run.
CALLBACK: Final = "/_dash-update-component"


def callback_body(output: str, **inputs: Any) -> dict[str, Any]:
    """The body that asks for `output`, with inputs as id__property=value: callback_body("a.b", c__d=1)."""
    given = [(*name.split("__"), value) for name, value in inputs.items()]
    name, prop = output.rsplit(".", 1)
    return {
        "output": output,
        "outputs": {"id": name, "property": prop},
        "inputs": [{"id": each, "property": of, "value": value} for each, of, value in given],
        "changedPropIds": [f"{each}.{of}" for each, of, _ in given],
    }


def view_body(page: Any, query: Any = "", request: int = 1) -> dict[str, Any]:
    """The body that asks for the figures of a page."""
    return callback_body("view.data", selection__data={"page": page, "query": query, "request": request})
