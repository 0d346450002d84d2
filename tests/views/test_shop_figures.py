"""The shop's own figures on the pages, of imported days: what they say, what they leave out, and when they are gone."""

import csv
import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from access.policy import policy_of
from access.rights import Rights
from components.address import RANKS, Address
from facts import ALL_ROWS, Facts
from facts.source import load
from ingest.one_file import How, import_file
from kpi.coverage import say_what_is_unknown
from kpi.metrics import COMPANY_WIDE
from kpi.units import USUAL
from pages import CFO, CMO, EXECUTIVE, PAGES
from views.answers import ask, view
from views.files import data_file
from views.visible import fitting_page, parts_missing, visible_ranks, what_is_unknown
from views.workbook import workbook

EVERYTHING = Rights(tuple(page.key for page in PAGES))
FIRST = date(2025, 8, 4)
LATER = date(2025, 9, 1)


def ads(folder: Path, days: int = 56) -> Path:
    """From 4 August on Meta and Amazon spend 100 and 50 a day and claim three orders of 150."""
    lines = ["date,platform,account,campaign,currency,spend,impressions,clicks,conversions,revenue,new_customers"]
    for number in range(days):
        day = FIRST + timedelta(number)
        lines += [
            f"{day},{name},Acme,{name} 1,USD,{spend},1000,10,3,450,2" for name, spend in (("Meta", 100), ("Amazon", 50))
        ]
    file = folder / "ads.csv"
    file.write_text("\n".join(lines))
    return file


def shop(
    folder: Path,
    columns: str = "cogs,fees,returns,new_customers,new_revenue",
    days: range = range(56),
    **more: str,
) -> Path:
    """As many days of 10 orders: 600 sold in August and 500 in September, of which goods are 200, fees 60."""
    known = {"cogs": 200, "fees": 60, "returns": 25, "new_customers": 4, "new_revenue": 150, "discounts": 30}
    names = [name for name in columns.split(",") if name]
    lines = [",".join(["date", "orders", "net sales", "currency", *names, *more])]
    for number in days:
        day = FIRST + timedelta(number)
        sold = 600 if day < LATER else 500
        lines.append(",".join(map(str, [day, 10, sold, "USD", *(known[name] for name in names), *more.values()])))
    file = folder / "shop.csv"
    file.write_text("\n".join(lines))
    return file


def table_of(folder: Path, *files: Path) -> Path:
    for file in files:
        import_file(file, How(folder / "facts", by="Ann"), lambda _: None)
    return folder / "facts"


def answer(table: Path, page: Any = CFO, address: str = "last=28d", scope: Any = ALL_ROWS) -> dict[str, Any]:
    facts = load(table)
    fitting = fitting_page(page, EVERYTHING, facts) if scope == ALL_ROWS else page
    ranks = visible_ranks(EVERYTHING, facts)
    return view(fitting, facts, ask(facts, Address.of(address), USUAL, scope, ranks), scope)


def cards(answered: dict[str, Any], name: str = "banked-cards") -> dict[str, dict[str, Any]]:
    visual = answered["visuals"][name]
    return dict(zip(visual["metrics"], visual["cards"], strict=True))


def file_of(facts: Facts, page: Any, kind: str, address: str) -> bytes:
    visual = next(each for each in page.visuals if each.name == "banked-cards")
    return data_file(page.key, visual, facts, ask(facts, Address.of(address), USUAL, ALL_ROWS, RANKS), kind, ALL_ROWS)


def test_what_the_bank_sees_of_four_weeks(tmp_path: Path) -> None:
    more = {"sales channel": "Online store; Amazon", "other_marketing": "5"}
    table = table_of(tmp_path, ads(tmp_path), shop(tmp_path, **more))

    answered = answer(table)

    found = cards(answered)
    left, before = 28 * (500 - 200 - 60 - 150 - 5), 28 * (600 - 200 - 60 - 150 - 5)
    card = found["contribution_after_marketing"]
    assert (card["value"], card["baseline"]) == pytest.approx((left, before))
    assert (card["text"], card["step"], card["was"]) == ("$2.38k", "−54.1%", "$5.18k")
    assert found["cam_margin"]["value"] == pytest.approx(left / (28 * 500))
    assert found["blended_cac"]["value"] == pytest.approx(150 / 4)
    assert found["new_roas"]["value"] == pytest.approx(1.0)
    assert "label" not in card
    assert answered["visuals"]["banked-cards"]["line"] == (
        "Net sales of 280 orders, after $700 returns. Taken off: $5.60k goods, $1.68k fees, $4.20k ad spend and $140 "
        "other marketing."
    )


