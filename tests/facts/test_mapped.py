"""Warehouses' own tables, read where they are: dbt's ad_reporting models, and an odd table with a mapping file."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facts import ALL_ROWS, DataProblem, Facts
from facts.engines.choice import Engine
from facts.engines.lazy import LazyFacts
from facts.engines.mapped import places_of
from facts.engines.mapping import NO_MAPPING, TableMapping, read_mapping
from facts.engines.remote import Remote
from facts.engines.table import Sessions
from facts.source import load
from kpi.coverage import say_what_is_unknown, unknown_metrics
from kpi.schema import COLUMNS, COUNTS, MEASURES, UNKNOWN
from kpi.selection import Selection, only
from tests.engines import Fill, PolarsTable
from tests.facts.test_frame import GROUPINGS, START, made, wanted

NAMES = {"google_ads": "Google", "facebook_ads": "Meta", "apple_search_ads": "Apple Search Ads", "zeta_net": "zeta_net"}
ODD = """
currency = "EUR"
[columns]
date = "tag"
platform = "Kanal"
region = "Country"
device = "Gerät"
objective = "Ziel"
campaign = "Kampagne"
spend = "Kosten_Micros"
revenue = "Umsatz"
clicks = "Klicks"
[scale]
revenue = 0.01
[values.platform]
"Hauspost" = "Direct mail"
[values.objective]
"bestand" = "Retention"
"""
CHANNELS = {"FB": "Meta", " Google-Ads ": "Google", "hauspost": "Direct mail", "": UNKNOWN}
COUNTRIES = {"DE": "Germany", "Allemagne": "Germany", "Atlantis": "Atlantis"}
DEVICES = {"iPhone": "Mobile", "desktop_pc": "Desktop"}
OBJECTIVES = {"Bestand": "Retention", "Neu": "Neu"}


def decimals(values: pd.Series, digits: int = 2) -> pa.Array:
    unit = Decimal(10) ** -digits
    return pa.array(
        [None if pd.isna(each) else Decimal(each).quantize(unit) for each in values], pa.decimal128(18, digits)
    )


def in_schema(frame: pd.DataFrame, told: Sequence[str], **texts: Sequence[str]) -> pd.DataFrame:
    """`frame` with only the measures `told` and the `texts`; everything else is not known."""
    lost = {name: np.nan for name in MEASURES if name not in told}
    unknown = dict.fromkeys(("region", "objective", "device", "segment", "campaign"), UNKNOWN)
    return frame.assign(**lost, **{**unknown, **texts})


def whole(values: pd.Series) -> pa.Array:
    return pa.array([None if pd.isna(each) else int(each) for each in values], pa.int64())


def ad_reporting(seed: int, missing: float) -> tuple[pd.DataFrame, pa.Table]:
    """What `ad_reporting__campaign_report` has, some of it null, and the rows that it means."""
    rng = np.random.default_rng(seed)
    frame = made(seed, 200, missing)
    spend = frame["spend"] / 4
    platform = rng.choice([*NAMES, None], len(frame))
    campaign = [None if each == "c" else each for each in frame["campaign"]]
    table = pa.table(
        {
            "source_relation": pa.array([""] * len(frame)),
            "date_day": pa.array(frame["date"].dt.date, pa.date32()),
            "platform": pa.array(platform, pa.string()),
            "account_id": pa.array(range(len(frame)), pa.int64()),
            "account_name": pa.array(["Shop"] * len(frame)),
            "campaign_id": pa.array(range(len(frame)), pa.int64()),
            "campaign_name": pa.array(campaign, pa.string()),
            "clicks": whole(frame["clicks"]),
            "impressions": whole(frame["impressions"]),
            "spend": decimals(spend),
            "conversions": pa.array(frame["conversions"] / 8, pa.float64(), from_pandas=True),
            "conversions_value": decimals(frame["revenue"]),
        }
    )
    meant = in_schema(
        frame.assign(spend=spend, conversions=frame["conversions"] / 8),
        ("clicks", "impressions", "spend", "conversions", "revenue"),
        platform=[NAMES.get(each, UNKNOWN) for each in platform],
        campaign=[each or UNKNOWN for each in campaign],
    )
    return meant, table


def odd(seed: int, missing: float) -> tuple[pd.DataFrame, pa.Table]:
    """A table with a company's own names, times, millionths and cents, and the rows that it means."""
    rng = np.random.default_rng(seed)
    frame = made(seed, 150, missing)
    texts = {
        "Kanal": (rng.choice(list(CHANNELS), len(frame)), CHANNELS, "platform"),
        "Country": (rng.choice(list(COUNTRIES), len(frame)), COUNTRIES, "region"),
        "Gerät": (rng.choice(list(DEVICES), len(frame)), DEVICES, "device"),
        "Ziel": (rng.choice(list(OBJECTIVES), len(frame)), OBJECTIVES, "objective"),
    }
    hours = pd.to_timedelta(rng.integers(0, 24, len(frame)), unit="h")
    table = pa.table(
        {
            "Tag": pa.array(frame["date"] + hours, pa.timestamp("us")),
            **{name: pa.array(list(raw), pa.string()) for name, (raw, _, _) in texts.items()},
            "Kampagne": pa.array(list(frame["campaign"]), pa.string()),
            "Kosten_Micros": whole(frame["spend"] * 1_000_000),
            "Umsatz": decimals(frame["revenue"] * 100, 4),
            "Klicks": whole(frame["clicks"]),
        }
    )
    meant = {field: [names[each] for each in raw] for raw, names, field in texts.values()}
    return in_schema(frame, ("spend", "revenue", "clicks"), campaign=list(frame["campaign"]), **meant), table


