"""What starts and what does not: a demo stays a demo, a wrong setting or policy is explained and shows nothing."""

import re
from pathlib import Path

import pytest
from deltalake import DeltaTable, write_deltalake

from app import admit, create_app
from cli import base_image, main
from facts.protocol import DataProblem
from facts.source import DEMO_NAME, Source, load
from kpi.metrics import METRICS
from settings import SETTINGS, WrongSetting, faults, from_environment
from tests.asking import view


@pytest.fixture
def own_table(facts_path: Path, tmp_path: Path) -> Path:
    """Data that is not the demo's."""
    path = tmp_path / "own"
    write_deltalake(str(path), DeltaTable(str(facts_path)).to_pandas().tail(4000), name="ours")
    return path


def test_check_says_what_an_image_was_built_from(tmp_path: Path) -> None:
    assert base_image(tmp_path) == "", "outside an image"
    (tmp_path / "base-image").write_text("python:3.11-slim-bookworm\n")
    assert base_image(tmp_path).endswith("build with --build-arg BASE=python:3.11-slim-bookworm@sha256:…")
    (tmp_path / "base-image").write_text(pinned := f"python:3.11-slim-bookworm@sha256:{'a' * 64}")
    assert base_image(tmp_path) == f"built from {pinned}"


@pytest.mark.parametrize(
    "settings", [{"DASHBOARD_AUTH": "demo"}, {"DASHBOARD_HOST": "0.0.0.0"}, {"DASHBOARD_HOST": "10.0.0.7"}]
)
def test_data_of_ones_own_is_never_shown_without_a_sign_in_or_key(own_table: Path, settings: dict[str, str]) -> None:
    source = Source(own_table)
    ways = "Set DASHBOARD_AUTH=jwt, with DASHBOARD_AUTH_KEYS.*or DASHBOARD_AUTH=key to look at it alone"
    with pytest.raises(WrongSetting, match=ways):
        create_app(from_environment({"DASHBOARD_FACTS": str(own_table), **settings}), source)
    source.close()


@pytest.mark.parametrize(
    "settings", [{}, {"DASHBOARD_HOST": "::1"}, {"DASHBOARD_AUTH": "key", "DASHBOARD_HOST": "0.0.0.0"}]
)
def test_data_of_ones_own_need_the_key_on_a_loopback_address_or_where_it_is_asked_for(
    own_table: Path, settings: dict[str, str]
) -> None:
    source = Source(own_table)
    client = create_app(from_environment({"DASHBOARD_FACTS": str(own_table), **settings}), source).server.test_client()
    answers = [client.get(path, headers={"Host": "localhost:8050"}) for path in ("/", "/data/cfo.json", "/version")]
    source.close()
    assert [answer.status_code for answer in answers] == [401, 401, 401]