def test_the_executive_page_leads_with_it_and_says_what_was_left(tmp_path: Path) -> None:
    table = table_of(tmp_path, ads(tmp_path), shop(tmp_path, **{"sales channel": "Amazon"}))

    answered = answer(table, EXECUTIVE)

    assert next(iter(cards(answered, "period-cards"))) == "contribution_after_marketing"
    assert cards(answered, "period-cards")["contribution_after_marketing"]["label"] == "Left after ad spend"
    assert answered["headline"] == "Contribution after ad spend fell 52.6% to $2.52k: net sales fell 16.7%, spend held."
    filtered = answer(table, EXECUTIVE, "last=28d&platform=Meta")
    assert "contribution_after_marketing" not in cards(filtered, "period-cards")
    assert filtered["headline"].startswith("Attributed revenue")
    assert filtered["visuals"]["period-cards"]["line"].startswith(
        "Contribution after ad spend is the whole company’s: it is not shown while filters are on."
    )


def test_claimed_and_banked_stand_beside_each_other_with_the_gap(tmp_path: Path) -> None:
    table = table_of(tmp_path, ads(tmp_path), shop(tmp_path, **{"sales channel": "Amazon"}))

    answered = answer(table, CMO)

    found = {metric: card["value"] for metric, card in cards(answered).items()}
    assert found == pytest.approx({"cac": 150 / 4, "blended_cac": 150 / 4, "roas": 900 / 150, "new_roas": 1.0})
    assert "New-customer ROAS is 5.00× (83%) below the platforms’ ROAS." in answered["visuals"]["banked-cards"]["line"]
    rows = list(csv.DictReader(io.StringIO(file_of(load(table), CMO, "csv", "last=28d").decode())))
    assert {row["metric"]: row["gap"] for row in rows} == {
        "cac": "",
        "blended_cac": "0.0",
        "roas": "",
        "new_roas": "-5.0",
    }


def test_spend_of_a_marketplace_that_the_shop_does_not_sell_on_stays_out_and_is_named(tmp_path: Path) -> None:
    table = table_of(tmp_path, ads(tmp_path), shop(tmp_path))

    answered = answer(table)

    assert "Without Amazon: $1.40k spend; add its sales." in answered["visuals"]["banked-cards"]["line"]
    assert "Without Amazon: $1.40k spend; add its sales." in answered["visuals"]["reconciliation"]["line"]
    assert cards(answered)["mer"]["value"] == pytest.approx(500 / 100)
    assert cards(answer(table, CMO))["cac"]["value"] == pytest.approx(100 / 2), "as the gap is of the same platforms"


def test_a_part_that_is_missing_on_some_days_leaves_no_value_and_a_reason(tmp_path: Path) -> None:
    table = table_of(tmp_path, ads(tmp_path), shop(tmp_path, days=range(30), **{"sales channel": "Amazon"}))
    later = shop(tmp_path, "cogs,returns,new_customers", range(30, 56), **{"sales channel": "Amazon"})
    table_of(tmp_path, later)

    answered = answer(table)

    card = cards(answered)["contribution_after_marketing"]
    assert (card["value"], card["text"]) == (None, "–")
    reason = "The shop’s days have no fees on 26 of 28 days: import these with the column fees."
    assert card["notes"][0] == "No fees on 26 of 28 days."
    assert reason in answered["visuals"]["banked-cards"]["line"]
    assert cards(answered)["blended_cac"]["value"] == pytest.approx(150 / 4)
    assert "contribution_after_marketing" not in cards(answer(table, EXECUTIVE), "period-cards")


def test_what_the_shop_never_tells_takes_no_card_and_the_import_page_says_what_it_brings(tmp_path: Path) -> None:
    table = table_of(tmp_path, ads(tmp_path), shop(tmp_path, "new_customers", **{"sales channel": "Amazon"}))
    facts = load(table)

    answered = answer(table)

    assert list(cards(answered)) == ["store_revenue", "blended_cac", "mer"]
    assert answered["visuals"]["banked-cards"]["line"].endswith("Returns are not in: the shop’s days have none.")
    (part,) = [part for part in parts_missing(EVERYTHING, facts) if part.add.startswith("Add the shop’s")]
    assert part.add == "Add the shop’s net sales of first orders, cost of goods, fees"
    assert part.brings.startswith("Contribution after marketing")
    assert (
        say_what_is_unknown((), (), True, True, facts.side.shop_gaps)
        == f"{part.add} to see contribution after marketing."
    )
    assert "shop" not in what_is_unknown(PAGES, Rights(EVERYTHING.pages, hides=COMPANY_WIDE), facts)


