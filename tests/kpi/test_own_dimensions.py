"""Own dimensions from names: which rule counts, against `fnmatch` in a loop, and how long patterns take."""

import time
from fnmatch import fnmatchcase

from hypothesis import example, given
from hypothesis import strategies as st

from kpi.own_dimensions import OTHER, OwnDimension, Rule, own_values, rules_of
from kpi.selection import only

NAMES = st.text(alphabet="aAbB*?[]!-_ .\\\n|(^$+ßSsÉé☃", max_size=12)
PATTERNS = st.lists(st.text(alphabet="aAbB**??[]!_ .\\\n|(^$+ßsÉé☃", min_size=1, max_size=8), min_size=1, max_size=3)
RULES = st.lists(st.tuples(st.sampled_from(["One", "Two", OTHER]), PATTERNS, PATTERNS | st.just(["*"])), max_size=4)


def fits(name: str, pattern: str) -> bool:
    """By Python's own globs, whose brackets stand for themselves here."""
    return fnmatchcase(name.casefold(), pattern.casefold().replace("[", "[[]"))


@given(rules=RULES, campaigns=st.lists(st.tuples(NAMES, NAMES), max_size=20))
@example([("One", ["*[b]*"], ["*"])], [("Meta", "x [B] y"), ("Meta", "b")])
@example([("One", ["a*b*b"], ["M*"]), ("Two", ["*"], ["*"])], [("meta", "AXB"), ("Meta", "abxb"), ("Google", "abb")])
def test_a_campaign_has_the_value_of_the_first_rule_that_fits(
    rules: list[tuple[str, list[str], list[str]]], campaigns: list[tuple[str, str]]
) -> None:
    dimension = OwnDimension("brand", tuple(Rule(value, tuple(names), tuple(on)) for value, names, on in rules))

    own = own_values([dimension], campaigns)

    for platform, campaign in campaigns:
        wanted = OTHER
        for value, names, on in rules:
            if any(fits(platform, each) for each in on) and any(fits(campaign, each) for each in names):
                wanted = value
                break
        assert own.value("x.brand", (platform, campaign)) == wanted
    assert set(own.known["x.brand"]) == {own.value("x.brand", campaign) for campaign in campaigns}


def test_values_come_in_the_order_of_the_rules_and_the_rest_last() -> None:
    stages = [Rule("Prospecting", ("top*",)), Rule(OTHER, ("none*",)), Rule("Closing", ("end*",))]

    own = own_values([OwnDimension("stage", tuple(stages))], [("P", "end"), ("P", "none"), ("P", "top")])

    assert own.known["x.stage"] == ("Prospecting", "Closing", OTHER)
    assert own.among([("P", "top"), ("Q", "gone")]) == {"x.stage": ("Prospecting",)}


def test_no_pattern_and_no_name_takes_long() -> None:
    """Twice the name takes about twice as long, where a matcher that goes back would take a million times."""
    hostile = (Rule("A", ("*a*a*a*a*a*a*a*a*a*a*a*a*b",)), Rule("B", ("*?*?*?*?*?*?*?*?*?*?*?*?*?*?*!",)))

    def seconds(letters: int) -> float:
        began = time.process_time()
        assert rules_of(OwnDimension("x", hostile), [("P", "a" * letters)] * 20) == [None] * 20
        return time.process_time() - began

    seconds(10)  # the expressions are made
    short, long = min(seconds(20_000) for _ in range(3)), min(seconds(80_000) for _ in range(3))
    assert long < 16 * max(short, 0.001)


def test_an_own_dimension_comes_after_those_of_the_schema_and_own_ones_by_name() -> None:
    assert only({"x.stage": ["b", "a"], "campaign": ["c"], "x.brand": ["d"]}) == (
        ("campaign", ("c",)),
        ("x.brand", ("d",)),
        ("x.stage", ("a", "b")),
    )
