"""Every sample export imports to what its manifest says, money to 0.02 and counts exactly, or is refused as it says."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.read.options import Options
from ingest.read.report_file import read_file
from ingest.results import ImportProblem
from tests.ingest.read.conftest import FIXTURES, SAMPLES

AUTHORED = json.loads((FIXTURES / "expected.json").read_text())
THIRD = json.loads(found.read_text()) if (found := SAMPLES / "expected_third_party.json").exists() else {}
NAMES = {
    "conversions_value": "revenue",
    "purchases_30_d": "conversions",
    "sales_30_d": "revenue",
    "conversions_default_actions": "conversions",
    "total_revenue": "revenue",
}
#: By folder or file the reason with which it is refused: weeks or hours of channels are no report of campaigns by day.
REFUSED = {
    "meta_en_period_no_day.csv": "row 2 holds the figures of 2025-07-01 to 2025-07-14 together",
    "robyn/dt_simulated_weekly.csv": "a column for each channel",
    "robyn/df_curve_reach_freq.csv": "no advertising report",
    "meridian": "a column for each channel",
    "nab_realAdExchange": "no advertising report",
}


#: What a person says of tables of weeks with a column for each channel, and they import to their totals.
MODELS = {
    "robyn/dt_simulated_weekly.csv": (
        'weeks = true\n[columns]\ndate = "DATE"\n[wide]\nspend = "{channel}_S"\n[values.platform]\nfacebook = "Meta"\n',
        'weeks = true\nkind = "business"\n[columns]\ndate = "DATE"\nrevenue = "revenue"\n',
    ),
    "meridian": (
        'weeks = true\n[columns]\ndate = "time"\n{geo}'
        '[wide]\nspend = "{channel}_spend"\nimpressions = "{channel}_impression"\n',
    ),
}


@pytest.mark.parametrize("name", [name for name in THIRD if name.startswith(("meridian/", "robyn/dt"))])
def test_tables_of_marketing_mix_models_import_to_their_totals_where_a_mapping_says_how(
    name: str, tmp_path: Path
) -> None:
    expected, sums = THIRD[name], {}
    for text in MODELS.get(name) or MODELS["meridian"]:
        mapping = tmp_path / "mapping.toml"
        mapping.write_text(text.replace("{geo}", 'region = "geo"\n' if expected.get("geos", 1) > 1 else ""))
        (found,) = read_file(SAMPLES / name, Options().with_mapping(mapping))
        frame = found.frame
        sums |= {
            column: frame[column].sum() for column in frame if frame[column].dtype == float and frame[column].any()
        }
        days = frame["date"]
        assert (str(found.first), days.nunique()) == (
            expected["date_min"],
            7 * days[days.dt.day_of_week == 0].nunique(),
        )
        assert str(found.last - timedelta(days=6)) == expected["date_max"]
        if "geos" in expected:
            assert frame["region"].nunique() == expected["geos"]
    for measure in ("spend", "impressions", "revenue"):
        if measure in expected:
            assert sums[measure] == pytest.approx(expected[measure], abs=0.02 if measure != "impressions" else 1e-6)


def check(path: Path, name: str, expected: dict[str, object]) -> None:
    for refused, reason in REFUSED.items():
        if name == refused or name.startswith(f"{refused}/"):
            with pytest.raises(ImportProblem, match=reason):
                read_file(path)
            return

    (found,) = read_file(path)

    assert found.rows == expected["rows"]
    for key, value in expected.items():
        column = NAMES.get(key, key)
        if column in found.frame and isinstance(value, (int, float)):
            assert found.frame[column].sum(min_count=1) == pytest.approx(value, abs=0.02 if value % 1 else 1e-6), key
    if "date_min" in expected:
        assert (str(found.first), str(found.last)) == (expected["date_min"], expected["date_max"])
    if "currency" in expected:
        assert set(found.frame["currency"]) == {expected["currency"]}


@pytest.mark.parametrize("name", AUTHORED)
def test_the_projects_own_sample_imports_to_its_totals(name: str) -> None:
    check(FIXTURES / name, name, AUTHORED[name])


@pytest.mark.parametrize("name", THIRD)
def test_a_third_partys_sample_imports_to_its_totals(name: str) -> None:
    check(SAMPLES / name, name, THIRD[name])


@pytest.mark.skipif(bool(THIRD), reason="the third-party samples are here")
def test_third_party_samples_are_read_where_they_are() -> None:
    pytest.skip(f"The third-party samples are not at {SAMPLES}: name their folder in SAMPLE_EXPORTS.")


@pytest.mark.skipif(not THIRD, reason="the third-party samples are not here")
def test_what_a_source_lacks_is_missing_and_a_region_is_one() -> None:
    (amazon,) = read_file(SAMPLES / "fivetran_amazon/campaign_level_report_data.csv")
    assert amazon.frame["impressions"].isna().sum() == 9
    (country,) = read_file(SAMPLES / "fivetran_facebook/facebook_ads_demographics_country_data.csv")
    assert set(country.frame["campaign"]) == {"Unknown"}
    assert {"United States", "Germany"} <= set(country.frame["region"])
    (google,) = read_file(SAMPLES / "fivetran_google/campaign_stats_data.csv")
    assert set(google.frame["device"]) == {"Mobile"}
    (plain,) = read_file(SAMPLES / "ecom_3platform_plus_business/Facebook.csv")
    assert plain.frame["conversions"].isna().all()
    assert set(plain.frame["platform"]) == {"Meta"}
    assert {"Search", "Retargeting"} & set(plain.frame["objective"])
