"""A sign-in that ends while a page is open, and pages that are somebody else's, through the real proxy."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.access.stack import Stack


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One for all, so that bundles are fetched and compiled once; who is signed in is forgotten in between."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    context.clear_cookies()
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    page.close()
    assert complaints == []


def sign_in(page: Page, user: str) -> None:
    page.get_by_role("button", name=user, exact=True).click()


def settled(page: Page) -> None:
    expect(page.locator("[data-visual]:not([data-left-out])").first).to_be_visible(timeout=30_000)
    expect(page.locator('[data-visual][data-state="loading"]')).to_have_count(0, timeout=30_000)


def test_when_the_sign_in_ends_the_next_action_says_so_and_one_click_brings_the_view_back(
    stack: Stack, page: Page
) -> None:
    page.goto(f"{stack.base}/marketing/cfo?platform=Meta&last=12w")
    sign_in(page, "bo-board")
    settled(page)
    assert page.url == f"{stack.base}/marketing/cfo?platform=Meta&last=12w"
    before = page.locator('[data-metric="profit"]').first.get_attribute("data-value")

    page.context.clear_cookies(domain="127.0.0.1")
    page.locator('[data-filter="region"] input[value="Europe"]').uncheck()
    banner = page.locator("#banner-error")
    expect(banner).to_contain_text("sign-in has ended")
    assert page.locator('[data-metric="profit"]').first.get_attribute("data-value") == before

    banner.get_by_role("button", name="Sign in").click()
    sign_in(page, "bo-board")
    settled(page)
    rest = "Asia%20Pacific,Latin%20America,North%20America"
    assert page.url == f"{stack.base}/marketing/cfo?platform=Meta&region={rest}&last=12w"
    assert page.locator('[data-metric="profit"]').first.get_attribute("data-value") != before


def test_the_shell_names_the_reader_and_signs_them_out(stack: Stack, page: Page) -> None:
    page.goto(f"{stack.base}/marketing/cfo")
    sign_in(page, "ed-emea")
    settled(page)

    account = page.locator("#account")
    expect(account).to_contain_text("ed-emea")
    account.locator("summary").click()
    account.get_by_role("link", name="Sign out").click()
    page.goto(f"{stack.base}/marketing/cfo")
    expect(page.get_by_role("button", name="ed-emea", exact=True)).to_be_visible()


def test_only_ones_own_pages_are_linked_and_a_forbidden_one_says_whom_to_ask(stack: Stack, page: Page) -> None:
    page.goto(f"{stack.base}/marketing/cfo")
    sign_in(page, "ed-emea")
    settled(page)
    expect(page.locator(".tabs a")).to_have_text(["CFO"])
    regions = page.locator('[data-filter="region"] input').evaluate_all("found => found.map(each => each.value)")
    assert set(regions) <= {"Europe"}

    page.goto(f"{stack.base}/marketing/cmo")
    expect(page.locator("body")).to_contain_text("ask data-team@example.com")
    page.get_by_role("link", name="CFO dashboard").click()
    settled(page)


def test_a_role_without_profit_sees_its_page_whole(stack: Stack, page: Page) -> None:
    page.goto(f"{stack.base}/marketing/cmo")
    sign_in(page, "max-cmo")
    settled(page)

    assert page.locator('[data-visual]:visible[data-state="error"]').count() == 0
    assert page.locator('[data-visual]:visible[data-state="ready"]').count() >= 8
    words = page.locator("body").inner_text().lower()
    assert "profit" not in words.replace("gross profit", "")
    assert "roi" not in words.split()
