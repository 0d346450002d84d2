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
