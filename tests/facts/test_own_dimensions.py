"""Own dimensions filter and group in every engine as if the rows had a column of them."""

import random
import shutil
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from facts import ALL_ROWS, DataProblem
from facts.memory.cuts import of_cuts
from facts.memory.frame import FrameFacts
from facts.own_rules import WrongRules, keep_rules, read_rules, rules_in, rules_path
from facts.source import Source
from kpi.own_dimensions import OTHER
from kpi.schema import DIMENSIONS, IDENTIFIERS, MEASURES
from kpi.selection import Selection, only
from tests.engines import Fill
from tests.facts.test_frame import START, made, wanted
from tests.kpi.test_own_dimensions import fits
from views.own_rules import catches_in

CAMPAIGNS = ["Brand – Spring", "brand [US]", "Générique 50%", "x_brand's", "Shop; --", "Prospecting_DE", "ß Straße"]
PATTERNS = ["*brand*", "*[us]*", "*50%", "??nérique*", "*'s", "*_de", "*STRASSE", "*", "shop*", "nothing"]
GROUPINGS = [
    (),
    ("x.brand",),
    ("date",),
    ("platform", "x.brand"),
    ("x.stage", "x.brand"),
    ("platform", "campaign"),
    ("date", "x.stage"),
]


@pytest.fixture
def facts_copy(facts_path: Path, tmp_path: Path) -> Path:
    """A table of its own, next to which rules can be kept."""
    return Path(shutil.copytree(facts_path, tmp_path / "facts"))


def rules(seed: int) -> tuple[bytes, dict[str, list[tuple[str, list[str], list[str]]]]]:
    """A file of rules at random, and what is in it."""
    draw = random.Random(seed)
    found: dict[str, list[tuple[str, list[str], list[str]]]] = {}
    for name, values in (("brand", ["Brand", "Non-brand"]), ("stage", ["Top, first", "Middle 100%", "End"])):
        found[name] = [
            (draw.choice(values), draw.sample(PATTERNS, 2), draw.choice([["*"], ["Meta"], ["t*", "zeta"]]))
            for _ in range(4)
        ]
    text = "".join(
        f"[[{name}]]\nvalue = '{value}'\ncampaign = {patterns}\nplatform = {on}\n"
        for name, each in found.items()
        for value, patterns, on in each
    )
    return text.encode(), found


def with_values(frame: pd.DataFrame, known: dict[str, list[tuple[str, list[str], list[str]]]]) -> pd.DataFrame:
    """The rows with a column for each own dimension, one row after the other."""

    def value(of: list[tuple[str, list[str], list[str]]], platform: str, campaign: str) -> str:
        for value, patterns, on in of:
            if any(fits(platform, each) for each in on) and any(fits(campaign, each) for each in patterns):
                return value
        return OTHER

    columns = {
        f"x.{name}": [value(of, *row) for row in zip(frame["platform"], frame["campaign"], strict=True)]
        for name, of in known.items()
    }
    return frame.assign(**columns)


def rows(seed: int, count: int = 200) -> pd.DataFrame:
    frame = made(seed, count, 0.2)
    return frame.assign(campaign=np.random.default_rng(seed).choice(CAMPAIGNS, count))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_totals_are_those_of_rows_with_a_column_of_it(fill: Fill, seed: int) -> None:
    text, known = rules(seed)
    frame = rows(seed)
    facts = fill(pa.Table.from_pandas(frame, preserve_index=False), rules=text)
    told = with_values(frame, known)
    end = START + timedelta(days=40)
    asked = [
        {},
        {"x.brand": ["Brand"]},
        {"x.brand": ["Brand", OTHER], "device": ["TV", "Mobile"]},
        {"x.stage": ["End", "Top, first"], "x.brand": ["Non-brand"]},
        {"x.stage": [OTHER], "campaign": CAMPAIGNS[:3]},
        {"x.brand": ["no such value"]},
    ]
    values = facts.options(ALL_ROWS)
    met = 0
    for chosen in asked:
        for scope in ((), only({"region": ["Europe"], "platform": ["Meta", "Zeta"]})):
            selection = Selection(START, end, only(chosen), grain="week")
            found = facts.totals(selection, GROUPINGS, scope)
            for grouping in GROUPINGS:
                sums, groups = wanted(told, selection, scope, grouping)
                met += groups
                assert len(found[grouping]) == groups
                np.testing.assert_allclose(
                    found[grouping][list(sums)].to_numpy(), sums.reindex(found[grouping].index).to_numpy(), rtol=1e-9
                )
    assert met > 100
    assert {name: set(values[name]) for name in ("x.brand", "x.stage")} == {
        name: set(told[name]) for name in ("x.brand", "x.stage")
    }


def test_a_narrowed_reader_is_offered_the_values_of_their_rows_alone(fill: Fill) -> None:
    text = b"[[brand]]\nvalue = 'Secret'\ncampaign = 'launch*'\n[[brand]]\nvalue = 'Known'\ncampaign = 'old*'"
    frame = rows(5, 40).assign(campaign="old thing")
    frame.loc[frame["region"] != "Europe", "campaign"] = "launch of what nobody knows"

    facts = fill(pa.Table.from_pandas(frame, preserve_index=False), rules=text)

    assert facts.options(ALL_ROWS)["x.brand"] == ("Secret", "Known")
    assert facts.options(only({"region": ["Europe"]}))["x.brand"] == ("Known",)
    assert facts.options(only({"region": ["nowhere"]})) == dict.fromkeys((*DIMENSIONS, "x.brand"), ())


