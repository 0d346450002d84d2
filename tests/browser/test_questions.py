"""docs/questions.md: each of its six questions is answered within one screen, at the address that it names."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from docs.screenshots import QUESTIONS
from tests.browser.conftest import Visit

DOCS = Path(__file__).parents[2] / "docs"

#: What has to be on that screen, whole, beside the visual that the address names.
FIGURES = {
    "growing": '[data-visual="executive.period-cards"]',
    "look-first": '[data-visual="executive.insights"]',
    "lost-on-the-way": '[data-visual="cmo.rate-trend"]',
    "audiences": '[data-visual="cmo.segment-table"] tfoot',
    "banked": '[data-visual="cfo.reconciliation"] .main-svg >> nth=0',
    "losing-pairs": '[data-visual="cfo.profit-heatmap"] .main-svg >> nth=0',
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_it_is_answered_within_one_screen(visit: Visit, question: str) -> None:
    page = visit.page
    page.goto(visit.server + QUESTIONS[question])
    expect(page.locator(FIGURES[question])).to_be_in_viewport(ratio=1)
    if "#" in QUESTIONS[question]:
        expect(page.locator(".pointed")).to_be_in_viewport(ratio=1)


def test_the_document_names_each_address_and_shows_each_picture() -> None:
    text = (DOCS / "questions.md").read_text()
    assert re.findall(r"^\*\*(\d)\. ", text, re.MULTILINE) == list("123456")
    for name, address in QUESTIONS.items():
        assert f"`{address}`" in text
        assert f"(screenshots/questions/{name}.png)" in text
        assert (DOCS / "screenshots" / "questions" / f"{name}.png").stat().st_size > 10_000