@pytest.fixture(scope="session")
def odd_mapping(tmp_path_factory: pytest.TempPathFactory) -> TableMapping:
    file = tmp_path_factory.mktemp("mapping") / "odd.toml"
    file.write_text(ODD)
    return read_mapping(file)


@pytest.fixture(scope="session")
def tables(fill: Fill, odd_mapping: TableMapping, request: pytest.FixtureRequest) -> list[tuple[pd.DataFrame, Facts]]:
    """Each kind of table, once whole and once with much missing, in an engine."""
    if "pandas" in request.node.name or getattr(fill, "__name__", "") == "pandas":
        pytest.skip("memory has the schema's own columns")
    found = []
    for make, mapping in ((ad_reporting, NO_MAPPING), (odd, odd_mapping)):
        for seed, missing in ((1, 0.0), (2, 0.4)):
            meant, table = make(seed, missing)
            found.append((meant, fill(table, mapping=mapping)))
    return found


@settings(max_examples=30)
@given(data=st.data())
def test_totals_are_those_of_a_group_by(data: st.DataObject, tables: list[tuple[pd.DataFrame, Facts]]) -> None:
    frame, facts = data.draw(st.sampled_from(tables))
    names = data.draw(st.lists(st.sampled_from(["platform", "campaign", "region", "device"]), unique=True, max_size=2))
    chosen = {
        name: data.draw(st.lists(st.sampled_from([*sorted(frame[name].unique()), "'; --"]), min_size=1))
        for name in names
    }
    scope = only({"platform": ["Google", "Meta"]}) if data.draw(st.booleans()) else ()
    start = START + timedelta(days=data.draw(st.integers(-3, 40)))
    grain = data.draw(st.sampled_from(["day", "week", "month"]))
    selection = Selection(start, start + timedelta(days=data.draw(st.integers(0, 40))), only(chosen), grain=grain)

    found = facts.totals(selection, GROUPINGS, scope)

    for grouping in GROUPINGS:
        told, groups = wanted(frame, selection, scope, grouping)
        assert len(found[grouping]) == groups
        told = told.reindex(found[grouping].index)
        np.testing.assert_allclose(found[grouping][list(told)].to_numpy(), told.to_numpy(), rtol=1e-9)
        counts = ["rows", *COUNTS]
        np.testing.assert_array_equal(found[grouping][counts].to_numpy(), told[counts].to_numpy())


def test_values_have_the_names_that_imports_give_them(tables: list[tuple[pd.DataFrame, Facts]]) -> None:
    reporting, own = tables[0][1], tables[2][1]

    assert reporting.options(ALL_ROWS)["platform"] == ("Meta", "Google", "Apple Search Ads", "zeta_net", UNKNOWN)
    assert reporting.options(ALL_ROWS)["device"] == (UNKNOWN,)
    assert own.options(ALL_ROWS)["platform"] == ("Meta", "Google", "Direct mail", UNKNOWN)
    assert own.options(ALL_ROWS)["region"] == ("Atlantis", "Germany")
    assert own.options(ALL_ROWS)["device"] == ("Mobile", "Desktop")


