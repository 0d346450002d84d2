"""What the first load brings, and what comes only when it is used."""

from tests.browser.conftest import Visit


def test_later_code_comes_once_and_when_used(visit: Visit):
    visit.open("/")
    page = visit.page
    scripts = iter([None, "dashboard.ran = (dashboard.ran ?? 0) + 1;"])

    def answer(route):
        body = next(scripts)
        route.abort() if body is None else route.fulfill(body=body, content_type="text/javascript")

    page.route("**/assets/later/probe.js", answer)
    page.route(
        "**/assets/later/probe.css", lambda route: route.fulfill(body="main { --probe: here }", content_type="text/css")
    )
    page.evaluate("dashboard.parts.probe = { js: '/assets/later/probe.js', css: '/assets/later/probe.css' }")
    said = page.evaluate("dashboard.later('probe').catch((problem) => problem.message)")
    assert said == "a part of the dashboard could not be loaded"
    visit.complaints.clear()  # the browser's own, about the script that was kept from it
    page.evaluate("Promise.all([dashboard.later('probe'), dashboard.later('probe')])")
    assert page.evaluate("dashboard.ran") == 1
    assert page.evaluate("getComputedStyle(document.querySelector('main')).getPropertyValue('--probe')") == "here"
    said = page.evaluate("dashboard.later('nothing').catch((problem) => problem.message)")
    assert said == "there is no assets/later/nothing.js"


def test_figures_and_layout_are_asked_for_once_and_from_the_head(visit: Visit):
    """The page itself, then figures, layout and code at one time; nothing of it twice, nothing of Dash's own files."""
    held, came = [], []
    visit.page.route("**/bundles/*.js", lambda route: route.continue_() if came else held.append(route))
    with visit.page.expect_response(lambda answer: "/view/cfo" in answer.url) as response:
        visit.page.goto(f"{visit.server}/cfo?platform=Google,Meta&last=12w", wait_until="commit")
    came.append(response.value.status)
    for route in held:
        route.continue_()
    visit.settled()
    assert came == [200]
    for once in ("/view/cfo?platform=Google,Meta&last=12w", "/_dash-layout", "/_dash-dependencies"):
        assert visit.asked.count(once) == 1
    assert [path for path in visit.asked if path.startswith(("/assets/", "/_dash-component-suites/"))] == []
    assert len([path for path in visit.asked if path.startswith("/bundles/")]) <= 6
