"""The unit tests of the browser's code (`*.test.mjs`), run by Node's own test runner and reported by their names."""

import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.js.node import HERE, NODE

FILES = sorted(HERE.glob("*.test.mjs"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name.removesuffix(".test.mjs"))
def test_unit(file: Path, subtests: pytest.Subtests) -> None:
    run = subprocess.run([NODE, "--test", "--test-reporter=junit", str(file)], capture_output=True, text=True)
    cases = list(ElementTree.fromstring(run.stdout).iter("testcase"))
    assert cases, run.stdout + run.stderr
    for case in cases:
        with subtests.test(case.attrib["name"]):
            failures = [failure.text for failure in case.findall("failure")]
            assert not failures, failures[0]
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_pure_module_has_its_tests() -> None:
    assert {file.name for file in FILES} >= {
        f"{name}.test.mjs" for name in ("address", "agreement", "format", "labels", "legend", "margins", "view")
    }
