"""What an operator sees: a log line a request, an audit line an export or refusal, and Prometheus metrics.

Lines say who, what and how it ended; never a token, a query or a figure. Labels are what is registered, never what
a request says.
"""

import json
import logging
import os
import re
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector

from access.keys import Keys
from components.visuals import Page
from facts.source import Source
from kpi.plain_text import printable
from web.callback_guard import RequestedCallback

_GIVEN_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
_SECONDS: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
_KINDS: Final = ("csv", "json", "table", "xlsx")
_REFUSED: Final = (400, 401, 403, 405, 413, 414)
#: Kinds whose addresses nobody types: what is not there, or is not shown to this reader, has been made up.
_FORGED: Final = (*_KINDS, "data", "view", "proof", "options", "callback", "import")

_log = logging.getLogger("dashboard.request")
_audit = logging.getLogger("dashboard.audit")


class Lines(logging.Formatter):
    """One JSON object a line; what a record carries in `told` is part of it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "told", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class Words(logging.Formatter):
    """The same for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told = " ".join(f"{name}={value}" for name, value in getattr(record, "told", {}).items() if value != "")
        text, *trace = super().format(record).split("\nTraceback ", 1)
        return "\nTraceback ".join([" ".join(filter(None, (printable(text), printable(told)))), *trace])


def start_logging(form: str) -> None:
    """Write lines to stderr: `form` json for every request, text for warnings, exports and refusals only."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines() if form == "json" else Words("%(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO if form == "json" else logging.WARNING)
    _log.setLevel(logging.INFO if form == "json" else logging.WARNING)
    _audit.setLevel(logging.INFO)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)


class Metrics:
    """The counts of one server; across gunicorn's workers where PROMETHEUS_MULTIPROC_DIR names a folder."""

    def __init__(self) -> None:
        own = self._own = CollectorRegistry()
        self.requests = Counter(
            "dashboard_requests",
            "Requests by page, visual, kind, callback and status.",
            ("page", "visual", "kind", "status", "callback"),
            registry=own,
        )
        self.seconds = Histogram(
            "dashboard_request_seconds", "Time to answer.", ("page", "visual", "kind"), buckets=_SECONDS, registry=own
        )
        self.cache = Counter(
            "dashboard_cache",
            "Views: kept (yes), made by another just then (wait), made (no).",
            ("found",),
            registry=own,
        )
        self.restarts = Counter("dashboard_worker_restarts", "Workers that ended and were replaced.", registry=own)

    def text(self, source: Source, keys: Keys | None = None) -> bytes:
        """Everything, as Prometheus reads it."""
        folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
        registry = self._own
        if folder:
            registry = CollectorRegistry()
            MultiProcessCollector(registry, folder)
        now = CollectorRegistry()
        now.register(_Data(source))
        if keys is not None:
            now.register(_SignInKeys(keys))
        return generate_latest(registry) + generate_latest(now)


class _Data:
    def __init__(self, source: Source) -> None:
        self._source = source

    def collect(self) -> list[GaugeMetricFamily]:
        facts = self._source.current()
        ready = GaugeMetricFamily("dashboard_data_ready", "Whether there is data to show.", float(facts is not None))
        refused = GaugeMetricFamily(
            "dashboard_data_refused", "Whether newer data could not be taken.", float(self._source.problem is not None)
        )
        version = GaugeMetricFamily("dashboard_data_version", "The version that is shown.", labels=["version"])
        age = GaugeMetricFamily("dashboard_data_age_days", "Days from the newest day in the data to today (UTC).")
        if facts is not None:
            version.add_metric([facts.version], 1.0)
            age.add_metric([], float((datetime.now(UTC).date() - facts.extent().last).days))
        return [ready, refused, version, age]


