"""What is drawn over another selection is what would have been drawn at once: nothing of the one before is left."""

import pytest

from tests.browser.conftest import Visit

pytestmark = pytest.mark.long

#: Each is another kind of step: few and many days, one platform and all, bars that lie and that stand.
STEPS = [
    "",
    "last=all",
    "platform=Meta,TikTok&last=7d",
    "region=Europe&last=12w&grain=week",
    "platform=Google&last=ytd&grain=month",
]

DRAWN = """() => {
    const marks = ["path", "rect", "text", "image"].map((name) => `.body .main-svg ${name}`);
    const ours = ".body .axis-title, .body .legend li";
    const told = ["class", "d", "transform", "x", "y", "width", "height", "href"];
    const style = (mark) => (mark.getAttribute("style") ?? "").split(/;\\s*/).sort().join(";"); // in whatever order
    const told_of = (mark) => [...told.map((name) => mark.getAttribute(name)), style(mark)];
    const one = (mark) => [mark.localName, ...told_of(mark), mark.textContent].join("|");
    const all = (root) => [...root.querySelectorAll([...marks, ours])]
        .filter((mark) => !mark.closest("[hidden], defs, .hoverlayer, .zoomlayer"))
        .map((mark) => one(mark).replace(/clip[0-9a-f]+/g, "clip"));
    return Object.fromEntries([...document.querySelectorAll("[data-visual]:not([data-left-out])")]
        .map((root) => [root.dataset.visual, all(root)]));
}"""


@pytest.mark.parametrize("page", ["", "cmo", "cfo"])
def test_a_chart_drawn_over_another_is_the_chart_drawn_at_once(visit: Visit, page: str):
    visit.page.set_viewport_size({"width": 1440, "height": 4600})
    at_once = {}
    for query in STEPS:
        visit.open(f"/{page}?{query}").unfold()
        at_once[query] = visit.page.evaluate(DRAWN)
    assert sum(len(marks) for marks in at_once["last=all"].values()) > 30
    assert at_once[""] != at_once["last=all"]
    for query in [*STEPS, *reversed(STEPS)]:
        visit.page.evaluate("query => dashboard.view.go(dashboard.view.shown().page, query)", query)
        visit.settled()
        found = visit.page.evaluate(DRAWN)
        for name, marks in found.items():
            assert marks == at_once[query][name], (query, name)


def test_two_steps_in_one_breath_leave_no_chart_waiting(visit: Visit):
    """Charts out of sight wait for their turn; when what stands there is wanted again, they wait for nothing."""
    page = visit.open("/cfo").unfold().page
    visit.settled()
    before = page.evaluate(DRAWN)
    for query in ("region=Europe,North%20America", ""):
        page.evaluate("query => dashboard.view.go('cfo', query)", query)
        visit.settled()
    page.evaluate("""() => {
        dashboard.view.go("cfo", "region=Europe,North%20America");
        window.waiting = document.querySelectorAll("[data-state=loading]").length;
        dashboard.view.go("cfo", "");
    }""")
    assert page.evaluate("window.waiting") > 0
    visit.settled()
    assert page.evaluate(DRAWN) == before