def test_what_a_table_does_not_tell_is_missing_and_said(tables: list[tuple[pd.DataFrame, Facts]]) -> None:
    for meant, facts in tables:
        told = facts.totals(Selection(START, START + timedelta(days=60)), [()], ALL_ROWS)[()].iloc[0]
        lacking = {name for name in MEASURES if meant[name].isna().all()}
        assert {name for name in MEASURES if np.isnan(told[name])} == lacking
        assert {each.platform for each in facts.side.reported} == set(meant["platform"])
        assert all(set(each.lacks) >= lacking for each in facts.side.reported)
        unknown = unknown_metrics(facts.side.reported)
        assert "profit" in unknown
        assert "import" not in say_what_is_unknown(facts.side.reported, ["profit"], False, facts.side.takes_imports)
        assert not {"spend", "roas", "cpc"} & unknown
    assert [facts.currency for _, facts in tables] == ["USD", "USD", "EUR", "EUR"]


REFUSED = [
    (
        {"day": ["2025-01-01"], "cost": [1.0]},
        r"no column for the day and the spend\. It has: day, cost\. Say in a mapping file",
    ),
    ({"date_day": ["2025-01-01"], "clicks": [1]}, r"no column for the spend\. It has: date_day, clicks\. Say in a"),
    ({"date_month": ["2025-01-01"], "spend": [1.0]}, r"holds months \(date_month\).* a daily model"),
    (
        {"date_day": [None, "2025-01-01"], "spend": [5.0, 1.0]},
        r"date_day of .*, taken for date, is empty in 1 rows with spend",
    ),
    ({"date_day": ["2025-01-01"] * 2, "spend": [1.0, 1.0], "currency": ["EUR", "usd"]}, "money in EUR and USD"),
    (
        {"date_day": ["2025-01-01"], "spend": [True]},
        "spend of .*, taken for spend, holds true or false, and must hold numbers",
    ),
    (
        {"date_day": [20250101], "spend": [1.0]},
        "date_day of .*, taken for date, holds whole numbers, and must hold days",
    ),
]


@pytest.mark.parametrize(("columns", "says"), REFUSED)
def test_what_cannot_be_mapped_is_refused_in_a_sentence(columns: Mapping[str, list[object]], says: str) -> None:
    with pytest.raises(DataProblem, match=says):
        LazyFacts(Sessions(PolarsTable(pa.table(columns))), "v")


def test_a_mapping_that_names_a_column_which_is_not_there_is_refused() -> None:
    mapping = TableMapping("m.toml", {"spend": "Belopp"})
    with pytest.raises(
        DataProblem, match=r"m\.toml says \[columns\] spend = “Belopp”, a column .* It has: day, cost\. Say in m\.toml"
    ):
        LazyFacts(Sessions(PolarsTable(pa.table({"day": ["2025-01-01"], "cost": [1.0]})), mapping), "v")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[columns\n", "is not TOML"),
        ("weeks = true", "“weeks” means nothing for a table that is read where it is"),
        ('[columns]\nshoes = "x"', "“shoes” in \\[columns\\] is no column of the facts"),
        ("[columns]\nspend = 3", "write texts"),
        ('[scale]\nspend = "micros"', r"\[scale\] says what a measure is multiplied by"),
        ("[scale]\nspend = 0", r"\[scale\] says what a measure is multiplied by"),
        ("[values]\nplatform = 3", r"write \[values.platform\]"),
        ('[values.shoes]\na = "b"', "“shoes” is not such a table"),
        ('currency = "Euro"', "must be a code such as EUR"),
    ],
)
def test_a_mapping_that_means_nothing_is_refused(tmp_path: Path, text: str, says: str) -> None:
    (file := tmp_path / "m.toml").write_text(text)
    with pytest.raises(DataProblem, match=says):
        read_mapping(file)


LEVELS = {
    "account": [],
    "campaign": ["campaign_id", "campaign_name"],
    "ad_group": ["campaign_id", "campaign_name", "ad_group_id", "ad_group_name"],
    "ad": ["campaign_id", "campaign_name", "ad_group_id", "ad_group_name", "ad_id", "ad_name"],
    "keyword": ["campaign_id", "campaign_name", "ad_group_id", "keyword_id", "keyword_text", "keyword_match_type"],
    "search": ["campaign_id", "campaign_name", "ad_group_id", "search_query", "search_match_type"],
    "url": ["campaign_id", "campaign_name", "ad_group_id", "base_url", "url_host", "utm_campaign"],
}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("capitals", [False, True], ids=["as dbt", "as Snowflake"])
def test_each_level_is_known_by_its_columns(level: str, capitals: bool) -> None:
    key = ["source_relation", "date_day", "platform", "account_id", "account_name", *LEVELS[level]]
    names = [*key, "clicks", "impressions", "spend", "conversions", "conversions_value", "spend_usd"]
    names = [name.upper() for name in names] if capitals else names

    places = places_of(names, "t", NO_MAPPING)

    assert places is not None
    fields = {"date": "date_day", "platform": "platform", "spend": "spend", "clicks": "clicks"}
    fields |= {"impressions": "impressions", "conversions": "conversions", "revenue": "conversions_value"}
    fields |= {"campaign": "campaign_name"} if LEVELS[level] else {}
    assert {name: column.lower() for name, column in places.items()} == fields


