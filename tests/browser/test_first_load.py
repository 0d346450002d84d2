"""What the first load brings, and what comes only when it is used."""

from tests.browser.conftest import Visit, asked_for


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


def test_the_first_figures_stand_in_the_document_and_nothing_is_asked_for_twice(visit: Visit):
    """The page with its figures, then layout and code at one time; nothing of Dash's own files."""
    visit.open("/cfo?platform=Google,Meta&last=12w")
    visit.page.wait_for_function("() => document.querySelector('.dash-part')")
    assert [path for path in visit.asked if path.startswith(("/view/", "/callback/"))] == []
    for once in ("/_dash-layout", "/_dash-dependencies"):
        assert visit.asked.count(once) == 1
    assert [path for path in visit.asked if path.startswith(("/assets/", "/_dash-component-suites/"))] == []
    assert len([path for path in visit.asked if path.startswith("/bundles/")]) <= 6


def test_figures_that_are_not_in_the_document_are_asked_for_once_and_from_the_head(visit: Visit):
    """Before any of the page's code is there; the stores hear of them all the same."""
    held, came = [], []
    visit.without_first()
    visit.page.route("**/bundles/*.js", lambda route: route.continue_() if came else held.append(route))
    address = "/view/cfo?platform=Google,Meta&last=12w"
    with visit.page.expect_response(lambda answer: asked_for(answer.request, visit.server) == address) as response:
        visit.page.goto(f"{visit.server}/cfo?platform=Google,Meta&last=12w", wait_until="commit")
    came.append(response.value.status)
    for route in held:
        route.continue_()
    visit.settled()
    visit.page.wait_for_function("() => document.querySelector('.dash-part')")
    visit.page.wait_for_timeout(150)
    assert came == [200]
    assert [path for path in visit.asked if path.startswith(("/view/", "/callback/"))] == [address]


def test_on_a_slow_line_nothing_takes_the_style_sheets_place(visit: Visit):
    """Words wait for the style sheet alone, first figures for our code; Dash, plotly and the font come after."""
    line = visit.page.context.new_cdp_session(visit.page)
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    rate = {"downloadThroughput": 200_000, "uploadThroughput": 200_000}
    line.send("Network.emulateNetworkConditions", {"offline": False, "latency": 400, **rate})
    visit.open("/cfo")
    visit.page.wait_for_function("() => document.querySelector('.dash-part')")
    found = visit.page.evaluate(
        """Object.fromEntries(performance.getEntriesByType("resource").map(({ name, startTime, responseEnd }) =>
            [name.split("/").pop().replace(/[.][0-9a-f]{12}/, ""), [startTime, responseEnd]]))"""
    )
    line.detach()
    styled, run = found["dashboard.css"][1], found["dashboard.js"][1]
    assert found["dashboard.js"][0] >= styled
    for later in ("inter.woff2", "plotly.js", "dash_renderer.js", "_dash-layout"):
        assert found[later][0] >= (styled if later == "inter.woff2" else run), later
