"""What consoles call devices, countries, genders and ages, and what it is called here."""

from pathlib import Path

import pytest

from ingest.read.report_file import read_file

META = "Campaign name,Day,Amount spent (USD),Impressions,Link clicks\n"


@pytest.mark.parametrize(
    ("field", "header", "values", "expected"),
    [
        ("device", "Impression device", ["iPhone", "iPad", "Desktop"], ["Desktop", "Mobile", "Tablet"]),
        ("device", "Geräteplattform", ["Mobil (App)", "Computer"], ["Desktop", "Mobile"]),
        ("device", "Appareil d'impression", ["Tablette Android", "Smartphone Android"], ["Mobile", "Tablet"]),
        ("device", "Dispositivo de impresión", ["Ordenador", "Teléfono Android"], ["Desktop", "Mobile"]),
        ("region", "Country", ["US", "gb", "unknown"], ["United Kingdom", "United States", "Unknown"]),
        ("region", "Land", ["Vereinigte Staaten", "Deutschland"], ["Germany", "United States"]),
        ("region", "Pays", ["États-Unis", "Allemagne"], ["Germany", "United States"]),
        ("region", "País", ["Estados Unidos", "Atlantis"], ["Atlantis", "United States"]),
        (
            "region",
            "Land",
            ["Duitsland", "Niemcy", "Tyskland", "Germania", "Alemanha", "Almanya", "ドイツ"],
            ["Germany"],
        ),
        ("region", "Land", ["Zweden", "Szwecja", "İsveç", "スウェーデン", "Svezia", "Suécia"], ["Sweden"]),
        ("region", "Region", ["Georgia", "CA"], ["CA", "Georgia"]),
        ("device", "Gerät", ["Telefon komórkowy", "スマートフォン", "Mobiele telefoons"], ["Mobile"]),
        ("device", "Gerät", ["Komputer", "Bilgisayar", "パソコン", "Computers"], ["Desktop"]),
        ("segment", "Gender", ["vrouw", "kobieta", "Kadın", "女性", "donna", "mulher"], ["Female"]),
        ("segment", "Gender", ["weiblich", "FEMALE", "hommes", "unknown"], ["Female", "Male", "Unknown"]),
        ("segment", "Age", ["18 - 24", "AGE_25_34", "65+", "55 and over"], ["18-24", "25-34", "55+", "65+"]),
    ],
)
def test_one_thing_has_one_name_whatever_a_console_calls_it(
    tmp_path: Path, field: str, header: str, values: list[str], expected: list[str]
) -> None:
    path = tmp_path / "export.csv"
    path.write_text(META.replace("Day", f"{header},Day") + "".join(f"A,{v},2025-07-01,1,1,1\n" for v in values))
    (found,) = read_file(path)
    assert sorted(found.frame[field].unique()) == expected
