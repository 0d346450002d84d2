"""A cut that is named: totals come from it where an account has it for a day and it can answer, and never from two."""

import logging
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from deltalake import DeltaTable, write_deltalake
from hypothesis import given, settings
from hypothesis import strategies as st

from facts import ALL_ROWS, DataProblem, Facts
from facts.engines.choice import Engine, NamedCuts
from facts.engines.lazy import LazyFacts
from facts.memory.cuts import of_cuts
from facts.source import Source, load
from kpi.schema import DATE, MEASURES, TEXT, UNKNOWN
from kpi.selection import Selection, only
from settings import WrongSetting, from_environment

DAYS = pd.date_range("2025-07-01", periods=4)
CUTS = ("campaign", "campaign+device", "campaign+region", "campaign+region+device", "region")
VALUES = {"device": ["Mobile", "Desktop"], "region": ["Europe", "Asia Pacific"], "campaign": ["one", "two"]}
ACCOUNTS = {"1": "Meta", "2": "Meta", "3": "Google"}

There = set[tuple[str, pd.Timestamp, str]]
#: What is there: of which account, on which day, in which cut.
THERE: st.SearchStrategy[There] = st.sets(
    st.tuples(st.sampled_from(list(ACCOUNTS)), st.sampled_from(list(DAYS)), st.sampled_from(CUTS)),
    min_size=1,
    max_size=40,
)


def table(there: There, seed: int) -> pd.DataFrame:
    """Each account, day and cut has money of its own, so that a sum tells where it comes from."""
    rng = np.random.default_rng(seed)
    parts = []
    for account, day, cut in sorted(there):
        known = {name: rng.choice(values, 3) for name, values in VALUES.items() if name in cut.split("+")}
        rows = pd.DataFrame(dict.fromkeys(TEXT, UNKNOWN) | known, index=range(3))
        rows[list(MEASURES)] = rng.integers(1, 10**9, (3, len(MEASURES))).astype(float)
        own = {DATE: day, "account": account, "platform": ACCOUNTS[account], "program": "", "cut": cut}
        parts.append(rows.assign(**own))
    return pd.concat(parts, ignore_index=True)


def facts_of(frame: pd.DataFrame, named: NamedCuts = ()) -> Facts:
    return of_cuts(frame.copy(), "v", loaded="", demo=False, currency="USD", named=named)


def spend(facts: Facts, chosen: dict[str, list[str]], grouping: tuple[str, ...]) -> float:
    selection = Selection(DAYS[0].date(), DAYS[-1].date(), only(chosen))
    return float(facts.totals(selection, [grouping], ALL_ROWS)[grouping]["spend"].sum())


def can_answer(cuts: set[str], cut: str, filtered: str, grouped: str) -> bool:
    """Whether none of `cuts` tells more of what is asked than `cut` does, the filter before the grouping."""

    def tells(each: str) -> tuple[bool, bool]:
        return filtered in each.split("+"), grouped in each.split("+")

    return tells(cut) == max(tells(each) for each in cuts)


@settings(max_examples=60)
@given(
    there=THERE,
    seed=st.integers(0, 2**32 - 1),
    cut=st.sampled_from(CUTS[:4]),
    platform=st.sampled_from(["", "Meta", "google"]),
    filtered=st.sampled_from(["", "device", "region"]),
    grouped=st.sampled_from(["", "device", "region", "campaign"]),
)
def test_totals_are_the_named_cuts_where_it_can_answer_and_as_before_elsewhere(
    there: There, seed: int, cut: str, platform: str, filtered: str, grouped: str
) -> None:
    frame = table(there, seed)
    chosen = {filtered: VALUES[filtered][:1]} if filtered else {}
    expected, others = 0.0, []
    for (account, _), rows in frame.groupby(["account", DATE]):
        meant = not platform or ACCOUNTS[account].casefold() == platform.casefold()
        if meant and cut in set(rows["cut"]) and can_answer(set(rows["cut"]), cut, filtered, grouped):
            own = rows[rows["cut"] == cut]
            expected += own[own[filtered].isin(chosen[filtered])]["spend"].sum() if chosen else own["spend"].sum()
        else:
            others.append(rows)
    grouping = (grouped,) if grouped else ()
    if others:
        expected += spend(facts_of(pd.concat(others)), chosen, grouping)

    assert spend(facts_of(frame, ((platform, cut),)), chosen, grouping) == expected