def test_rows_in_several_cuts_are_taken_from_the_one_with_campaigns() -> None:
    cut = {"currency": "EUR", "program": "", "account": "a", "platform": "Google", "date": pd.Timestamp(START)}
    texts = dict.fromkeys((*DIMENSIONS, *IDENTIFIERS), "Unknown")
    plain = [{**texts, **cut, "cut": "campaign", "campaign": name, "spend": 10.0} for name in ("Brand 1", "Other 1")]
    devices = [{**texts, **cut, "cut": "device", "device": name, "spend": 10.0} for name in ("TV", "Mobile")]
    frame = pd.DataFrame([dict.fromkeys(MEASURES, np.nan) | row for row in (*plain, *devices)])
    own = rules_in(b"[[brand]]\nvalue = 'Brand'\ncampaign = 'brand*'")

    facts = of_cuts(frame, "v", loaded="", demo=False, currency="EUR", own=own)

    day = Selection(START, START, only({"x.brand": ["Brand"]}))
    assert facts.options(ALL_ROWS)["x.brand"] == ("Brand", OTHER)
    assert facts.totals(day, [(), ("x.brand",)], ALL_ROWS)[()]["spend"].tolist() == [10.0]
    assert facts.own.value("x.brand", ("Google", "Brand 1")) == "Brand"


def test_other_rules_are_another_version_that_a_running_server_takes(facts_copy: Path) -> None:
    source = Source(facts_copy)
    first = source.current()
    assert first is not None
    assert not first.own.dimensions

    keep_rules(rules_path(facts_copy), b"[[stage]]\nvalue = 'All'")
    assert source.refresh()
    second = source.current()
    keep_rules(rules_path(facts_copy), b"[[stage]]\nvalue = 'Everything'")
    assert source.refresh()
    third = source.current()

    assert second is not None
    assert third is not None
    assert [each.options(ALL_ROWS)["x.stage"] for each in (second, third)] == [("All",), ("Everything",)]
    assert len({first.version, second.version, third.version}) == 3
    assert not source.refresh()


def test_wrong_rules_are_refused_and_those_before_stay(facts_copy: Path) -> None:
    keep_rules(rules_path(facts_copy), b"[[stage]]\nvalue = 'All'")
    source = Source(facts_copy)

    rules_path(facts_copy).write_bytes(b"[[stage]]\ncampaign = '*'")

    assert not source.refresh()
    assert "stage, rule 1 has no value" in str(source.cause)
    assert "own dimensions cannot be used" in str(source.problem)
    assert str(facts_copy.parent) not in str(source.problem)
    assert source.current().options(ALL_ROWS)["x.stage"] == ("All",)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("brand = 1", "brand has no rules"),
        ("[[Brand]]\nvalue = 'x'", "cannot be a dimension’s name"),
        ("[['a b']]\nvalue = 'x'", "cannot be a dimension’s name"),
        ("[[brand]]\nvalue = ''", "brand, rule 1 has no value"),
        ("[[brand]]\nvalue = 'x'\nregex = 'y'", "“regex”, which means nothing here"),
        ("[[brand]]\nvalue = 'x'\ncampaign = [1]", "campaign must be a text, or a list of texts"),
        ("[[brand]]\nvalue = 'x'\ncampaign = []", "campaign must be a text, or a list of texts"),
        (f"[[brand]]\nvalue = 'x'\ncampaign = '{'a' * 201}'", "is longer than 200 letters"),
        ("[[brand]]\nvalue = 'x'\n" * 300, "600 patterns; at most 500"),
        ("".join(f"[[a{n}]]\nvalue = 'x'\n" for n in range(13)), "13 dimensions; at most 12"),
        ("[[brand]", "not TOML"),
    ],
)
def test_rules_that_cannot_be_used_are_said_in_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(WrongRules, match=sentence.replace("(", r"\(")):
        keep_rules(tmp_path / "rules.toml", text.encode())
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "rules.toml").write_text(text)
    with pytest.raises(DataProblem, match="The rules "):
        read_rules(tmp_path / "rules.toml")


def test_what_each_rule_catches_adds_up_to_the_whole() -> None:
    frame = rows(7)
    text, known = rules(7)
    facts = FrameFacts(frame, "v")

    found = catches_in(facts, rules_in(text), ALL_ROWS)

    told = with_values(frame, known)
    pairs = told.drop_duplicates(["platform", "campaign"])
    assert [dimension.key for dimension, _ in found] == ["x.brand", "x.stage"]
    for dimension, catches in found:
        assert len(catches) == len(dimension.rules) + 1
        assert catches[-1].rule is None
        for value in {each.value for each in catches}:
            mine = [each for each in catches if each.value == value]
            assert sum(each.campaigns for each in mine) == int((pairs[dimension.key] == value).sum())
            spend = told.loc[told[dimension.key] == value, "spend"].sum()
            assert sum(each.spend for each in mine) == pytest.approx(spend)
            examples = {campaign for each in mine for campaign in each.examples}
            assert examples <= set(zip(told["platform"], told["campaign"], strict=True))
