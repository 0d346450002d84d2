"""The shop's days whole: first orders, other marketing and sales channels, from a file to the facts."""

from pathlib import Path

import pytest
from deltalake import DeltaTable, write_deltalake

from facts.delta.table_names import path_of
from facts.source import load
from ingest.one_file import How, import_file
from ingest.read.report_file import read_file
from ingest.results import ImportProblem

ADS = "date,platform,account,campaign,currency,spend,impressions,clicks,conversions,revenue\n"
DAYS = (
    "Date,Sales channel,Orders,Net sales,New customers,New customer sales,Discounts,Returns,COGS,Fees,Other marketing\n"
    "2025-09-01,Online store,3,300,2,180,30,10,120,24,40\n"
    "2025-09-01,Amazon,1,100,1,100,0,0,50,30,\n"
    "2025-09-02,Online store,2,200,0,0,20,-5,80,16,\n"
)


def shop(folder: Path, text: str = DAYS) -> Path:
    file = folder / "shop.csv"
    file.write_text(text)
    return file


def stored(folder: Path, *texts: str) -> Path:
    table = folder / "facts"
    (folder / "ads.csv").write_text(
        ADS + "2025-09-01,Meta,A,C,USD,100,1000,10,3,300\n2025-09-02,Meta,A,C,USD,90,900,9,2,200\n"
    )
    import_file(folder / "ads.csv", How(table, by="Ann"), lambda _: None)
    for text in texts:
        import_file(shop(folder, text), How(table, by="Ann"), lambda _: None)
    return table


def test_a_day_in_several_channels_is_one_day_of_all_of_them(tmp_path: Path) -> None:
    (found,) = read_file(shop(tmp_path))

    first = found.frame.set_index("date").loc["2025-09-01"]
    assert first[["orders", "new_customers", "revenue", "new_revenue", "cogs", "fees", "other_marketing"]].tolist() == [
        *(4, 3, 400, 280, 170, 54, 40),
    ]
    assert found.channels == "Amazon, Online store"


def test_the_facts_have_them_beside_the_platforms(tmp_path: Path) -> None:
    side = load(stored(tmp_path, DAYS)).side

    assert side.store is not None
    assert side.store["store_new_revenue"].tolist() == [280, 0]
    assert side.store["other_marketing"].tolist() == [40, 0], "a bill stands on some days"
    assert side.store["channels"].tolist() == ["Amazon, Online store"] * 2, "a day without orders in one is of it too"
    assert (side.other_marketing, side.shop_gaps) == (True, frozenset())


def test_gross_profit_tells_the_goods(tmp_path: Path) -> None:
    side = load(stored(tmp_path, "Day,Orders,Net sales,Gross profit\n2025-09-01,4,400,230\n2025-09-02,2,200,\n")).side

    assert side.store is not None
    assert side.store["store_cogs"].tolist()[0] == 170
    assert side.store["store_cogs"].isna().tolist() == [False, True]
    assert side.shop_gaps >= {"store_fees", "store_new_customers", "store_returns"}
    assert not side.other_marketing


def test_new_channels_of_the_same_figures_are_a_change_and_the_same_again_is_none(tmp_path: Path) -> None:
    table = stored(tmp_path, DAYS)
    before = DeltaTable(str(path_of(table))).version()

    stored(tmp_path, DAYS)
    assert DeltaTable(str(path_of(table))).version() == before
    stored(tmp_path, DAYS.replace("Amazon", "Walmart"))
    assert DeltaTable(str(path_of(table))).version() == before + 1


def test_a_table_of_an_earlier_time_takes_them(tmp_path: Path) -> None:
    table = stored(tmp_path, DAYS)
    old = DeltaTable(str(path_of(table)))
    rows = old.to_pyarrow_table().drop_columns(["new_revenue", "other_marketing", "channels"])
    name = old.metadata().name
    write_deltalake(str(path_of(table)), rows, mode="overwrite", schema_mode="overwrite", name=name)
    early = load(table).side
    assert early.store is not None
    assert early.store["store_new_revenue"].isna().all()

    stored(tmp_path, "Date,Orders,Net sales,New revenue,Sales channel\n2025-09-02,2,200,60,Amazon\n")

    side = load(table).side
    assert side.store is not None
    assert side.store["store_new_revenue"].fillna(-1).tolist() == [-1, 60]
    assert side.store["channels"].tolist() == ["", "Amazon"]


ORDERS = (
    "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales\n"
    "2025-09-01 10:00:00,1001,$60.00,completed,Ann,new,1× Lamp,1,,60\n"
    "2025-09-01 11:00:00,1002,$40.00,completed,Bob,returning,1× Lamp,1,,40\n"
    "2025-09-02 09:00:00,1001,-$60.00,refunded,Ann,new,1× Lamp,1,,-60\n"
)


def test_first_orders_of_a_list_are_those_of_new_customers_less_what_was_paid_back(tmp_path: Path) -> None:
    (found,) = read_file(shop(tmp_path, ORDERS))

    days = found.frame.set_index("date")[["orders", "new_customers", "revenue", "new_revenue", "returns"]]
    assert days.loc["2025-09-01"].tolist()[:4] == [2, 1, 100, 60]
    assert days.loc["2025-09-02"].tolist() == [0, 0, -60, -60, 60]


@pytest.mark.parametrize("header", ["Channel", "Source / Medium"])
def test_what_is_called_a_channel_of_traffic_is_no_sales_channel(tmp_path: Path, header: str) -> None:
    (found,) = read_file(shop(tmp_path, f"Date,{header},Orders,Net sales\n2025-09-01,Amazon,4,400\n"))
    assert found.channels == ""


@pytest.mark.parametrize("sales", ["Net sales", "Total sales", "Total revenue"])
def test_days_of_ga4_take_the_place_of_the_shops_only_where_asked_also_where_revenue_is_equal(
    tmp_path: Path, sales: str
) -> None:
    table = stored(tmp_path, f"Day,Orders,{sales},New customers\n2025-09-01,4,400,3\n2025-09-02,2,200,1\n")
    days = shop(tmp_path, "Date,Transactions,Purchase revenue\n2025-09-01,3,400\n2025-09-02,2,200\n")
    before = DeltaTable(str(path_of(table))).version()

    with pytest.raises(ImportProblem, match=r"purchases that GA4 saw, and 2 of its days are there .* Say --replace"):
        import_file(days, How(table, by="Ann"), lambda _: None)
    assert DeltaTable(str(path_of(table))).version() == before
    import_file(days, How(table, by="Ann", replace_campaigns=True), lambda _: None)
    assert DeltaTable(str(path_of(table))).version() == before + 1