def test_the_name_is_written_as_history_has_it_or_without_campaign() -> None:
    frame = table({("1", day, cut) for day in DAYS for cut in CUTS} | {("3", DAYS[0], CUTS[0])}, 1)
    sums = frame[frame["account"] == "1"].groupby("cut")["spend"].sum()
    for name, cut in {
        "plain": "campaign",
        "device": "campaign+device",
        "device+Campaign": "campaign+device",
        "device + region": "campaign+region+device",
    }.items():
        named = from_environment({"DASHBOARD_CUT": f"google=region, Meta = {name}"}).cut
        assert spend(facts_of(frame, named), {"platform": ["Meta"]}, ()) == sums[cut], name


@pytest.mark.parametrize("text", ["Meta=", "=device", "device,plain", "Meta=device,", "Meta=a,Meta=b"])
def test_a_setting_that_names_no_cut_is_explained(text: str) -> None:
    with pytest.raises(
        WrongSetting, match=r"DASHBOARD_CUT is “.*”; it must be a cut for every platform or by platform"
    ):
        from_environment({"DASHBOARD_CUT": text})


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ((("", "device"),), ""),
        ((("", "placement"),), "names “placement”, a cut that these data do not have: there are campaign, campaign"),
        ((("Meta", "plain"), ("Google", "plain")), "names “plain” for Google, .* there are no data of Google."),
    ],
)
def test_a_cut_that_no_data_has_is_said_and_stops_nothing(
    tmp_path: Path, named: NamedCuts, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = str(tmp_path / "facts")
    frame = table({("1", DAYS[0], "campaign"), ("1", DAYS[0], "campaign+device")}, 1)
    write_deltalake(path, frame.assign(currency="USD"))
    with caplog.at_level(logging.WARNING, "facts.source"):
        source = Source(path, engine=Engine(cut=named))
    facts = source.current()
    source.close()

    assert facts is not None
    cut = "campaign" if says.startswith("names “placement”") or "plain" in says else "campaign+device"
    assert spend(facts, {}, ()) == DeltaTable(path).to_pandas().groupby("cut")["spend"].sum()[cut]
    assert re.search(says, caplog.text) if says else not caplog.records


def test_the_demo_has_no_cut_to_name(facts_path: Path) -> None:
    sentence = load(facts_path, engine=Engine(cut=(("", "device"),))).side.missing_cut
    assert sentence.startswith("DASHBOARD_CUT names a cut, and these data have none")


def test_on_disk_one_cut_a_day_is_summed_and_several_are_refused_or_read_into_memory(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    one, several = str(tmp_path / "one"), str(tmp_path / "several")
    plain = {("1", DAYS[0], "campaign"), ("3", DAYS[1], "campaign+device")}
    write_deltalake(one, table(plain, 1).assign(currency="USD"))
    write_deltalake(several, table({*plain, ("1", DAYS[0], "campaign+device")}, 1).assign(currency="USD"))
    on_disk = Engine(kind="duckdb", cut=(("", "device"),))

    summed, unnamed = load(one, engine=on_disk), load(one, engine=Engine(kind="duckdb", cut=(("", "placement"),)))
    assert isinstance(summed, LazyFacts)
    for grouping in ((), ("device",), ("platform",)):
        in_memory = load(one, engine=Engine(cut=on_disk.cut))
        assert spend(summed, {}, grouping) == spend(in_memory, {}, grouping)
    assert summed.side.missing_cut == ""
    assert "names “placement”, a cut that these data do not have: there are campaign, campaign+device." in (
        unnamed.side.missing_cut
    )
    with pytest.raises(DataProblem, match=r"tells the same days in several cuts.* set DASHBOARD_ENGINE=memory"):
        load(several, engine=on_disk)
    with caplog.at_level(logging.WARNING, "facts.source"):
        read = load(several, engine=Engine(memory_rows=0, cut=on_disk.cut))
    assert "is read into memory" in caplog.text
    sums = DeltaTable(several).to_pandas().groupby(["account", "cut"])["spend"].sum()
    assert spend(read, {}, ()) == sums["1", "campaign+device"] + sums["3", "campaign+device"], "the cut that is named"
    for each in (summed, unnamed):
        each.close()