def test_a_key_that_cannot_be_kept_stops_the_start(own_table: Path, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    settings = {"DASHBOARD_FACTS": str(own_table), "DASHBOARD_STATE": str(tmp_path / "state")}
    source = Source(own_table)
    with pytest.raises(WrongSetting, match="name another"):
        create_app(from_environment(settings), source)
    source.close()


def test_a_currency_names_the_demos_money_and_never_that_of_ones_own(facts_path: Path, own_table: Path) -> None:
    own = from_environment({"DASHBOARD_FACTS": str(own_table), "DASHBOARD_CURRENCY": "EUR"})
    facts = load(own_table)
    with pytest.raises(DataProblem, match=r"in USD and DASHBOARD_CURRENCY says EUR. Nothing is converted"):
        admit(facts, own, demo=False)
    demo = from_environment({"DASHBOARD_FACTS": str(facts_path), "DASHBOARD_CURRENCY": "EUR"})
    source = Source(facts_path)
    client = create_app(demo, source).server.test_client()
    assert client.get("/data/cfo/core-cards.json").json["currency"] == "EUR"
    source.close()


def test_it_starts_where_only_its_own_name_is_a_host(facts_path: Path) -> None:
    source = Source(facts_path)
    client = create_app(from_environment({"DASHBOARD_HOSTS": "dash.example.com"}), source).server.test_client()
    assert view(client, "cfo", headers={"Host": "dash.example.com"}).status_code == 200
    assert view(client, "cfo", headers={"Host": "localhost"}).status_code == 400
    source.close()


@pytest.mark.parametrize(("name", "value"), [("LOCALE", "xx-YY"), ("LOCALE", ""), ("CURRENCY", "EURO")])
def test_a_locale_or_currency_that_is_none_is_explained(name: str, value: str) -> None:
    (sentence,) = faults({f"DASHBOARD_{name}": value})
    assert sentence.startswith(f"DASHBOARD_{name} is “{value}”; it must be a ")


def test_own_data_that_arrive_where_only_the_demo_is_shown_are_not_shown(
    facts_path: Path, own_table: Path, tmp_path: Path
) -> None:
    path = tmp_path / "facts"
    write_deltalake(str(path), DeltaTable(str(facts_path)).to_pandas().tail(4000), name=DEMO_NAME)
    source = Source(path)
    client = create_app(from_environment({"DASHBOARD_AUTH": "demo"}), source).server.test_client()
    before = view(client, "cfo").json
    assert "Demo data" in client.get("/").text

    path.rename(tmp_path / "away")
    own_table.rename(path)
    assert not source.refresh()
    after = view(client, "cfo").json
    source.close()

    assert after["data"]["version"] == before["data"]["version"]
    assert after["visuals"] == before["visuals"]
    assert "DASHBOARD_AUTH=jwt" in after["data"]["notice"]
    assert "DASHBOARD_AUTH=key" in after["data"]["notice"]


def test_own_data_that_come_while_an_answer_is_made_for_the_demo_do_not_go_out(
    facts_path: Path, own_table: Path, tmp_path: Path
) -> None:
    """The request was let in to the demo; the figures it is about to be sent are not the demo's."""
    path = tmp_path / "facts"
    write_deltalake(str(path), DeltaTable(str(facts_path)).to_pandas().tail(4000), name=DEMO_NAME)
    source = Source(path)
    server = create_app(from_environment({"DASHBOARD_FACTS": str(path)}), source).server

    def turn() -> None:
        path.rename(tmp_path / "away")
        own_table.rename(path)
        assert source.refresh()

    answers = []
    for _ in range(2):
        client = server.test_client()
        answers.append(client.get("/data/cfo.json"))
        if len(answers) == 1:
            server.before_request_funcs[None].append(turn)  # after the guard
    source.close()

    assert [answer.status_code for answer in answers] == [200, 401]
    assert "rows" not in answers[1].text
    assert answers[1].headers["Cache-Control"] == "no-store"
    assert answers[1].headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"DASHBOARD_AUTH": "none"}, "DASHBOARD_AUTH is “none”; it must be demo, jwt, key, or unset"),
        ({"DASHBOARD_AUTH": "jwt"}, "also needs DASHBOARD_AUTH_KEYS, DASHBOARD_AUTH_ISSUER, DASHBOARD_AUTH_AUDIENCE"),
        ({"DASHBOARD_AUTH_HEADER": "X Y"}, "DASHBOARD_AUTH_HEADER is “X Y”"),
        ({"DASHBOARD_AUTH_KEYS": "ftp://x"}, "DASHBOARD_AUTH_KEYS is “ftp://x”"),
        ({"DASHBOARD_HOSTS": " , "}, "DASHBOARD_HOSTS is"),
        ({"DASHBOARD_HOSTS": "https://a"}, "DASHBOARD_HOSTS is"),
        ({"DASHBOARD_LOG_OUT": "javascript:alert(1)"}, "DASHBOARD_LOG_OUT is"),
        ({"DASHBOARD_LOG_OUT": "//evil.example.com"}, "DASHBOARD_LOG_OUT is"),
        ({"DASHBOARD_LOG": "xml"}, "DASHBOARD_LOG is “xml”"),
    ],
)  # fmt: skip
def test_a_wrong_setting_stops_the_start_and_says_what_to_set(changed: dict[str, str], says: str) -> None:
    with pytest.raises(WrongSetting, match=re.escape(says)):
        from_environment(changed)
    assert len(faults({**changed, "DASHBOARD_PORT": "0"})) == 2


