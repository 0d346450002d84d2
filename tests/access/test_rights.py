"""Nobody sees what is not theirs: every role, every page, every address, forged by hand."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from dash import Input, Output, callback
from dash._callback import GLOBAL_CALLBACK_LIST, GLOBAL_CALLBACK_MAP
from flask.testing import FlaskClient

from access.policy import Policy, Role, WrongPolicy, policy_of
from access.rights import NOTHING, Admission
from app import create_app
from facts import ALL_ROWS
from facts.source import Source, load
from kpi.derive import tells
from kpi.metrics import METRICS
from pages import EVERY, PAGES
from settings import from_environment
from tests.access.addresses import addresses
from tests.access.conftest import GROUPS
from tests.access.test_cells import ADDRESSES
from tests.asking import json_in, view
from web.callback_guard import OwnPageCallbacks, Unowned
from web.guard import KINDS, complete

KEYS = [page.key for page in PAGES]
Ask = Callable[..., Any]


def words_not_for(role: Role, policy: Policy, options: dict[str, tuple[str, ...]]) -> list[str]:
    """Names of pages, values and metrics that a role may not see."""
    pages = [page.title for page in PAGES if page.key not in role.pages]
    values = [value for dimension, allowed in role.rows for value in options[dimension] if value not in allowed]
    metrics = [name for key in role.hides for name in (METRICS[key].label, METRICS[key].short) if name]
    return [*pages, *values, *metrics]


@pytest.mark.parametrize("role_name", GROUPS)
def test_no_word_of_what_a_role_may_not_see(
    ask: Ask, figures: Ask, company: FlaskClient, policy: Policy, facts_path: Path, role_name: str
) -> None:
    """At any address of the server's map, workbooks opened, and in what the callback answers."""
    role = next(role for role in policy.roles if role.name == role_name)
    facts = load(facts_path)
    own, every = facts.options(role.rows), facts.options(ALL_ROWS)
    every["objective"] = tuple(value for value in every["objective"] if value != "Conversion")  # so is a rate called
    strange = words_not_for(role, policy, every)
    strange += [value for name in every for value in every[name] if value not in own[name]]
    assert bool(strange) == (role_name != "board")  # who sees everything
    texts = {"/nothing": ask(role_name, "/nothing", headers={"Accept": "text/html,*/*"}).text}
    for rule, path, page, methods in addresses(company.application):
        if "GET" not in methods or KINDS[rule] == "open" or path.startswith(("/assets/", "/bundles/", "/_dash-comp")):
            continue
        queries = (*ADDRESSES[:-1], "platform=Nobody") if page and "visual" not in rule else ("",)
        for query in queries:  # not the last: what is asked for is named in the note that it does not exist
            answer = ask(role_name, f"{path}?{query}", headers={"Accept": "text/html,*/*"})
            texts[f"{path}?{query}"] = told(answer.data).replace('"Meta":[]', "")  # a tag of HTML, in Dash's list
    for page in (each.key for each in EVERY):
        for query in (*ADDRESSES[:-1], "platform=Nobody"):
            texts[f"the figures of {page}?{query}"] = figures(role_name, page, query).data.decode()
    found = {
        (path, word)
        for path, text in texts.items()
        for word in strange
        if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", plain(text))
    }
    assert found == set()
    keys = {f'"{key}"' for key in role.hides - {"margin"}}  # "margin" is also what plotly calls the room around a chart
    assert {(path, key) for path, text in texts.items() for key in keys if key in text and "rank=" not in path} == set()


def told(data: bytes) -> str:
    """An answer's text, or the texts of a workbook."""
    if not data.startswith(b"PK"):
        return data.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return "\n".join(unescape(book.read(name).decode()) for name in book.namelist() if "sheet" in name.lower())


