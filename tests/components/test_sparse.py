"""What a selection leaves nothing to compare in, by chapter, with the reason in a sentence."""

import pandas as pd

from components.sparse import left_out
from components.visuals import Visual, chapter
from pages.cfo import CFO

PLATFORM, REGION, PAIR = ("platform",), ("region",), ("platform", "region")


def frames(*pairs: tuple[str, str]) -> dict[tuple[str, ...], pd.DataFrame]:
    index = pd.MultiIndex.from_tuples(pairs, names=PAIR)
    of = {name: index.unique(name) for name in PAIR}
    return {
        PLATFORM: pd.DataFrame(index=of["platform"]),
        REGION: pd.DataFrame(index=of["region"]),
        ("objective",): pd.DataFrame(index=pd.Index(["Retention", "Conversion"])),
        PAIR: pd.DataFrame(index=index),
    }


def names(visuals: list[dict[str, object]]) -> dict[object, object]:
    return {each["chapter"]: each["visuals"] for each in visuals}


def test_nothing_is_left_out_where_there_are_two_of_each() -> None:
    assert left_out(CFO.visuals, frames(("Meta", "Europe"), ("Google", "Asia Pacific"))) == []


def test_one_platform_leaves_out_what_compares_platforms_and_no_more() -> None:
    out = left_out(CFO.visuals, frames(("Meta", "Europe"), ("Meta", "Asia Pacific")))

    assert names(out) == {"Platforms": ["margin-by-platform", "spend-share", "profit-share"]}
    assert out[0]["text"] == (
        "As Meta is the only platform, there is nothing to compare in “Profit margin by platform”, “Share of spend” "
        "and “Share of profit”."
    )


def test_one_platform_in_one_region_leaves_out_their_pairs_too_each_chapter_by_itself() -> None:
    out = left_out(CFO.visuals, frames(("Meta", "Europe")))

    assert names(out) == {
        "Platforms": ["profit-heatmap", "margin-by-platform", "spend-share", "profit-share"],
        "Customers": ["regional-roi"],
    }
    assert out[0]["text"].startswith(
        "As Meta is the only platform and Europe is the only region, there is nothing to compare in “Profit by "
        "platform and region”. As Meta is the only platform, there"
    )
    assert out[1]["text"] == "As Europe is the only region, there is nothing to compare in “ROI by region”."


def test_a_name_turns_no_words_around() -> None:
    shares = [visual for visual in CFO.visuals if visual.name == "spend-share"]
    (out,) = left_out(shares, frames(("Me\u202eta", "Europe")))

    assert out["text"] == "As Meta is the only platform, there is nothing to compare in “Share of spend”."


def test_without_a_metric_a_visual_keeps_its_chapter_and_place() -> None:
    from components.visuals import without

    left: dict[str, Visual] = {visual.name: visual for visual in without(CFO, {"cac"}).visuals}

    table = left["unit-economics"]
    assert "cac" not in table.metrics
    assert (table.chapter, table.choice and table.choice.option) == ("Platforms", "Unit economics")
    assert left["core-cards"].chapter == "Result"


def test_no_chapter_is_called_as_a_visual_and_none_is_in_two_pieces() -> None:
    order = [visual.chapter for visual in CFO.visuals]

    assert list(dict.fromkeys(order)) == [
        "The shop’s own figures",
        "Result",
        "Claimed and banked",
        "Platforms",
        "Customers",
    ]
    assert sorted(order, key=list(dict.fromkeys(order)).index) == order
    assert {title.lower().replace(" ", "-") for title in order}.isdisjoint(visual.name for visual in CFO.visuals)
    assert {visual.chapter for visual in chapter("One", *CFO.visuals)} == {"One"}