def test_a_policy_that_cannot_be_read_stops_the_start(environment: dict[str, str], tmp_path: Path) -> None:
    source = Source(environment["DASHBOARD_FACTS"])
    for content in (None, "contact = ", "contact = 'x'"):
        path = tmp_path / "policy.toml"
        if content is not None:
            path.write_text(content)
        with pytest.raises(WrongSetting, match="DASHBOARD_POLICY: The policy"):
            create_app(from_environment({**environment, "DASHBOARD_POLICY": str(path)}), source)
    source.close()


OF_META = "Prospecting – Broad – Advantage+ Shopping"


def test_check_finds_roles_that_cannot_work(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(f"""
contact = "data-team@example.com"
[roles.first]
groups = ["a", "b"]
pages = ["cmo"]
rows = "all"
[roles.never]
groups = ["b"]
pages = ["cfo"]
rows = "all"
[roles.closed]
groups = ["c"]
pages = ["import"]
rows = "all"
[roles.bare]
groups = ["d"]
pages = ["cmo"]
rows = "all"
hides = {list(METRICS)}
[roles.empty]
groups = ["e"]
pages = ["cfo"]
rows = {{ platform = ["Google"], campaign = ["{OF_META}"] }}
""")
    for name, value in {**environment, "DASHBOARD_POLICY": str(policy), "DASHBOARD_UPLOAD_LIMIT": "0"}.items():
        monkeypatch.setenv(name, value)
    assert main(["check"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "marketing-dashboard: roles.never.groups: nobody has this role, because first comes first with the same "
        "groups.",
        "marketing-dashboard: roles.closed.pages: there is no import page here, and it opens no other.",
        "marketing-dashboard: roles.bare.hides leaves nothing of the page “cmo”: take the page away.",
        "marketing-dashboard: roles.empty.rows: each value is in the data, but no row has them all.",
    ]


def test_the_shipped_policy_has_no_fault(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped = Path(__file__).parent.parent.parent / "deploy/policy.toml"
    for name, value in {**environment, "DASHBOARD_POLICY": str(shipped)}.items():
        monkeypatch.setenv(name, value)
    assert main(["check"]) == 0
    assert capsys.readouterr().err == ""


def test_check_explains_each_fault(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name.name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    status = main(["check"])
    said = capsys.readouterr()

    assert status == 1
    assert said.err == "marketing-dashboard: roles.nowhere.rows: there is no region “Atlantis” in the data.\n"
    assert "finance-europe: groups grp-fin-emea; pages cfo; rows region Europe" in said.out
    given = "nor shows what would give it away or tells of the whole company: blended_cac, breakeven_roas, cam_margin"
    assert f"hides profit\n          {given}" in said.out
    monkeypatch.setenv("DASHBOARD_AUTH_KEYS", str(tmp_path / "none.json"))
    monkeypatch.setenv("DASHBOARD_POLICY", str(tmp_path / "none.toml"))
    monkeypatch.setenv("DASHBOARD_FACTS", str(tmp_path / "none"))
    assert main(["check"]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 3
    monkeypatch.setenv("DASHBOARD_PORT", "x")
    monkeypatch.setenv("DASHBOARD_AUTH_ISSUER", "")
    assert main(["check"]) == 1
    assert "DASHBOARD_PORT is “x”" in capsys.readouterr().err
