"""Every address of the server's own map × nobody, a stranger and every role, by every method."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from access.policy import Policy, Role
from pages import EVERY
from tests.access.addresses import addresses
from tests.access.conftest import GROUPS
from tests.access.signing import Provider
from web.guard import KINDS

Ask = Callable[..., Any]

#: What anybody may have without a sign-in. An address that is added here must tell nothing.
OPEN = {"/healthz", "/readyz"}
OURS = {"X-Requested-With": "dashboard"}  # what no other site's page can send


def test_without_a_sign_in_there_is_nothing_at_any_address(company: FlaskClient, provider: Provider) -> None:
    """By any method; the cut token stands for all bad ones, which test_identity tries."""
    tried, wrong = 0, []
    for rule, path, _, methods in addresses(company.application):
        if rule in OPEN:
            assert company.get(path).data in (b"ok\n", b"ready\n")
            continue
        for method in methods | {"PUT", "DELETE"}:
            for token in ({}, {"X-Auth-Id-Token": provider.token(["grp-all"])[:-9]}):
                answer = company.open(path, method=method, headers=OURS | token)
                tried += 1
                if answer.status_code != (403 if rule == "/metrics" and method in methods else 401):
                    wrong.append((method, path, answer.status_code))
    assert wrong == []
    assert tried > 300


def test_signed_in_without_a_role_there_is_nothing_either(ask: Ask, company: FlaskClient) -> None:
    wrong = [
        (method, path, status)
        for rule, path, _, methods in addresses(company.application)
        if rule not in OPEN
        for method in methods - {"HEAD"}
        if (status := ask(None, path, method=method, headers=OURS).status_code) not in (403, 404)
        or (status == 404 and KINDS[rule] in ("page", "figures", "shell") and path != "/static/css/tokens.css")
    ]
    assert wrong == []


def opened(role: Role) -> set[str]:
    """The pages of a role, and those that stand beside one of them."""
    return {*role.pages, *(page.key for page in EVERY if set(page.comes_with) & set(role.pages))}


@pytest.mark.parametrize("role_name", GROUPS)
def test_a_role_gets_no_address_of_a_page_it_may_not_open(
    ask: Ask, company: FlaskClient, policy: Policy, role_name: str
) -> None:
    role = next(role for role in policy.roles if role.name == role_name)
    paths = {page.path: page.key for page in EVERY if not page.panel}
    wrong = []
    for rule, path, page, methods in addresses(company.application):
        kind = KINDS[rule]
        if kind == "page":
            page = paths.get(path.strip("/"))
        if kind == "import":
            page = "import"
        if page is None or page in opened(role):
            continue
        for method in methods - {"HEAD", "OPTIONS"}:
            status = ask(role_name, path, method=method, headers=OURS).status_code
            wrong += [(method, path, status)] if status != 403 else []
    assert wrong == []
