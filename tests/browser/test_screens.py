"""A seeded twentieth of all screens has no overlap and no cut word (`make screens` looks at all of them)."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bench.screens import every_screen, look_at
from tests.browser.conftest import Visit

LOOK = (Path(__file__).parents[2] / "bench" / "screens.js").read_text()


@pytest.mark.long
def test_a_twentieth_of_all_screens_has_no_fault(facts_path: Path) -> None:
    screens = every_screen(0.05)
    with ThreadPoolExecutor(1) as own:  # the loop of the other tests' browser runs in this thread
        found = own.submit(lambda: list(look_at(screens, facts_path))).result()
    assert len(found) == len(screens) == 49
    assert min(boxes for _, boxes, _ in found) > 100
    assert [(screen, faults) for screen, _, faults in found if faults] == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("document.querySelector('.card-value').style.transform = 'translateY(1.5rem)'", "over another"),
        ("document.querySelector('.topbar').style.cssText = 'width: 3000px; max-width: none'", "scrolls sideways"),
        (
            "document.querySelector('.figures .name').style = 'width: 2rem; overflow: hidden; white-space: nowrap'",
            "cut",
        ),
        ("document.querySelector('.js-plotly-plot text').style.transform = 'translateX(-40rem)'", "cut"),
    ],
)
def test_a_fault_would_be_counted(visit: Visit, change: str, fault: str) -> None:
    page = visit.open("/").page
    page.locator(".js-plotly-plot text").first.wait_for()
    assert page.evaluate(LOOK)["faults"] == []
    page.evaluate(f"() => {{ {change}; }}")
    assert any(each.startswith(fault) for each in page.evaluate(LOOK)["faults"])
