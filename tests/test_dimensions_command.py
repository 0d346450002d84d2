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
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


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
        (PNG, ["FILE"], "rules.toml: this is a PNG picture, not a text: rules are a TOML file"),
        (RULES, ["FILE", "--undo"], "leave the FILE out"),
        (None, ["--undo"], "there is nothing to undo"),
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
    content: str | bytes | None,
    arguments: list[str],
    sentence: str,
) -> None:
    file = tmp_path / "rules.toml"
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())

    assert cli.main(["dimensions", *(str(file) if each == "FILE" else each for each in arguments)]) == 1

    assert sentence in capsys.readouterr().err
    assert [each for each in table.parent.iterdir() if "dimensions" in each.name] == []


def test_kept_rules_are_listed_and_undone_one_change_after_the_other(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, other = tmp_path / "rules.toml", RULES.replace("brand", "line")
    for text in (RULES, other):
        file.write_text(text)
        assert cli.main(["dimensions", str(file), "--keep"]) == 0
    rules_path(table).write_text(f"{other}# a note\n")  # by hand
    file.write_text(RULES.replace("Meta", "Bing"))
    capsys.readouterr()
    assert cli.main(["dimensions", str(file), "--keep"]) == 0
    said = capsys.readouterr().out
    assert "warning: brand, rule 1 (“Brand”): no platform here is called “Bing”; there are Meta, Google" in said

    assert cli.main(["dimensions", "--history"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.split()[-1] for line in told] == ["brand", "line", "line", "brand"]
    assert "by hand" in told[1]

    for wanted in (f"{other}# a note\n", other, RULES, ""):
        assert cli.main(["dimensions", "--undo"]) == 0
        assert rules_path(table).read_text() == wanted
    assert "no dimensions of your own again" in capsys.readouterr().out
    assert "x.brand" not in load(table).options(ALL_ROWS)
    assert cli.main(["dimensions", "--undo"]) == 1


def test_rules_that_somebody_broke_or_removed_are_undone_to_those_before(table: Path, tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text(RULES)
    assert cli.main(["dimensions", str(tmp_path / "rules.toml"), "--keep"]) == 0
    for broken in ("[[brand", None):
        rules_path(table).unlink() if broken is None else rules_path(table).write_text(broken)
        assert cli.main(["dimensions", "--history"]) == 0
        assert cli.main(["dimensions", "--undo"]) == 0
        assert rules_path(table).read_text() == RULES
    assert cli.main(["dimensions", "--undo"]) == 0
    assert rules_path(table).read_text() == ""
