"""A page's workbook, read back: what it computes is what it shows, and what it shows is what the page shows."""

import io
import re
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from openpyxl.worksheet.worksheet import Worksheet

from components.visuals import Visual
from kpi.bridge import LABELS
from kpi.metrics import METRICS
from pages import PAGES
from tests.asking import view

WITH_FIGURES = [page for page in PAGES if page.visuals]
QUERY = "platform=Amazon,Google,Meta&last=12w&grain=week&compare=none"


def books(body: bytes) -> tuple[Any, Any]:
    """The workbook with its formulas, and with the values that stand in them."""
    return openpyxl.load_workbook(io.BytesIO(body)), openpyxl.load_workbook(io.BytesIO(body), data_only=True)


def computed(sheet: Worksheet, formula: str) -> Any:
    """What a spreadsheet makes of a formula: sums of ranges, differences, products, quotients, guards by IF."""
    if summed := re.fullmatch(r"=SUM\((\w+:\w+)\)", formula):
        return sum(each.value or 0 for (each,) in sheet[summed[1]])
    if guarded := re.fullmatch(r'=IF\((\w+)=0,"",(.+)\)', formula):
        return "" if value(sheet, guarded[1]) == 0 else computed(sheet, f"={guarded[2]}")
    if turned := re.fullmatch(r'=IF\((\w+)\*(\w+)<0,"",(.+)\)', formula):
        signs = value(sheet, turned[1]) * value(sheet, turned[2])
        return "" if signs < 0 else computed(sheet, f"={turned[3]}")
    plain = re.sub(r"\b[A-Z]\d+\b", lambda place: repr(float(value(sheet, place[0]))), formula[1:])
    assert re.fullmatch(r"[-+*/().\deABS]+", plain), formula
    return eval(plain.replace("ABS", "abs"))


def value(sheet: Worksheet, place: str) -> Any:
    cell = sheet[place]
    return computed(sheet, cell.value) if cell.data_type == "f" else cell.value


@pytest.mark.parametrize("of", WITH_FIGURES, ids=lambda page: page.key)
@pytest.mark.parametrize("query", ["", QUERY, "region=Europe&segment=Retargeting&compare=year"])
def test_formulas_give_what_stands_in_them_and_on_the_page(client: FlaskClient, of: Any, query: str) -> None:
    page = of
    answer = client.get(f"/data/{page.key}.xlsx?{query}")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{page.key}.xlsx"'
    live, still = books(answer.data)
    seen = view(client, page.key, query).json
    assert len(live.sheetnames) == len(page.visuals) + 1
    formulas = 0
    for visual, name in zip(page.visuals, live.sheetnames[1:], strict=True):
        sheet, values = live[name], still[name]
        assert "could not be made" not in str(sheet["A1"].value), visual.name
        assert sheet.freeze_panes.endswith("2")
        assert (sheet.print_title_rows, sheet.page_setup.fitToHeight) == ("$1:$1", 0)
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    formulas += 1
                    assert computed(sheet, cell.value) == pytest.approx(values[cell.coordinate].value, rel=1e-9)
        rows = client.get(f"/data/{page.key}/{visual.name}.json?{query}").json["rows"]
        same_figures(visual, rows, values)
        if total := seen["visuals"][visual.name].get("total"):
            last = [cell.value for cell in values[values.max_row]]
            first = len(visual.needs[0])  # the keys; what the rows are compared with has no total, as groups have ended
            assert last[0] == "Total"
            assert last[first : first + len(total)] == pytest.approx(total, rel=1e-9)
            assert set(last[first + len(total) :]) <= {None}
    assert formulas > 5 or page.key == "executive"  # whose cards have changes alone to compute


def same_figures(visual: Visual, rows: list[dict[str, Any]], sheet: Worksheet) -> None:
    names = list(dict.fromkeys([*visual.columns, *(name for row in rows for name in row)]))
    for line, row in enumerate(rows, 2):
        for column, name in enumerate(names, 1):
            wanted, found = row.get(name), sheet.cell(line, column).value
            if name in ("date", "baseline_date") and wanted is not None:
                found = found.date().isoformat()
            elif name == "metric":
                wanted = METRICS[wanted].label
            elif name == "factor":
                wanted = LABELS[wanted]
            assert found == (pytest.approx(wanted, rel=1e-12) if isinstance(wanted, float) else wanted), (
                visual.name,
                name,
            )


def test_the_parts_of_ratios_are_live(client: FlaskClient) -> None:
    live, _ = books(client.get("/data/cfo.xlsx").data)
    summary = live["Platform summary"]
    heads = [cell.value for cell in summary[1]]
    totals = {head: cell.value for head, cell in zip(heads, summary[summary.max_row], strict=True)}
    assert totals["Spend"] == "=SUM(E2:E5)"
    assert totals["Weighted ROAS"] == '=IF(E6=0,"",F6/E6)'
    assert totals["ROI"] == '=IF(E6=0,"",G6/E6)'
    assert totals[METRICS["cpa"].label] == '=IF(D6=0,"",E6/D6)'
    assert summary["E2"].number_format == '"$"#,##0;"−$"#,##0'
    about = [[cell.value for cell in row] for row in live["Filters and definitions"].iter_rows()]
    assert ["Days", "Sep 1 – 28, 2025 (28 days)", None] in about
    assert "Demo data: a company that does not exist" in [row[1] for row in about]
    assert any(row[0] == "ROI" and row[2].endswith("/ spend") for row in about)


def test_nothing_matches_is_said_and_a_strange_address_too(client: FlaskClient) -> None:
    live, _ = books(client.get("/data/executive.xlsx?platform=%3Dcmd()&last=9z&region=Latin%20America&device=TV").data)
    about = [str(cell.value) for row in live["Filters and definitions"].iter_rows() for cell in row]
    assert any("There is no platform “=cmd()” in the data" in text for text in about)
    assert all(cell.data_type != "f" for sheet in live for row in sheet.iter_rows() for cell in row if not cell.value)
    assert client.get("/data/nothing.xlsx").status_code == 404
    assert client.get("/data/glossary.xlsx").status_code == 404
