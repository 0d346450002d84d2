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
from tests.access import own_pages
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


@pytest.fixture
def with_own_page(environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Settings with a page of somebody's own that the policy gives to roles."""
    policy = tmp_path / "policy.toml"
    policy.write_text(own_pages.POLICY)
    folder = own_pages.put_page(tmp_path / "own")
    settings = {**environment, "DASHBOARD_POLICY": str(policy), "DASHBOARD_PAGES": str(folder)}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return settings


def test_a_policy_that_gives_a_page_of_somebodys_own_gives_reports_of_ours(
    with_own_page: dict[str, str], provider: Provider, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = Source(with_own_page["DASHBOARD_FACTS"]), tmp_path / "report.xlsx"
    client = create_app(from_environment(with_own_page), source).server.test_client()
    token = provider.token([own_pages.ROLES["watcher"]])
    downloaded = client.get("/data/cfo.xlsx", headers={"X-Auth-Id-Token": token}).data

    assert main(["report", "--page", "cfo", "--role", "watcher", "--out", str(out)]) == 0
    assert cells(out) == cells(io.BytesIO(downloaded))
    for role, page, says in (
        ("europe", "cfo", "The role “europe” may not see the page “cfo”."),
        ("watcher", "margin", "There is no page “margin” with figures; there are executive, cmo, cfo."),
    ):
        assert main(["report", "--page", page, "--role", role, "--out", str(out)]) == 1
        assert says in capsys.readouterr().err
    source.close()


@pytest.mark.long
def test_a_drawn_report_needs_no_page_of_somebodys_own(with_own_page: dict[str, str], tmp_path: Path) -> None:
    own_pages.put_page(Path(with_own_page["DASHBOARD_PAGES"]), "register_page(  # which is no Python")
    out = tmp_path / "report.html"

    assert main(["report", "--page", "cfo", "--role", "watcher", "--out", str(out)]) == 0

    text = out.read_text()
    assert 'data-metric="profit"' in text
    assert "Margin watch" not in text