def test_a_table_of_ours_is_read_as_ever() -> None:
    assert places_of([*COLUMNS, "date_day", "conversions_value"], "t", NO_MAPPING) is None
    assert places_of([name.upper() for name in COLUMNS], "t", NO_MAPPING) is None


def test_a_platform_that_comes_later_gets_its_name_with_the_next_version() -> None:
    table = PolarsTable(ad_reporting(1, 0)[1])
    sessions = Sessions(table)
    first = LazyFacts(sessions, "1").options(ALL_ROWS)["platform"]
    later = ad_reporting(1, 0)[1].set_column(2, "platform", pa.array(["tiktok_ads"] * 200))
    table._frame = PolarsTable(later)._frame
    sessions.learn_again()

    assert "TikTok" not in first
    assert LazyFacts(sessions, "2").options(ALL_ROWS)["platform"] == ("TikTok",)


def test_a_duckdb_file_and_parquet_files_are_read_where_they_are(tmp_path: Path, odd_mapping: TableMapping) -> None:
    import duckdb

    meant, table = odd(3, 0.2)
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as database:
        database.sql("create schema mart")
        database.register("given", table)
        database.sql("create table mart.figures as select * from given")
    pq.write_table(table, tmp_path / "figures.parquet")
    (mapping := tmp_path / "odd.toml").write_text(ODD)
    every = Selection(START, START + timedelta(days=60))

    for where in (f"duckdb://{tmp_path}/warehouse.duckdb?table=mart.figures", str(tmp_path / "figures.parquet")):
        facts = load(where, engine=Engine(mapping=str(mapping)))
        found = facts.totals(every, [("platform",)], ALL_ROWS)[("platform",)]
        told, _ = wanted(meant, every, (), ("platform",))
        np.testing.assert_allclose(found[list(told)].to_numpy(), told.reindex(found.index).to_numpy(), rtol=1e-9)
        assert facts.currency == "EUR"
        facts.close()
    other = tmp_path / "other.toml"
    other.write_text(ODD.replace("0.01", "0.1"))
    versions = [
        load(str(tmp_path / "figures.parquet"), engine=Engine(mapping=str(file))).version for file in (mapping, other)
    ]
    assert len(set(versions)) == 2


def test_a_duckdb_file_that_is_changed_over_is_the_next_version(tmp_path: Path) -> None:
    import duckdb

    def build(name: str, spend: float) -> Path:
        with duckdb.connect(str(tmp_path / name)) as database:
            database.sql("create table t (date_day date, platform text, spend double)")
            database.execute("insert into t values ('2025-01-29', 'google_ads', ?)", [spend])
        return tmp_path / name

    build("warehouse.duckdb", 5)
    remote = Remote(f"duckdb://{tmp_path}/warehouse.duckdb?table=t", refresh=0)
    first = remote.facts()
    build("next.duckdb", 7).replace(tmp_path / "warehouse.duckdb")

    second = remote.facts()

    day = Selection(START, START)
    assert second.version != first.version
    assert second.totals(day, [()], ALL_ROWS)[()]["spend"].item() == 7
    remote.close()


def test_days_and_numbers_may_be_texts(fill: Fill, request: pytest.FixtureRequest) -> None:
    if "pandas" in request.node.name:
        pytest.skip("memory has the schema's own columns")
    table = pa.table(
        {
            "date_day": ["2025-01-29 11:30:00", "2025-01-30", None],
            "platform": ["google_ads", "bing", "bing"],
            "country": ["US", "Vereinigte Staaten", ""],
            "spend": ["12.50", "7", "0"],
            "currency_code": ["eur", "EUR", None],
        }
    )

    facts = fill(table)

    assert (facts.extent().first, facts.extent().last) == (START, START + timedelta(days=1))
    found = facts.totals(Selection(START, START + timedelta(days=1)), [("region",)], ALL_ROWS)[("region",)]
    assert found["spend"].to_dict() == {"United States": 19.5}
    assert facts.options(ALL_ROWS)["platform"] == ("Google", "Microsoft Advertising")
    assert facts.currency == "EUR"
    with pytest.raises(DataProblem, match=r"date_day of .*, taken for date, is empty in 1 rows with spend"):
        fill(table.set_column(3, "spend", pa.array(["12.50", "7", "1"])))
