"""In which encoding a text is, where nothing in its bytes says so, and line ends and headers of old programs."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.read.report_file import read_file

File = Callable[..., Path]

META = "Campaign name,Day,Amount spent ({}),Impressions,Link clicks\n{},2025-07-01,5,10,1\n"


@pytest.mark.parametrize(
    ("text", "encoding", "campaign"),
    [
        (
            "Nazwa kampanii,Dzień,Wydana kwota (PLN),Kliknięcia linku\nŻółta łódź,2025-07-01,5,1\n",
            "cp1250",
            "Żółta łódź",
        ),
        (META.format("PLN", "Zażółć gęślą jaźń"), "cp1250", "Zażółć gęślą jaźń"),
        (META.format("EUR", "Zażółć gęślą jaźń"), "cp1250", "Zażółć gęślą jaźń"),
        (META.format("CZK", "Zimní výprodej – křesla"), "cp1250", "Zimní výprodej – křesla"),
        (META.format("HUF", "Őszi akció – fűtés"), "cp1250", "Őszi akció – fűtés"),
        (META.format("EUR", "Été à Zürich – œuvre"), "cp1252", "Été à Zürich – œuvre"),
        ("Kampagnenname,Tag,Ausgegebener Betrag (EUR),Link-Klicks\nÄpfel,2025-07-01,5,1\n", "cp1252", "Äpfel"),
        (
            "Kampanya Adı,Gün,Harcanan Tutar (TRY),Bağlantı Tıklamaları\nKış İndirimi,2025-07-01,5,1\n",
            "cp1254",
            "Kış İndirimi",
        ),
        ("Gün,Kampanya,Maliyet,Göstr.\n2025-07-01,Kış İndirimi,5,1\n", "cp1254", "Kış İndirimi"),
        ("日,キャンペーン名,消化金額 (JPY),リンクのクリック\n2025/07/01,夏のセール,500,1\n", "cp932", "夏のセール"),
        (META.format("JPY", "夏のセール"), "cp932", "夏のセール"),
    ],
)
def test_old_encodings_are_told_by_what_reports_hold(file: File, text: str, encoding: str, campaign: str) -> None:
    (found,) = read_file(file(text.encode(encoding)))
    assert list(found.frame["campaign"]) == [campaign]
    assert found.frame["spend"].sum() == (500 if "500" in text else 5)


def test_lines_that_end_as_on_an_old_mac(file: File) -> None:
    text = META.format("EUR", "A") + "B,2025-07-02,6,10,1\n"
    (found,) = read_file(file(text.replace("\n", "\r").encode()))
    assert found.frame["spend"].sum() == 11
    assert list(found.frame["campaign"]) == ["A", "B"]


def test_headers_are_cleaned_as_cells_are(file: File) -> None:
    header = ",".join(f'"=""{each}"""' for each in META.splitlines()[0].format("EUR").split(","))
    (found,) = read_file(file(f'{header}\n"=""A""","=""2025-07-01""","=""5""",10,1\n'))
    assert found.frame["spend"].sum() == 5
    assert set(found.frame["currency"]) == {"EUR"}
