"""`marketing-dashboard digest`: through a real mail server on the loopback device, and a real receiver of webhooks."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from aiosmtpd.controller import Controller
from deltalake import DeltaTable, write_deltalake
from flask.testing import FlaskClient

from app import create_app
from cli import main
from facts.delta.table_names import path_of
from facts.source import Source
from kpi.units import brief
from report.digest_mail import one_line
from settings import from_environment
from tests.access.conftest import POLICY
from tests.access.stack import free_port
from tests.companies import company

#: Apprise looks for it on older Pythons.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")

PUBLIC = "https://dash.example.com/"
Digest = Callable[..., int]


class Mailbox:
    """What a mail server takes; it goes away instead of answering where it `breaks`, and refuses whom it `refuses`."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.breaks = False
        self.refuses: set[str] = set()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refuses:
            return "550 nobody here is called so"
        envelope.rcpt_tos.append(address)
        return "250 taken"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.breaks:
            server.transport.abort()
        else:
            self.mails.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        return "250 taken"


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def digest(facts_path: Path, tmp_path: Path, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Digest]:
    """Runs the command over a copy of the demo's facts, with a mail server."""
    facts = tmp_path / "data/facts"
    shutil.copytree(facts_path, facts)
    shutil.copytree(path_of(facts_path), path_of(facts))
    server = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    server.start()
    monkeypatch.setenv("DASHBOARD_FACTS", str(facts))
    monkeypatch.setenv("DASHBOARD_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("DASHBOARD_SMTP", f"smtp://127.0.0.1:{server.port}")
    monkeypatch.setenv("DASHBOARD_MAIL_FROM", "dashboard@example.com")
    monkeypatch.setenv("DASHBOARD_PUBLIC_ADDRESS", PUBLIC)
    yield lambda *arguments: main(["digest", *arguments])
    server.stop()


def parts(mail: EmailMessage) -> tuple[str, str]:
    """The text and the HTML of a mail."""
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text
    assert html
    return text.get_content(), html.get_content()


def read_again(facts: Path) -> tuple[FlaskClient, Source]:
    source = Source(facts)
    return create_app(from_environment({"DASHBOARD_FACTS": str(facts)}), source).server.test_client(), source


def test_every_figure_is_that_of_its_address_at_that_version(digest: Digest, mailbox: Mailbox, tmp_path: Path) -> None:
    assert digest("--to", "cfo@example.com", "--query", "last=week-1&platform=Meta,Google") == 0

    (mail,) = mailbox.mails
    text, html = parts(mail)
    assert mail["Subject"].endswith("Google, Meta")
    assert "Sep 22 – 28, 2025" in mail["Subject"]
    client, source = read_again(tmp_path / "data/facts")
    lines = text.splitlines()
    found = [(lines[at - 1], line) for at, line in enumerate(lines) if "-cards." in line]
    assert len(found) == 5
    for line, address in found:
        visual, metric = address.partition("#")[2].split(".")
        query = address.strip().removeprefix(f"{PUBLIC}?").partition("#")[0]
        assert re.search(r"as_of=\d+$", query)
        rows = client.get(f"/data/executive/{visual}.json?{query}").json["rows"]
        (row,) = [row for row in rows if row["metric"] == metric]
        shown = brief(metric, row["value"])
        assert f": {shown}  " in line
        assert f">{shown}</a>" in html
        proof = client.get(f"/proof/executive/{visual}?metric={metric}&{query}")
        assert proof.json["value"] == row["value"]
    source.close()


def test_the_changes_are_the_largest_in_money(digest: Digest, mailbox: Mailbox, tmp_path: Path) -> None:
    assert digest("--to", "cfo@example.com") == 0
    text, _ = parts(mailbox.mails[0])
    section = re.split("\r?\n\r?\n", text.partition("What changed most")[2])[0]
    changes = re.findall(r"- (.*): (?:a |profit )", section)

    frame = DeltaTable(tmp_path / "data/facts").to_pandas().astype({"date": "datetime64[us]"})
    frame["profit"] = frame["revenue"] - frame["cogs"] - frame["variable_costs"] - frame["spend"]
    weeks = [
        frame[frame["date"].between(start, end)].groupby(["platform", "campaign"], observed=True)["profit"].sum()
        for start, end in (("2025-09-22", "2025-09-28"), ("2025-09-15", "2025-09-21"))
    ]
    steps = {f"{platform}, {name}": step for (platform, name), step in (weeks[0] - weeks[1]).abs().items()}
    assert len(steps) > 10
    assert changes == sorted(steps, key=steps.__getitem__, reverse=True)[:3]


def rewrite(facts: Path, change: Callable[[pd.DataFrame], object]) -> None:
    """The rows after `change`, in a new version."""
    table = DeltaTable(facts)
    frame = table.to_pandas()
    change(frame)
    write_deltalake(table, frame, mode="overwrite", partition_by=table.metadata().partition_columns)


def restate(facts: Path, factor: float) -> None:
    """Meta's revenue, otherwise than it was, in a new version."""

    def change(frame: pd.DataFrame) -> None:
        frame.loc[frame["platform"] == "Meta", "revenue"] *= factor

    rewrite(facts, change)


def without_costs(frame: pd.DataFrame) -> None:
    """As platforms report it where nobody stated costs."""
    frame[["cogs", "variable_costs"]] = np.nan


def sent_a_week_later(ledger: Path, *days: str) -> None:
    """The standing query of a week that was sent becomes that of another: what the next digest corrects."""
    ledger.write_text(ledger.read_text().replace(*days))


def test_what_the_last_digest_said_is_corrected_and_its_links_stay(
    digest: Digest, mailbox: Mailbox, tmp_path: Path
) -> None:
    days = ["from=2025-09-08&to=2025-09-14", "from=2025-09-15&to=2025-09-21"]
    ledger = tmp_path / "state/digests.jsonl"
    assert digest("--to", "cfo@example.com", "--query", days[0]) == 0
    sent_a_week_later(ledger, *days)
    first, _ = parts(mailbox.mails[0])
    restate(tmp_path / "data/facts", 1.1)

    assert digest("--to", "cfo@example.com", "--query", days[1]) == 0

    text, html = parts(mailbox.mails[1])
    (told,) = re.findall(r"Ad revenue: (\S+)  ", first)
    said = text.partition("Corrections")[2]
    assert f"Ad revenue of Sep 8 – 14, 2025 was {told} and is now" in said
    assert ": Meta restated." in said
    shown = set(re.findall(r"-cards\.(\w+)", first))
    assert set(json.loads(ledger.read_text().splitlines()[-1])["values"]) == shown
    assert "Spend of" not in said
    assert "Corrections" in html
    client, source = read_again(tmp_path / "data/facts")
    query = re.search(r"\?(\S+)#period-cards.revenue", first)
    assert query
    rows = client.get(f"/data/executive/period-cards.json?{query[1]}").json["rows"]
    source.close()
    assert brief("revenue", next(row["value"] for row in rows if row["metric"] == "revenue")) == told


def test_costs_that_change_are_no_restatement(
    digest: Digest, mailbox: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = ["from=2025-09-08&to=2025-09-14", "from=2025-09-15&to=2025-09-21"]
    monkeypatch.setenv("DASHBOARD_FACTS", str(company("ads only", tmp_path)))
    assert main(["costs", "--margin", "60"]) == 0
    assert digest("--to", "cfo@example.com", "--query", days[0]) == 0
    sent_a_week_later(tmp_path / "state/digests.jsonl", *days)
    assert main(["costs", "--margin", "50"]) == 0

    assert digest("--to", "cfo@example.com", "--query", days[1]) == 0

    assert "All figures are of version" in parts(mailbox.mails[1])[0]
    said = parts(mailbox.mails[1])[0].partition("Corrections")[2]
    assert re.search(r"Profit of Sep 8 – 14, 2025 was .* and is now .*: your costs changed\.", said)
    assert "restated" not in said


def test_without_costs_nothing_is_said_of_profit(digest: Digest, mailbox: Mailbox, tmp_path: Path) -> None:
    rewrite(tmp_path / "data/facts", without_costs)
    assert digest("--to", "cfo@example.com", "--query", "last=week-1&platform=Meta") == 0
    text, _ = parts(mailbox.mails[0])
    section = re.split("\r?\n\r?\n", text.partition("What changed most")[2])[0]
    assert len(re.findall(r"- Meta, .*: .*revenue", section)) == 3
    assert "lost money" not in text
    assert "What to decide" not in text


def test_a_campaign_whose_profit_is_unknown_has_no_change(digest: Digest, mailbox: Mailbox, tmp_path: Path) -> None:
    def costs_end(frame: pd.DataFrame) -> None:
        late = (frame["platform"] == "Meta") & (pd.to_datetime(frame["date"]) >= "2025-09-22")
        frame.loc[late, ["cogs", "variable_costs"]] = np.nan

    rewrite(tmp_path / "data/facts", costs_end)
    assert digest("--to", "cfo@example.com") == 0
    changes = parts(mailbox.mails[0])[0].partition("What changed most")[2].partition("What to decide")[0]
    assert len(re.findall("^- ", changes, re.MULTILINE)) == 3
    assert "- Meta, " not in changes


def test_a_platform_that_may_restate_is_said_to_have_no_change_yet(
    digest: Digest, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHBOARD_PROVISIONAL", "Meta=3")
    assert digest("--to", "cfo@example.com") == 0
    text, _ = parts(mailbox.mails[0])
    assert "- Meta, " not in text.partition("What changed most")[2].partition("What to decide")[0]
    assert "Meta may still restate these days, so none of its changes is told yet." in text


def test_it_leads_with_the_figure_of_the_page(digest: Digest, mailbox: Mailbox, tmp_path: Path) -> None:
    assert digest("--to", "cfo@example.com") == 0
    text, _ = parts(mailbox.mails[0])
    client, source = read_again(tmp_path / "data/facts")
    rows = client.get("/data/executive/period-cards.json?last=week-1").json["rows"]
    source.close()
    order = re.findall(r"-cards\.(\w+)", text)
    assert order[0] == rows[0]["metric"] == "contribution_after_marketing"
    assert order[1:] == ["profit", "revenue", "spend", "roas"]
    assert mailbox.mails[0]["Subject"].startswith("Left after marketing ")
    assert "All figures are of version" not in text
    assert "The shop’s are of its newest days" in text


def test_a_version_that_the_query_names_is_the_one_that_is_sent(
    digest: Digest, mailbox: Mailbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    version = DeltaTable(tmp_path / "data/facts").version()
    restate(tmp_path / "data/facts", 2.0)
    for at, query in enumerate(("last=week-1&platform=Meta", f"last=week-1&platform=Meta&as_of={version}")):
        assert digest("--to", "cfo@example.com", "--query", query, "--again") == 0
        text, _ = parts(mailbox.mails[at])
        assert f"are of version {version + 1 - at} of the data" in text
        assert set(re.findall(r"as_of=(\d+)", text)) == {str(version + 1 - at)}
    assert digest("--to", "cfo@example.com", "--query", "last=week-1&as_of=99999") == 1
    assert "There is no version 99999" in capsys.readouterr().err


def test_what_the_platforms_claim_is_said_to_whom_it_is_shown(
    digest: Digest, mailbox: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roles = "".join(
        f'[roles.{name}]\ngroups = ["{name}"]\npages = ["executive"]\nrows = "all"\nhides = ["{hidden}"]\n'
        for name, hidden in (("all", "ltv"), ("some", "overclaim"))
    )
    policy = tmp_path / "policy.toml"
    policy.write_text(f'contact = "data-team@example.com"\n{roles}')
    monkeypatch.setenv("DASHBOARD_POLICY", str(policy))
    for role in ("all", "some"):
        assert digest("--to", "cfo@example.com", "--role", role) == 0
    texts = [parts(mail)[0] for mail in mailbox.mails]
    assert "Company-wide, the platforms claim" in texts[0]
    assert "claim" not in texts[1]


def test_a_very_long_name_and_marks_of_a_language_do_no_harm(digest: Digest, mailbox: Mailbox, tmp_path: Path) -> None:
    long = "N" * 5000

    def change(frame: pd.DataFrame) -> None:
        best = frame.loc[frame["platform"] == "Meta"].groupby("campaign", observed=True)["revenue"].sum().idxmax()
        frame["campaign"] = frame["campaign"].astype(str).replace(best, long)

    rewrite(tmp_path / "data/facts", change)
    assert digest("--to", "cfo@example.com", "--query", f"last=week-1&platform=Meta&campaign={long}") == 0
    text, html = parts(mailbox.mails[0])
    assert "N" * 120 + "…" in text
    assert "N" * 121 not in re.sub(r"https?://\S+", "", text)
    assert "word-break:break-word" in html
    assert one_line("\u200e\u061c5\u200f \u202e") == "5 \\u202e"


def test_a_role_gets_its_rows_and_metrics_alone(
    digest: Digest,
    mailbox: Mailbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY)
    monkeypatch.setenv("DASHBOARD_POLICY", str(policy))

    assert digest("--to", "agency@example.com") == 1
    assert "--role" in capsys.readouterr().err
    assert digest("--to", "agency@example.com", "--role", "nobody") == 1
    assert digest("--to", "agency@example.com", "--role", "finance-europe") == 1
    assert "may not see the page" in capsys.readouterr().err
    assert digest("--to", "agency@example.com", "--role", "agency") == 0
    (mail,) = mailbox.mails
    text, html = parts(mail)
    assert "Only Meta" in text
    for hidden in ("Google", "Amazon", "TikTok", "Spend:", "ROAS", "spend"):
        assert hidden not in text + html


def test_data_that_are_late_are_not_sent_and_the_owner_is_told(digest: Digest, mailbox: Mailbox) -> None:
    arguments = ("--to", "cfo@example.com", "--owner", "owner@example.com", "--require-through")
    assert digest(*arguments, "yesterday", "--time-zone", "Europe/Berlin") == 1
    (mail,) = mailbox.mails
    assert mail["To"] == "owner@example.com"
    assert "Meta ends on 2025-09-28" in mail.get_content()

    assert digest(*arguments, "2025-09-28") == 0
    assert [each["To"] for each in mailbox.mails[1:]] == ["cfo@example.com"]


#: Of what caniemail.com says that Outlook for Windows and Gmail show; what stands only in <style> is for dark themes.
SUPPORTED = {
    *("background-color", "border", "border-top", "color", "font-family", "font-size", "font-weight"),
    *("line-height", "margin", "max-width", "padding", "text-decoration"),
    "word-break",  # a program that does not know it scrolls a very long name, and loses nothing
}


def test_the_html_is_what_mail_programs_show(digest: Digest, tmp_path: Path) -> None:
    out = tmp_path / "digest.html"
    assert digest("--out", str(out)) == 0
    html = out.read_text()
    assert len(out.read_bytes()) < 100_000
    used = {name.strip() for style in re.findall(r'style="([^"]*)"', html) for name in re.findall(r"([\w-]+):", style)}
    assert used
    assert used <= SUPPORTED
    assert not re.search(r"<(script|img|link|div|svg|form)\b", html)
    assert set(re.findall(r'href="(https?://[^/"]+/)', html)) == {PUBLIC}
    assert len(re.findall(r"<table", html)) == len(re.findall(r'role="presentation"', html)) + len(
        re.findall(r"<table(?![^>]*role)", html)
    )
