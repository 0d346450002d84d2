"""Settings: environment variables that begin with DASHBOARD_, read once at start and checked."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final


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
    workers: int
    threads: int
    auth: str


def _number(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError
        return value

    return parse


def _prefix(text: str) -> str:
    if not (text.startswith("/") and text.endswith("/")) or "//" in text or not text.isprintable() or "?" in text:
        raise ValueError
    return text


def _demo(text: str) -> str:
    if text != "demo":
        raise ValueError
    return text


def _filled(text: str) -> str:
    if not text.strip():
        raise ValueError
    return text


_CORES: Final = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _workers(text: str) -> int:
    return _CORES if text == "cores" else _number(1, 64)(text)


SETTINGS: Final = (
    Setting("DASHBOARD_HOST", "host", "127.0.0.1", "an address of this machine", "where to listen", _filled),
    Setting("DASHBOARD_PORT", "port", "8050", "a number from 1 to 65535", "the port to listen on", _number(1, 65535)),
    Setting("DASHBOARD_PREFIX", "prefix", "/", "a path from / to /", "the path above the pages", _prefix),
    Setting("DASHBOARD_FACTS", "facts", "data/facts", "the folder of a Delta table", "the facts to show", _filled),
    Setting(
        "DASHBOARD_WORKERS", "workers", "cores", "a number from 1 to 64, or cores", "gunicorn's processes", _workers
    ),
    Setting("DASHBOARD_THREADS", "threads", "4", "a number from 1 to 64", "threads of each process", _number(1, 64)),
    Setting("DASHBOARD_AUTH", "auth", "demo", "demo: this version has no sign-in yet", "who may look", _demo),
)


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings that `environment` asks for. Raises WrongSetting."""
    values = {}
    for setting in SETTINGS:
        text = environment.get(setting.name, setting.default)
        try:
            values[setting.field] = setting.parse(text)
        except ValueError:
            raise WrongSetting(f"{setting.name} is “{text}”; it must be {setting.allowed}.") from None
    return Settings(**values)


def unknown(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Variables that begin like a setting but are none; Kubernetes makes some of its own, so they are no fault."""
    known = {setting.name for setting in SETTINGS}
    return sorted(name for name in environment if name.startswith("DASHBOARD_") and name not in known)
