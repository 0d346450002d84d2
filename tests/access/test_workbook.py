"""A workbook is guarded like the page it is of."""

import io
import logging
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from access.policy import Policy
from kpi.metrics import METRICS


def test_a_workbook_holds_what_its_reader_may_see_and_leaves_an_audit_line(
    ask: Callable[..., Any], policy: Policy, caplog: pytest.LogCaptureFixture
) -> None:
    assert ask("marketing", "/data/cfo.xlsx").status_code == 403
    assert ask(None, "/data/cmo.xlsx").status_code == 403
    with caplog.at_level(logging.INFO, logger="dashboard.audit"):
        body = ask("agency", "/data/cfo.xlsx").data
    (line,) = [record.told for record in caplog.records if record.message == "export"]
    assert (line["page"], line["kind"], line["subject"]) == ("cfo", "xlsx", "u-agency")
    hidden = next(role for role in policy.roles if role.name == "agency").hides
    words = {METRICS[key].label for key in hidden}
    texts = {
        str(cell.value)
        for sheet in openpyxl.load_workbook(io.BytesIO(body))
        for row in sheet.iter_rows()
        for cell in row
    }
    assert words.isdisjoint(texts)
    assert "Meta" in texts
    assert not texts & {"Google", "Amazon", "TikTok"}
