"""What the glossary and the tooltips say of a metric."""

from components.glossary import glossary
from components.markup import to_markup
from components.spec import spec
from kpi.glossary import GROUPS, group
from kpi.metrics import METRICS
from kpi.units import USUAL
from pages import PAGES


def test_a_formula_is_told_where_it_says_more_than_the_name():
    tips = spec(PAGES, "/", USUAL, frozenset())["metrics"]
    markup = to_markup(glossary(PAGES, frozenset()))

    assert tips["spend"]["formula"] == ""
    assert tips["ctr"]["formula"] == "clicks / impressions"
    for words in ("sum of spend", "clicks / impressions"):
        assert f'<p class="glossary-formula">{words}</p>' in markup


def test_every_metric_has_a_heading_and_stands_under_it_once():
    markup = to_markup(glossary(PAGES, frozenset()))
    shown = spec(PAGES, "/", USUAL, frozenset())["metrics"]

    assert {group(METRICS[key]) for key in shown} <= set(GROUPS)
    heads = [markup.find(f"<h2>{name}</h2>") for name in GROUPS if any(group(METRICS[key]) == name for key in shown)]
    assert heads == sorted(heads)
    assert -1 not in heads
    for key in shown:
        assert markup.count(f'data-term="{key}"') == 1
        assert max(at for at in heads if at < markup.find(f'data-term="{key}"')) == markup.find(
            f"<h2>{group(METRICS[key])}</h2>"
        )
