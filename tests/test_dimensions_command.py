"""`marketing-dashboard dimensions`: what rules catch is printed, and they are kept only where that is asked for."""

import shutil
from pathlib import Path

import pytest

import cli
from facts import ALL_ROWS
from facts.own_rules import rules_path
from facts.source import load
from kpi.selection import Selection

RULES = "[[brand]]\nvalue = 'Brand'\ncampaign = '*brand*'\nplatform = ['Meta', 'Google']\n"


@pytest.fixture
def table(facts_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = Path(shutil.copytree(facts_path, tmp_path / "facts"))
    monkeypatch.setenv("DASHBOARD_FACTS", str(copy))
    return copy


def test_rules_are_shown_and_then_kept(table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "rules.toml").write_text(RULES)
    plain = load(table)
    extent, by = plain.extent(), ("platform", "campaign")
    totals = plain.totals(Selection(extent.first, extent.last), [by], ALL_ROWS)[by]
    mine = [p in ("Meta", "Google") and "brand" in c.casefold() for p, c in totals.index]
    count, spend = sum(mine), totals["spend"][mine].sum()

    assert cli.main(["dimensions", str(tmp_path / "rules.toml")]) == 0

    shown = capsys.readouterr().out
    assert f"  Brand: {count} campaigns, spend ${spend:,.0f} (campaign *brand*, on Meta or Google): " in shown
    assert f"  Other: {len(totals) - count} campaigns, " in shown
    assert "Nothing is kept yet" in shown
    assert not rules_path(table).exists()

    assert cli.main(["dimensions", str(tmp_path / "rules.toml"), "--keep"]) == 0
    assert rules_path(table).read_text() == RULES
    assert load(table).options(ALL_ROWS)["x.brand"] == ("Brand", "Other")
    assert load(table).version.startswith(f"{plain.version}~")
    capsys.readouterr()
    assert cli.main(["dimensions"]) == 0
    assert f"  Brand: {count} campaigns" in capsys.readouterr().out
    assert cli.main(["check"]) == 0
    assert "dimension x.brand: Brand, Other" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "arguments", "sentence"),
    [
        ("[[brand]]", ["FILE"], "brand, rule 1 has no value"),
        (None, ["FILE"], "No such file"),
        (None, [], "no rules are kept in"),
        (RULES, ["--keep"], "name the FILE whose rules are to be kept"),
    ],
)
def test_what_cannot_be_shown_is_a_sentence(
    table: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    content: str | None,
    arguments: list[str],
    sentence: str,
) -> None:
    file = tmp_path / "rules.toml"
    if content is not None:
        file.write_text(content)

    assert cli.main(["dimensions", *(str(file) if each == "FILE" else each for each in arguments)]) == 1

    assert sentence in capsys.readouterr().err
    assert not rules_path(table).exists()
