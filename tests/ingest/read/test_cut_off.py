"""A text that ends in the middle of its last row is refused; one that only ends without a line end is read."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import cli
from ingest.read.options import Options
from ingest.read.report_file import read_file
from ingest.results import ImportProblem
from ingest.uploaded import answer_request

HEADER = "date,platform,campaign,spend,impressions,clicks,currency\n"
WHOLE = HEADER + "2025-07-01,Meta,a,5,10,1,USD\n"
CUT = WHOLE + "2025-07-02,Meta,a,5,1"
SAID = r"ends in the middle of row 3, so it looks cut off: download it again"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_last_row_that_is_cut_off_is_refused(file: Callable[..., Path], encoding: str, separator: str) -> None:
    with pytest.raises(ImportProblem, match=SAID):
        read_file(file(CUT.replace(",", separator).replace("Meta,a", "Méta,a").encode(encoding)))


@pytest.mark.parametrize("last", ["2025-07-02,Meta,a", '2025-07-02,Meta,"a', '2025-07-02,Meta,"a\n', "2025-07-1"])
def test_so_it_is_wherever_it_is_cut(file: Callable[..., Path], last: str) -> None:
    with pytest.raises(ImportProblem, match=SAID):
        read_file(file(WHOLE + last))


def test_so_is_a_member_of_an_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("cut.csv", CUT)
    with pytest.raises(ImportProblem, match=SAID):
        read_file(tmp_path / "all.zip")


def test_so_is_a_table_with_a_column_for_each_channel(file: Callable[..., Path]) -> None:
    options = Options(columns={"date": "date"}, wide={"spend": "{channel}_S", "impressions": "{channel}_I"})
    text = "DATE,tv_S,web_S,tv_I,web_I\n2025-07-01,1,2,3,4\n2025-07-02,1,2,3"
    with pytest.raises(ImportProblem, match=SAID):
        read_file(file(text), options)
    (found,) = read_file(file(text + ",4"), options)
    assert found.frame["impressions"].sum() == 14


def test_every_way_in_refuses_it_and_writes_nothing(
    file: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path, facts = file(CUT), tmp_path / "data" / "facts"
    monkeypatch.setenv("DASHBOARD_FACTS", str(facts))
    assert cli.main(["import", str(path)]) == 1
    assert "looks cut off" in capsys.readouterr().err
    answer = answer_request({"facts": str(facts), "files": [str(path)], "options": {}, "by": "u"})
    assert "looks cut off" in answer["files"][0]["refused"]
    assert cli.main(["watch", "--once", "--every", "0.01", str(tmp_path)]) == 0
    assert "looks cut off" in (tmp_path / "failed" / "export.csv.report.txt").read_text()
    assert not facts.exists()


@pytest.mark.parametrize(
    ("text", "impressions"),
    [
        (CUT + "0,1,USD", 20),  # whole, without a line end
        (CUT + "\n", 11),  # a row that lacks cells, and ends
        (CUT + "\n\n", 11),
        (WHOLE + "Total,,,5,10", 10),
        (WHOLE + "Total: 1 row", 10),
        (WHOLE + "\nExported on 2025-07-02", 10),
        (HEADER + "2025-07-01,Meta,a,5,10\n2025-07-02,Meta,a,5,10", 20),  # as all its rows
    ],
)
def test_what_only_ends_without_a_line_end_is_read(file: Callable[..., Path], text: str, impressions: int) -> None:
    assert read_file(file(text))[0].frame["impressions"].sum() == impressions