def plain(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except ValueError:
        return text


@pytest.mark.parametrize(
    "path", ["/", "/cfo", "/data/cfo.json", "/data/cfo/core-cards.xlsx", "/_dash-layout", "/version", "/x"]
)
def test_without_a_role_everything_is_closed_and_says_whom_to_ask(ask: Ask, path: str) -> None:
    answer = ask(None, path, headers={"Accept": "text/html"})

    assert answer.status_code == 403
    assert "data-team@example.com" in answer.get_data(as_text=True)


def test_a_forbidden_page_says_whom_to_ask_and_what_may_be_opened(ask: Ask, figures: Ask) -> None:
    answer = ask("marketing", "/cfo", headers={"Accept": "text/html"})
    text = answer.get_data(as_text=True)

    assert answer.status_code == 403
    assert "ask data-team@example.com" in text
    assert 'href="/cmo"' in text
    assert "CFO" not in text
    refused = figures("marketing", "cfo")
    assert refused.status_code == 403
    assert refused.json == {"error": "This is not among what you may see. Ask data-team@example.com."}
    assert figures(None, "cfo").json == refused.json


def test_the_first_role_in_the_file_is_the_only_one(policy: Policy) -> None:
    """Rows of one role are never shown with the metrics of another."""
    both = policy.role_of(["grp-fin-emea", "grp-marketing"])

    assert both is not None
    assert both.name == "marketing"
    assert policy.role_of([]) is None
    assert Admission(tuple(KEYS), sign_in=None).rights(None).pages == tuple(KEYS)
    assert Admission(tuple(KEYS), sign_in=object(), policy=policy).rights(None) == NOTHING  # type: ignore[arg-type]


ROLE = {"groups": ["a"], "pages": ["cmo"], "rows": "all"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({}, "contact"),
        ({"contact": "x"}, "no role"),
        ({"contact": "x", "roles": {"a": 1}}, "roles.a is not a table"),
        (
            {"contact": "x", "roles": {"a": {**ROLE, "pages": ["cto"]}}},
            "“cto”, which does not exist: executive, cmo, cfo",
        ),
        ({"contact": "x", "roles": {"a": {**ROLE, "pages": []}}}, "roles.a.pages must be a list"),
        ({"contact": "x", "roles": {"a": {**ROLE, "groups": "a"}}}, "roles.a.groups must be a list"),
        ({"contact": "x", "roles": {"a": {**ROLE, "rows": {}}}}, "roles.a.rows must be"),
        ({"contact": "x", "roles": {"a": {**ROLE, "rows": {"country": ["DE"]}}}}, "“country”, which is no dimension"),
        ({"contact": "x", "roles": {"a": {**ROLE, "rows": {"region": []}}}}, "roles.a.rows.region must be a list"),
        ({"contact": "x", "roles": {"a": {"groups": ["a"], "pages": ["cmo"]}}}, "roles.a.rows must be"),
        ({"contact": "x", "roles": {"a": {**ROLE, "hides": ["profits"]}}}, "“profits”, which does not exist"),
        ({"contact": "x", "roles": {"a": {**ROLE, "metrics": ["roi"]}}}, "“metrics”, which means nothing here"),
        ({"contact": "x", "role": {}}, "“role”, which means nothing here"),
    ],
)
def test_a_policy_that_is_not_clear_is_refused(content: dict[str, Any], says: str) -> None:
    with pytest.raises(WrongPolicy, match=re.escape(says)):
        policy_of(content, KEYS)


def test_a_role_without_rows_in_the_data_sees_that_nothing_matches(figures: Ask) -> None:
    visuals = figures("nowhere", "cmo").json["visuals"]

    assert {visual["state"] for visual in visuals.values()} == {"empty"}


def test_readers_of_different_rights_never_share_an_answer(ask: Ask, figures: Ask) -> None:
    """Neither what the callback answers nor what stands in the document."""
    answers = {role: figures(role, "cmo").data for role in ("board", "marketing", "summary-americas", "agency")}
    documents = {role: ask(role, "/cmo").text for role in reversed(answers)}
    again = {role: figures(role, "cmo").data for role in reversed(answers)}

    assert len(set(answers.values())) == len(set(documents.values())) == 4
    assert again == answers
    for role, document in documents.items():
        assert json_in(document, "first") == figures(role, "cmo").json


def test_an_address_or_callback_of_no_page_stops_the_start(facts_path: Path) -> None:
    """Whether somebody adds it to the app, or to Dash as a module does that is no page."""
    source, settings = Source(facts_path), from_environment({"DASHBOARD_FACTS": str(facts_path)})
    app = create_app(settings, source)
    complete(app, OwnPageCallbacks({}, {}))

    @app.callback(Output("cfo-note", "children"), Output("cfo-note", "title"), Input("cfo-ask", "n_clicks"))
    def note(clicks: int) -> tuple[str, str]:
        return "", ""

    name = "..cfo-note.children...cfo-note.title.."
    with pytest.raises(Unowned, match=rf"The callback {re.escape(name)} belongs to no page"):
        complete(app, OwnPageCallbacks({}, {}))
    complete(app, OwnPageCallbacks({name: "cfo"}, {}))
    app.server.view_functions["extra"] = lambda: "x"
    app.server.url_map.add(app.server.url_rule_class("/extra", endpoint="extra"))
    with pytest.raises(Unowned, match="/extra"):
        complete(app, OwnPageCallbacks({name: "cfo"}, {}))

    kept, listed = dict(GLOBAL_CALLBACK_MAP), list(GLOBAL_CALLBACK_LIST)
    try:

        @callback(Output("stray", "children"), Input("selection", "data"))
        def stray(data: Any) -> str:
            return "nobody's"

        with pytest.raises(Unowned, match=r"The callback stray\.children belongs to no page"):
            create_app(settings, source)
    finally:
        GLOBAL_CALLBACK_MAP.clear()
        GLOBAL_CALLBACK_MAP.update(kept)
        GLOBAL_CALLBACK_LIST[:] = listed
    assert view(create_app(settings, source).server.test_client(), "cfo").status_code == 200
    source.close()


