"""`marketing-dashboard alerts`: what crosses a threshold, once for each cause."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from deltalake import DeltaTable, write_deltalake

from cli import main
from report.alert_rules import WrongRule, read_rule
from tests.access.conftest import POLICY
from tests.test_digest import Mailbox, digest, mailbox, rewrite, without_costs  # noqa: F401

Alerts = Callable[..., int]
RULE = "roas < 2 by platform"


@pytest.fixture
def alerts(digest: Callable[..., int]) -> Alerts:  # noqa: F811
    """Runs the command over a copy of the demo's facts, with a mail server."""
    return lambda *arguments: main(["alerts", *arguments])


def crossed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)["alerts"]
    return found


def test_what_crosses_is_what_the_rows_say(alerts: Alerts, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert alerts("--json", "--when", RULE, "--when", "profit < 0 by campaign", "--query", "last=28d") == 3
    found = crossed(capsys)

    frame = DeltaTable(tmp_path / "data/facts").to_pandas().astype({"date": "datetime64[us]"})
    frame = frame[frame["date"] >= "2025-09-01"]
    frame["profit"] = frame["revenue"] - frame["cogs"] - frame["variable_costs"] - frame["spend"]
    by_platform = frame.groupby("platform", observed=True)[["revenue", "spend"]].sum()
    roas = by_platform["revenue"] / by_platform["spend"]
    profit = frame.groupby(["platform", "campaign"], observed=True)["profit"].sum()
    expected = {(RULE, name) for name in roas[roas < 2].index}
    expected |= {("profit < 0 by campaign", *key) for key in profit[profit < 0].index}
    assert {(each["rule"], *each["group"].values()) for each in found} == expected  # type: ignore[attr-defined]
    assert len({each["rule"] for each in found}) == 2
    assert all(str(each["address"]).startswith("https://dash.example.com/?platform=") for each in found)


def test_each_is_told_of_a_cause_once_and_again_after_it_was_over(
    alerts: Alerts,
    mailbox: Mailbox,  # noqa: F811
    tmp_path: Path,
) -> None:
    arguments = ("--when", RULE, "--to", "cmo@example.com")
    assert alerts(*arguments) == 3
    assert alerts(*arguments) == 3
    assert alerts(*arguments, "--to", "cfo@example.com") == 3
    assert [mail["To"] for mail in mailbox.mails] == ["cmo@example.com", "cfo@example.com"]
    assert "ROAS" in mailbox.mails[0]["Subject"]
    assert "platform=TikTok" in mailbox.mails[0].get_content()

    for factor in (3.0, 1 / 3):
        table = DeltaTable(tmp_path / "data/facts")
        frame = table.to_pandas()
        frame["revenue"] *= factor
        write_deltalake(table, frame, mode="overwrite", partition_by=table.metadata().partition_columns)
        assert alerts(*arguments) == (0 if factor > 1 else 3)
    assert [mail["To"] for mail in mailbox.mails[2:]] == ["cmo@example.com"]


def test_a_change_has_its_threshold_in_percent(alerts: Alerts, capsys: pytest.CaptureFixture[str]) -> None:
    assert alerts("--json", "--when", "revenue change > -99%") == 3
    (one,) = crossed(capsys)
    assert one["group"] == {}
    assert one["baseline"]
    assert alerts("--json", "--when", "revenue change > -99%", "--query", "compare=none") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["alerts"] == []
    assert said["not_judged"] == [{"rule": "revenue change > -99%", "reason": "there are no days to compare with"}]


def test_what_comes_from_nothing_grew_beyond_every_percentage(
    alerts: Alerts, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def begins_late(frame: pd.DataFrame) -> None:
        early = (frame["platform"] == "Meta") & (pd.to_datetime(frame["date"]) < "2025-09-22")
        frame["platform"] = frame["platform"].astype(str).mask(early, "Google")

    rewrite(tmp_path / "data/facts", begins_late)
    assert alerts("--json", "--when", "spend change > 500% by platform") == 3
    (one,) = crossed(capsys)
    assert one["group"] == {"platform": "Meta"}
    assert "from nothing" in str(one["text"])


def test_what_cannot_be_judged_is_said(
    alerts: Alerts, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewrite(tmp_path / "data/facts", without_costs)
    monkeypatch.setenv("DASHBOARD_PROVISIONAL", "Meta=3")
    rules = ["profit < 0 by campaign", "revenue change > 10%", "revenue change > -99% by platform"]
    arguments = [word for rule in rules for word in ("--when", rule)]
    assert alerts("--json", *arguments) == 3
    said = json.loads(capsys.readouterr().out)
    assert {each["rule"] for each in said["alerts"]} == set(rules[2:])
    assert "Meta" not in {each["group"]["platform"] for each in said["alerts"]}
    restated = "Meta may still restate these days"
    reasons = ["Profit has no value", restated, restated]
    assert [(each["rule"], each["reason"]) for each in said["not_judged"]] == list(zip(rules, reasons, strict=True))
    assert alerts(*arguments[:4]) == 0
    out = capsys.readouterr().out
    assert "Nothing that could be judged crosses" in out
    assert "Not judged: “profit < 0 by campaign”: Profit has no value." in out


def test_one_who_is_refused_stops_nobody_and_is_told_by_the_next_run(
    alerts: Alerts,
    mailbox: Mailbox,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    mailbox.refuses = {"gone@example.com"}
    arguments = ("--when", RULE, "--to", "gone@example.com", "--to", "cfo@example.com")
    assert alerts(*arguments) == 1
    assert "refused the recipient gone@example.com" in capsys.readouterr().err
    mailbox.refuses = set()
    assert alerts(*arguments) == 3
    assert [mail["To"] for mail in mailbox.mails] == ["cfo@example.com", "gone@example.com"]
    mail = mailbox.mails[0]
    assert mail["Date"]
    assert "Sep 22 – 28, 2025" in mail.get_content()

    mailbox.breaks = True
    lost = ("--when", RULE, "--to", "cto@example.com")
    assert alerts(*lost) == 1
    assert "Nobody knows whether it arrived" in capsys.readouterr().err
    mailbox.breaks = False
    assert alerts(*lost) == 3
    assert len(mailbox.mails) == 2


def test_a_mail_names_filters_and_cuts_very_long_names(
    alerts: Alerts,
    mailbox: Mailbox,  # noqa: F811
    tmp_path: Path,
) -> None:
    def change(frame: pd.DataFrame) -> None:
        frame["campaign"] = frame["campaign"].astype(str).where(frame["platform"] != "Meta", "N" * 5000)

    rewrite(tmp_path / "data/facts", change)
    rule = ("--when", "spend > 1 by campaign", "--query", "last=7d&platform=Meta")
    assert alerts(*rule, "--to", "cfo@example.com") == 3
    (mail,) = mailbox.mails
    text = re.sub(r"https?://\S+", "", mail.get_content())
    assert "What crosses a threshold (Meta; Sep 22 – 28, 2025):" in text
    assert f"Meta, {'N' * 120}…: Spend" in text
    assert len(mail["Subject"]) < 250


def test_what_was_told_is_kept_or_it_is_said(
    alerts: Alerts,
    mailbox: Mailbox,  # noqa: F811
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ("--when", RULE, "--to", "cfo@example.com")
    told = tmp_path / "state/alerts.json"
    assert alerts(*arguments) == 3
    told.write_bytes(b"\xff{")
    assert alerts(*arguments) == 3
    assert "alerts.json was damaged and is now alerts.json.damaged-" in capsys.readouterr().err
    (aside,) = told.parent.glob("alerts.json.damaged-*")
    assert aside.read_bytes() == b"\xff{"
    assert len(mailbox.mails) == 2

    told.unlink()
    told.mkdir()
    assert alerts(*arguments) == 1
    assert "What was told cannot be kept in DASHBOARD_STATE (Is a directory)" in capsys.readouterr().err
    assert len(mailbox.mails) == 2


def test_a_role_is_told_of_its_rows_and_metrics_alone(
    alerts: Alerts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY)
    monkeypatch.setenv("DASHBOARD_POLICY", str(policy))
    assert alerts("--when", "revenue > 1 by platform") == 1
    assert alerts("--when", "spend > 1 by platform", "--role", "agency") == 1
    assert "may not see “spend”" in capsys.readouterr().err
    assert alerts("--json", "--when", "revenue > 1 by platform", "--role", "agency") == 3
    assert [each["group"] for each in crossed(capsys)] == [{"platform": "Meta"}]


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("roas", "is no threshold such as"),
        ("rocas < 2", "“rocas” is no metric"),
        ("mer < 2", "“mer” is no metric that alerts know"),
        ("roas < 2 by channel", "“channel” is no dimension"),
        ("margin < 12", "must end in a value in %"),
        ("roas < 200%", "must have a value without %"),
        ("profit change < -20", "must end in a value in %"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_in_a_sentence(rule: str, sentence: str) -> None:
    with pytest.raises(WrongRule, match=sentence):
        read_rule(rule)