def test_without_a_shop_it_is_gone_and_the_import_page_says_what_it_brings(tmp_path: Path) -> None:
    table = table_of(tmp_path, ads(tmp_path))

    for page in (CFO, CMO):
        assert "banked-cards" not in answer(table, page)["visuals"]
    assert "contribution_after_marketing" not in cards(answer(table, EXECUTIVE), "period-cards")
    brings = {part.add: part.brings for part in parts_missing(EVERYTHING, load(table))}
    assert brings["Add the shop’s days"].startswith("Net sales, Contribution after marketing")


@pytest.mark.parametrize("page", [CFO, CMO], ids=lambda page: page.key)
def test_a_filter_never_splits_the_shop(tmp_path: Path, page: Any) -> None:
    table = table_of(tmp_path, ads(tmp_path), shop(tmp_path, **{"sales channel": "Amazon"}))

    answered = answer(table, page, "last=28d&platform=Meta")

    (entry,) = [each for each in answered["left_out"] if "banked-cards" in each["visuals"]]
    assert (
        entry["text"]
        == "The shop’s own figures are the whole company’s: no filter splits them, so they are not shown here."
    )
    assert entry["by"] == {"platform": "platform"}
    assert file_of(load(table), page, "csv", "last=28d&platform=Meta").splitlines()[1:] == []
    assert entry["text"] in file_of(load(table), page, "json", "last=28d&platform=Meta").decode()
    assert not [each for each in answer(table, page)["left_out"] if "banked-cards" in each["visuals"]]


def test_windows_that_the_shop_covers_in_part_are_compared_at_the_same_positions(tmp_path: Path) -> None:
    table = table_of(tmp_path, ads(tmp_path), shop(tmp_path, days=range(48), **{"sales channel": "Amazon"}))

    answered = answer(table)

    card = cards(answered)["store_revenue"]
    assert (card["value"], card["baseline"]) == (20 * 500, 20 * 600)
    assert "20 days of the 28 chosen" in answered["visuals"]["banked-cards"]["line"]
    whole = cards(answer(table, CFO, "from=2025-09-01&to=2025-09-28&compare=year"))["store_revenue"]
    assert whole["baseline"] is None


def test_the_workbook_has_the_shops_books_and_its_quotients_as_formulas(tmp_path: Path) -> None:
    table = table_of(tmp_path, ads(tmp_path), shop(tmp_path, **{"sales channel": "Amazon"}))
    facts = load(table)
    query = ask(facts, Address.of("last=28d"), USUAL, ALL_ROWS, RANKS)

    book = load_workbook(
        io.BytesIO(workbook(fitting_page(CFO, EVERYTHING, facts), facts, query, "/", ALL_ROWS, frozenset()))
    )

    sheet = book["The shop’s own figures"]
    cells = {row[0].value: row[1].value for row in sheet.iter_rows(min_row=2)}
    assert cells["Net sales"] == 28 * 500
    assert str(cells["Marketing efficiency ratio"]).startswith("=IF(")
    assert cells["Cost of goods (shop)"] == 28 * 200


@pytest.mark.parametrize("hidden", ["profit", "margin", "gross_profit", "roi"])
def test_who_may_not_see_profit_margin_or_costs_sees_nothing_of_the_shop(hidden: str) -> None:
    policy = policy_of(
        {"contact": "Ann", "roles": {"agency": {"groups": ["a"], "pages": ["cfo"], "rows": "all", "hides": [hidden]}}},
        ["cfo"],
    )
    assert policy.roles[0].hides >= COMPANY_WIDE


def test_a_reader_of_some_rows_is_told_why_the_shop_is_not_shown(tmp_path: Path) -> None:
    table = table_of(tmp_path, ads(tmp_path), shop(tmp_path, **{"sales channel": "Amazon"}))
    sentence = "The shop’s own figures are the whole company’s, so they are not shown to you"

    assert sentence in answer(table, CFO, "", (("platform", ("Meta",)),))["period"]["sentence"]
    assert sentence not in answer(table)["period"]["sentence"]
