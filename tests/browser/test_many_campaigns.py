"""Twenty thousand campaigns: the page is no larger, one is found by its name and kept in the address."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from deltalake import DeltaTable, write_deltalake
from playwright.sync_api import expect

from facts.source import DEMO_NAME
from tests.asking import view_at
from tests.browser.conftest import Visit, served

COUNT = 20_000


@pytest.fixture(scope="module")
def many(facts_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over four weeks of rows, each of which has one of 20,000 campaigns."""
    path = tmp_path_factory.mktemp("many") / "facts"
    table = pa.table(DeltaTable(facts_path).to_pyarrow_table())
    table = table.filter(pc.greater_equal(table["date"], pa.scalar(dt.date(2025, 9, 1)).cast(table["date"].type)))
    names = pa.array([f"Always on {number % COUNT:05d}, EU" for number in range(len(table))])
    write_deltalake(path, table.set_column(table.column_names.index("campaign"), "campaign", names), name=DEMO_NAME)
    with served(path) as address:
        yield address


def drawn(visit: Visit) -> None:
    """Nothing is on its way; of one campaign, some visuals have nothing to show."""
    expect(visit.page.locator('[data-visual][data-state="ready"]').first).to_be_visible()
    expect(visit.page.locator('[data-visual]:is([data-state="loading"], [data-state="error"])')).to_have_count(0)


def test_one_of_twenty_thousand_is_found_chosen_and_kept(visit_in, many: str):
    visit = visit_in(many).open("/cmo")
    first = view_at(many, "cmo", headers={"Accept-Encoding": "gzip"})
    assert int(first.headers["Content-Length"]) < 12_000
    first = view_at(many, "cmo").json
    assert first["many"] == {"campaign": COUNT}
    assert len(first["options"]["campaign"]) == 100
    field = visit.page.locator('[data-filter="campaign"]')
    expect(field.locator(".more")).to_have_text("19,900 more: type to narrow")
    expect(field.locator("input[type=checkbox]")).to_have_count(100)
    field.get_by_role("searchbox").fill("eu 1234")
    expect(field.locator(".option-name")).to_have_text(
        [f"Always on {name}, EU" for name in ("01234", "11234", *(f"1234{i}" for i in range(10)))]
    )
    with visit.requests() as asked:
        field.locator('input[value="Always on 12345, EU"]').click()
        expect(visit.page.locator("#chips .chip")).to_contain_text("Always on 12345, EU")
        drawn(visit)
    assert [path for path in asked if path.startswith("/view")] == ["/view/cmo?campaign=Always%20on%2012345%252C%20EU"]
    expect(field.locator('input[value="Always on 12345, EU"]')).to_be_checked()
    field.locator('input[value="Always on 11234, EU"]').click()
    expect(field.locator(".picked .chip")).to_have_count(2)
    both = "Always%20on%2011234%252C%20EU,Always%20on%2012345%252C%20EU"
    expect(visit.page).to_have_url(f"{many}/cmo?campaign={both}")
    visit.page.reload()
    drawn(visit)
    expect(visit.page.locator('[data-filter="campaign"] .picked .chip')).to_have_count(2)
    visit.page.get_by_role("button", name="Remove Always on 12345, EU").click()
    expect(visit.page.locator('[data-filter="campaign"] .picked .chip')).to_have_count(1)
    expect(visit.page).to_have_url(f"{many}/cmo?campaign=Always%20on%2011234%252C%20EU")
    field.get_by_role("searchbox").fill("no such")
    expect(field.locator(".more")).to_have_text("No campaign has this in its name")
    field.get_by_role("searchbox").fill("")
    expect(field.locator("input[type=checkbox]")).to_have_count(100)


def test_hundreds_of_chosen_campaigns_leave_the_filters_in_sight(visit_in, many: str):
    names = [f"Always on {number:05d}, EU" for number in range(300)]
    listed = ",".join(name.replace(",", "%252C").replace(" ", "%20") for name in names)
    visit = visit_in(many)
    visit.page.goto(f"{many}/cmo?campaign={listed}")
    drawn(visit)
    field = visit.page.locator('[data-filter="campaign"]')
    picked = field.locator(".picked")
    expect(picked.locator(".chip:visible")).to_have_count(5)
    box = picked.bounding_box()
    assert box
    assert box["height"] < 220
    picked.get_by_text("+ 295 more").click()
    expect(picked.locator(".chip:visible")).to_have_count(300)
    last = picked.locator(".chip", has_text="00299")
    last.scroll_into_view_if_needed()
    assert last.locator(".chip-value").evaluate("name => name.scrollWidth <= name.clientWidth")
    last.get_by_role("button").click()
    expect(picked.get_by_text("+ 294 more")).to_be_visible()
    expect(picked.locator(".chip:visible")).to_have_count(299)  # still open
    box = field.bounding_box()
    assert box
    assert box["height"] < 800
