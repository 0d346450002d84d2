"""A report for a role is what somebody with this role would download."""

import io
from pathlib import Path

import pytest

from access.policy import IMPORT, read_policy
from app import create_app
from cli import main
from facts.source import Source
from pages import GIVEN, PAGES
from settings import from_environment
from tests.access.signing import Provider
from tests.test_report import cells

ROOT = Path(__file__).parent.parent.parent


def test_every_role_of_the_shipped_policy_gets_the_report_that_it_would_download(
    environment: dict[str, str], provider: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = {**environment, "DASHBOARD_POLICY": str(ROOT / "deploy/policy.toml")}
    for name, value in shipped.items():
        monkeypatch.setenv(name, value)
    source, out = Source(environment["DASHBOARD_FACTS"]), tmp_path / "report.xlsx"
    client = create_app(from_environment(shipped), source).server.test_client()
    roles, figures = read_policy(shipped["DASHBOARD_POLICY"], GIVEN).roles, {page.key for page in PAGES}
    assert any(IMPORT in role.pages for role in roles)
    for role in roles:
        headers = {"X-Auth-Id-Token": provider.token(sorted(role.groups))}
        for page in figures:
            done = main(["report", "--page", page, "--role", role.name, "--out", str(out)])
            assert (done == 0) == (page in role.pages), (role.name, page)
            if done == 0:
                answer = client.get(f"/data/{page}.xlsx", headers=headers)
                assert cells(out) == cells(io.BytesIO(answer.data)), (role.name, page)
    source.close()
