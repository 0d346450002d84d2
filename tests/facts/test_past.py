"""Which version of the shop's days goes with an earlier version of the facts."""

from pathlib import Path

from facts.delta.versions import version_at
from ingest.one_file import How, import_file
from tests.ingest.test_killed import both, statement


def test_a_past_version_goes_with_the_shop_that_it_came_with(tmp_path: Path) -> None:
    """An import of both commits the shop's half first: at that moment the facts before are still the newest."""
    table = tmp_path / "data" / "facts"

    def bring(file: Path) -> None:
        import_file(file, How(table), lambda said: None)

    bring(statement(tmp_path / "0.csv", 7))
    bring(both(tmp_path / "1.zip", 1))
    bring(both(tmp_path / "2.zip", 2))
    bring(statement(tmp_path / "3.csv", 3))
    shop = tmp_path / "shop.csv"
    shop.write_text("date,orders,total_revenue\n2025-07-01,9,9.00\n")
    bring(shop)

    assert [version_at(table, str(number)).shop for number in range(4)] == [None, 0, 1, 2]