class _SignInKeys:
    """Of all workers together: they share what they know of the keys."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def collect(self) -> list[Metric]:
        state, seconds = self._keys.state(), self._keys.age()
        count = GaugeMetricFamily(
            "dashboard_sign_in_keys", "Keys that sign-ins are verified with.",
            float(sum(len(each.keys) for each in state.sets.values())),
        )  # fmt: skip
        age = GaugeMetricFamily("dashboard_sign_in_keys_age_seconds", "Seconds since the key server last gave them.")
        if seconds is not None:
            age.add_metric([], seconds)
        fetches = CounterMetricFamily(
            "dashboard_sign_in_key_fetches", "Asking the key server: it gave keys, has none such (none), or failed.",
            labels=["outcome"],
        )  # fmt: skip
        for outcome in ("keys", "none", "failed"):
            fetches.add_metric([outcome], float(state.outcomes.get(outcome, 0)))
        return [count, age, fetches]


def register(server: Flask, pages: Sequence[Page], source: Source, metrics: Metrics, keys: Keys | None = None) -> None:
    """Count and log every request of `server`, and answer at /metrics. Register before the guard."""
    visuals = {(page.key, visual.name) for page in pages for visual in page.visuals}
    by_path = {page.path: page.key for page in pages}

    def own_visuals() -> set[tuple[str, str]]:
        """Those that the company's own dimensions add to pages, as long as the data have these."""
        facts = source.current() if request.path.startswith(("/data/", "/proof/")) else None
        keys = facts.own.keys if facts else ()
        return {(page.key, page.by_own(key).name) for page in pages if page.by_own for key in keys}

    @server.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _GIVEN_ID.fullmatch(given) else uuid4().hex
        g.began = time.perf_counter()

    @server.after_request
    def end(response: Response) -> Response:
        took = time.perf_counter() - g.get("began", time.perf_counter())
        page, visual, kind = requested_names(by_path, visuals | own_visuals())
        callback = wanted_callback().callback
        response.headers["X-Request-Id"] = g.get("request_id", "")
        if g.get("rights") is not None and g.rights.role == "warm-up":
            return response
        metrics.requests.labels(page, visual, kind, str(response.status_code), callback).inc()
        metrics.seconds.labels(page, visual, kind).observe(took)
        status, decision = response.status_code, g.get("reason", "")
        if status >= 400 and decision == "allowed":
            decision = f"status {status}"
        told = {
            "request_id": g.get("request_id", ""),
            "subject": g.reader.subject if g.get("reader") else "",
            "role": next((each.role for each in (g.get("rights"), g.get("opened")) if each and each.role), ""),
            "method": request.method,
            "kind": kind,
            "page": page,
            "visual": visual,
            **({"callback": callback} if callback else {}),
            "decision": decision,
            "status": status,
            "duration_ms": round(took * 1000, 2),
        }
        if kind != "health":
            _log.info("request", extra={"told": told})
        if kind in _KINDS and status == 200:
            _audit.info("export", extra={"told": told | {"bytes": response.calculate_content_length() or 0}})
        elif g.get("refused") or status in _REFUSED or (status == 404 and kind in _FORGED):
            _audit.info("refusal", extra={"told": told})
        return response

    @server.get("/metrics")
    def answer_metrics() -> Response:
        return Response(metrics.text(source, keys), content_type=CONTENT_TYPE_LATEST)


def wanted_callback() -> RequestedCallback:
    """The callback that the request asked to run, as it is registered (web/guard.py)."""
    found = g.get("wanted")
    return found if isinstance(found, RequestedCallback) else RequestedCallback()


def requested_names(by_path: dict[str, str], visuals: set[tuple[str, str]]) -> tuple[str, str, str]:
    """Page, visual and kind of the request, each a name that is registered or empty."""
    rule = request.url_rule.rule if request.url_rule is not None else ""
    arguments: dict[str, Any] = request.view_args or {}
    named, visual, form = (str(arguments.get(name, "")) for name in ("page", "visual", "kind"))
    page = named if named in by_path.values() else ""
    if rule in ("/data/<page>.xlsx", "/data/<page>.json"):
        return page, "", rule.rsplit(".", 1)[1]
    if rule.startswith(("/data/", "/proof/")):
        known = (page, visual) in visuals
        kind = "proof" if rule.startswith("/proof/") else form if form in _KINDS else "data"
        return page if known else "", visual if known else "", kind
    if rule.startswith("/options/"):
        return "", "", "options"
    if rule in ("/", "/<path:path>"):
        return by_path.get(str(arguments.get("path", "")).rstrip("/"), ""), "", "page"
    if rule in ("/healthz", "/readyz"):
        return "", "", "health"
    if rule == "/_dash-update-component":
        wanted = wanted_callback()
        return wanted.page, "", "view" if wanted.callback == "view.data" else "callback"
    if rule.startswith("/import/"):
        return "import", "", "import"
    return "", "", "version" if rule == "/version" else "metrics" if rule == "/metrics" else "shell" if rule else "none"
