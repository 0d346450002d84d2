"""Settings: environment variables that begin with DASHBOARD_, read once at start and checked."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from babel.numbers import is_currency

from kpi.fiscal import Calendar, read_calendar
from machine.loopback import is_loopback
from setting_values import (
    ADDRESS,
    HEADER,
    KEYS,
    MAIL,
    NOT_EMPTY,
    PUBLIC,
    SMTP,
    comma_separated,
    cuts_by_platform,
    days_by_platform,
    empty_or,
    host_names,
    locale_name,
    one_of,
    path_prefix,
    text_like,
    whole_number,
    worker_count,
)


class WrongSetting(Exception):
    """A setting has a value it cannot have; the message names the variable, the value and what is allowed."""


@dataclass(frozen=True)
class Setting:
    """One variable: its field in `Settings`, its default as text, what is allowed, and what it is for."""

    name: str
    field: str
    default: str
    allowed: str
    purpose: str
    parse: Callable[[str], Any]


@dataclass(frozen=True)
class Settings:
    """How this process serves."""

    host: str
    port: int
    prefix: str
    facts: str
    facts_mapping: str
    engine: str
    memory_rows: int
    query_seconds: int
    refresh_seconds: int
    workers: int
    threads: int
    auth: str
    auth_header: str
    auth_keys: str
    auth_keys_hours: int
    auth_issuer: str
    auth_audience: str
    auth_groups: str
    policy: str
    hosts: tuple[str, ...]
    log_out: str
    metrics_token: str
    upload_limit: int
    demo_uploads: str
    provisional: dict[str, int] | None
    cut: tuple[tuple[str, str], ...]
    existing_segments: tuple[str, ...]
    log: str
    locale: str
    currency: str
    calendar: Calendar
    pages: str
    state: str
    smtp: str
    mail_from: str
    public_address: str

    @property
    def entry(self) -> Literal["demo", "jwt", "key"]:
        """How own data are looked at: by a sign-in, by the own key, or not at all, where only the demo is shown."""
        if self.auth == "jwt":
            return "jwt"
        return "key" if self.auth == "key" or (not self.auth and is_loopback(self.host)) else "demo"


SETTINGS: Final = (
    Setting(
        "DASHBOARD_HOST", "host", "127.0.0.1", "an address of this machine", "where to listen", text_like(NOT_EMPTY)
    ),
    Setting(
        "DASHBOARD_PORT", "port", "8050", "a number from 1 to 65535", "the port to listen on", whole_number(1, 65535)
    ),
    Setting("DASHBOARD_PREFIX", "prefix", "/", "a path from / to /", "the path above the pages", path_prefix),
    Setting(
        "DASHBOARD_FACTS",
        "facts",
        "data/facts",
        "a Delta table's folder, Parquet files, or an engine's address with a table in it",
        "the facts to show",
        text_like(NOT_EMPTY),
    ),
    Setting(
        "DASHBOARD_FACTS_MAPPING", "facts_mapping", "", "a TOML file, or unset", "what your table's columns hold", str
    ),
    Setting(
        "DASHBOARD_ENGINE",
        "engine",
        "auto",
        "memory, duckdb, or auto: memory up to DASHBOARD_MEMORY_ROWS",
        "who sums the facts of a folder",
        one_of("auto", "memory", "duckdb"),
    ),
    Setting(
        "DASHBOARD_MEMORY_ROWS",
        "memory_rows",
        "5000000",
        "a number from 0 to 1000000000",
        "rows that are held in memory at most",
        whole_number(0, 1_000_000_000),
    ),
    Setting(
        "DASHBOARD_QUERY_SECONDS",
        "query_seconds",
        "30",
        "a number from 1 to 600",
        "how long a page waits",
        whole_number(1, 600),
    ),
    Setting(
        *("DASHBOARD_REFRESH_SECONDS", "refresh_seconds", "300", "a number from 1 to 86400"),
        "how often an engine elsewhere is asked for newer data",
        whole_number(1, 86_400),
    ),
    Setting(
        "DASHBOARD_WORKERS", "workers", "cores", "a number from 1 to 64, or cores", "gunicorn's processes", worker_count
    ),
    Setting(
        "DASHBOARD_THREADS", "threads", "4", "a number from 1 to 64", "threads of each process", whole_number(1, 64)
    ),
    Setting(
        "DASHBOARD_AUTH",
        "auth",
        "",
        "demo, jwt, key, or unset: demo where the data is the demo's, else key on a loopback address",
        "who may look",
        one_of("", "demo", "jwt", "key"),
    ),
    Setting(
        "DASHBOARD_AUTH_HEADER",
        "auth_header",
        "X-Auth-Id-Token",
        "letters, digits and -",
        "the header with the proxy's signed token",
        text_like(HEADER),
    ),
    Setting(
        "DASHBOARD_AUTH_KEYS",
        "auth_keys",
        "",
        "an https or http address or an absolute path; {kid} in it for one PEM file a key",
        "the keys that sign the tokens (JWKS)",
        text_like(KEYS),
    ),
    Setting(
        "DASHBOARD_AUTH_KEYS_HOURS",
        "auth_keys_hours",
        "24",
        "a number from 1 to 720",
        "for how many hours known keys serve on while they cannot be had",
        whole_number(1, 720),
    ),
    Setting("DASHBOARD_AUTH_ISSUER", "auth_issuer", "", "a text", "who issues the tokens (iss)", str),
    Setting("DASHBOARD_AUTH_AUDIENCE", "auth_audience", "", "a text", "for whom they are issued (aud)", str),
    Setting(
        "DASHBOARD_AUTH_GROUPS",
        "auth_groups",
        "groups",
        "a claim, or a path a.b",
        "the claim with the groups",
        text_like(NOT_EMPTY),
    ),
    Setting("DASHBOARD_POLICY", "policy", "", "a TOML file", "which group sees which pages, rows and metrics", str),
    Setting(
        "DASHBOARD_HOSTS",
        "hosts",
        "localhost,127.0.0.1,[::1]",
        "names, comma-separated; .example.com with what is below it; * for any",
        "the names under which browsers or the proxy may ask",
        host_names,
    ),
    Setting(
        "DASHBOARD_LOG_OUT",
        "log_out",
        "",
        "a path or an address",
        "where the sign-out link leads",
        text_like(ADDRESS),
    ),
    Setting(
        "DASHBOARD_PROVISIONAL",
        "provisional",
        "",
        "days from 0 to 90 by platform, as in Meta=3,Amazon=14, or off",
        "for how many days platforms restate a day, so that it is marked provisional",
        days_by_platform,
    ),
    Setting(
        "DASHBOARD_CUT",
        "cut",
        "",
        "a cut for every platform or by platform, as in device or Meta=plain,Google=campaign+region",
        "which of several reports of the same days totals come from, where it can answer",
        cuts_by_platform,
    ),
    Setting(
        "DASHBOARD_EXISTING_SEGMENTS",
        "existing_segments",
        "Loyal customers",
        "names, comma-separated; empty: none",
        "audience segments of existing customers: their spend buys no first order and is left out of CAC",
        comma_separated,
    ),
    Setting("DASHBOARD_METRICS_TOKEN", "metrics_token", "", "a text", "what a scraper of /metrics must send", str),
    Setting(
        "DASHBOARD_UPLOAD_LIMIT",
        "upload_limit",
        "100",
        "MB, a number from 0 to 4000; 0: no Import page",
        "how much can be sent at once to be imported",
        whole_number(0, 4000),
    ),
    Setting(
        "DASHBOARD_DEMO_UPLOADS",
        "demo_uploads",
        "on",
        "on or off",
        "whether files can be sent where nobody signs in; the container's demo has it off",
        one_of("on", "off"),
    ),
    Setting(
        "DASHBOARD_LOG",
        "log",
        "text",
        "json: a line a request; text: warnings, exports and refusals",
        "the form of the log",
        one_of("json", "text"),
    ),
    Setting(
        "DASHBOARD_LOCALE",
        "locale",
        "en-US",
        "a locale of CLDR such as en-US or de-DE",
        "how figures and days are written",
        locale_name,
    ),
    Setting(
        "DASHBOARD_CURRENCY",
        "currency",
        "",
        "a code of ISO 4217 such as EUR, or unset: that of the data",
        "what the demo's money is called; nothing is converted",
        empty_or(is_currency),
    ),
    Setting(
        "DASHBOARD_CALENDAR", "calendar", "", "as in 4-5-4,february,sunday, or unset", "fiscal calendar", read_calendar
    ),
    Setting(
        "DASHBOARD_PAGES",
        "pages",
        "",
        "a folder, or unset",
        "Dash pages of your own (docs/own-pages.md)",
        empty_or(os.path.isdir),
    ),
    Setting(
        *("DASHBOARD_STATE", "state", "", "a folder; unset: next to the facts"),
        "where the key to own data is kept, and rules of own dimensions of facts elsewhere",
        str,
    ),
    Setting(
        "DASHBOARD_SMTP",
        "smtp",
        "",
        "smtp://USER:PASSWORD@HOST:587 (with STARTTLS), smtps://…, or unset",
        "the server that `digest` sends mail through",
        text_like(SMTP),
    ),
    Setting("DASHBOARD_MAIL_FROM", "mail_from", "", "a mail address, or unset", "who mail is from", text_like(MAIL)),
    Setting(
        "DASHBOARD_PUBLIC_ADDRESS",
        "public_address",
        "",
        "an http or https address that ends in /, or unset",
        "where readers open the dashboard, for links in mail",
        text_like(PUBLIC),
    ),
)


_FOR_SIGN_IN: Final = ("auth_keys", "auth_issuer", "auth_audience", "policy")


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings that `environment` asks for. Raises WrongSetting for the first that is wrong."""
    values, wrong = _read(environment)
    if wrong:
        raise WrongSetting(wrong[0])
    return Settings(**values)


def faults(environment: Mapping[str, str] = os.environ) -> list[str]:
    """A sentence for each setting that is wrong or missing."""
    return _read(environment)[1]


def _read(environment: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    values: dict[str, Any] = {}
    wrong = []
    for setting in SETTINGS:
        text = environment.get(setting.name, setting.default)
        try:
            values[setting.field] = setting.parse(text)
        except ValueError:
            wrong.append(f"{setting.name} is “{text}”; it must be {setting.allowed}.")
    if values.get("auth") == "jwt":
        needed = {setting.field: setting.name for setting in SETTINGS if setting.field in _FOR_SIGN_IN}
        missing = [name for field, name in needed.items() if values.get(field) == ""]
        if missing:
            wrong.append(f"DASHBOARD_AUTH is “jwt”, which also needs {', '.join(missing)}.")
    return values, wrong


def unknown_variables(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Variables that begin like a setting but are none; Kubernetes makes some of its own, so they are no fault."""
    known = {setting.name for setting in SETTINGS}
    return sorted(name for name in environment if name.startswith("DASHBOARD_") and name not in known)
