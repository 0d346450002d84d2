"""Every sample export imports to what its manifest says, money to 0.02 and counts exactly, or is refused as it says."""

import json
from pathlib import Path

import pytest

from facts.importers import ImportProblem
from facts.importers.importing import read_file
from tests.facts.importers.conftest import FIXTURES, SAMPLES

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
    assert "US" in set(country.frame["region"])
    (google,) = read_file(SAMPLES / "fivetran_google/campaign_stats_data.csv")
    assert set(google.frame["device"]) == {"Mobile"}
    (plain,) = read_file(SAMPLES / "ecom_3platform_plus_business/Facebook.csv")
    assert plain.frame["conversions"].isna().all()
    assert set(plain.frame["platform"]) == {"Meta"}
    assert {"Search", "Retargeting"} & set(plain.frame["objective"])
