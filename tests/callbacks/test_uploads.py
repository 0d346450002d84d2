"""What a sent file is called where it is kept."""

import pytest

from callbacks.upload_body import plain


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("C:\\Users\\ann\\Meta Juli.csv", "Meta Juli.csv"),
        ("../../.bashrc", "bashrc"),
        ("a\x00b\n.csv", "ab.csv"),
        ("é" * 300 + ".csv", "é" * 98 + ".csv"),
        ("", "file"),
        ("..", "file"),
    ],
)
def test_names_of_files(given: str, name: str) -> None:
    assert plain(given) == name