def test_the_glossary_opens_with_any_page_and_names_nothing_hidden(ask: Ask, figures: Ask) -> None:
    """It stands in its document, of which test_no_word_of_what_a_role_may_not_see reads every word."""
    opened = ask("marketing", "/glossary")
    assert opened.status_code == 200
    assert figures("marketing", "glossary").json["visuals"] == {}
    assert ask(None, "/glossary").status_code == 403
    assert figures(None, "glossary").status_code == 403
    assert set(json_in(opened.text, "spec")["metrics"]) == set(re.findall('data-term="(.*?)"', opened.text))
    assert 'data-term="roas"' in opened.text
    assert 'data-term="profit"' not in opened.text
    assert "data-term" not in ask("marketing", "/cmo").text


def test_a_campaign_is_shown_beside_a_ranking_within_the_roles_rows_and_metrics(ask: Ask, figures: Ask) -> None:
    assert figures("finance-europe", "campaign").status_code == 403  # its one page has no ranking
    assert ask(None, "/data/campaign/figures.json").status_code == 403
    assert ask("board", "/campaign").status_code == 404  # a panel has no address of its own
    seen = figures("marketing", "campaign").json
    assert "profit" not in json.dumps(seen).lower()
    assert set(seen["visuals"]) == set(seen["spec"]) >= {"place", "figures", "regions"}
    assert (
        ask("agency", "/data/campaign/regions.json?platform=Google").json["rows"]
        == (ask("agency", "/data/campaign/regions.json").json["rows"])
    )


def test_names_are_found_within_the_rows_of_a_role_only(ask: Ask, facts: Any) -> None:
    assert ask("finance-europe", "/options/region?find=e").json == {"values": ["Europe"], "count": 1}
    assert ask("board", "/options/region?find=").json["count"] == len(facts.options(ALL_ROWS)["region"])
    assert ask(None, "/options/region").status_code == 403
    assert ask("board", "/options/nothing").status_code == 404
    everything = ask("board", "/options/campaign?find=" + "%25" * 3000)
    assert (everything.status_code, everything.json) == (200, {"values": [], "count": 0})


@pytest.mark.parametrize("role_name", [*GROUPS, ""])
def test_a_proof_tells_a_role_nothing_new(ask: Ask, policy: Policy, role_name: str) -> None:
    """Every metric of every visual: refused where it is hidden, and no part that does not follow from what is seen."""
    role = next((role for role in policy.roles if role.name == role_name), None)
    proven = 0
    for page in PAGES:
        for visual in page.visuals:
            for metric in visual.metrics:
                answer = ask(role_name or None, f"/proof/{page.key}/{visual.name}?metric={metric}")
                if role is None or page.key not in role.pages:
                    assert answer.status_code == 403
                    continue
                if metric in role.hides:
                    assert answer.status_code == 404
                if answer.status_code != 200:
                    continue
                proven += 1
                seen = [key for key in METRICS if key not in role.hides]
                formula = METRICS[metric]
                for told, forms in (
                    (answer.json["over"], formula.over),
                    (answer.json["by"], formula.over if formula.of_whole else formula.by),
                ):
                    if told and len(told) == len(forms):
                        assert all(tells((form.removeprefix("-"),), seen) for form in forms)
                    elif told:
                        assert tells(forms, seen)
                    else:
                        assert not forms or answer.json["note"]
    assert proven or role_name in ("", "nowhere")


def test_a_proof_is_of_the_roles_rows(ask: Ask) -> None:
    everything = ask("board", "/proof/cfo/core-cards?metric=revenue&region=Europe").json
    part = ask("finance-europe", "/proof/cfo/core-cards?metric=revenue").json

    assert (part["value"], part["rows"]) == (everything["value"], everything["rows"])
    assert part["scope"] == [["Region", ["Europe"]]]
