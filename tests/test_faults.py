"""Faults of a deployment, counted as `bench.faults` counts them, some in smaller numbers."""

import os
from pathlib import Path

import pytest

from bench.faults import cold, forged, killed, replaced, stopped, worn
from bench.slow_clients import slow

pytestmark = [pytest.mark.long, pytest.mark.alone]


def test_parallel_first_requests_of_a_cold_start_are_all_answered(facts_path: Path) -> None:
    assert cold(str(facts_path), 2)["failed"] == 0


def test_a_killed_worker_loses_only_requests_it_had_accepted_and_is_back(facts_path: Path) -> None:
    found = killed(str(facts_path))

    # Those on its threads and, on a busy machine, a few that it had accepted and not begun. Nothing later is lost.
    assert found["failed_that_began_later"] == 0
    assert found["failed"] < found["clients"]
    assert found["replaced_s"] < 2 * max(1.0, os.getloadavg()[0] / 2)  # other work on the machine delays it
    assert found["restarts_counted"] == ["1.0"], "by every worker alike"


def test_sigterm_answers_what_is_in_flight(facts_path: Path) -> None:
    assert stopped(str(facts_path)) == {"in_flight": 8, "answered": 8, "exit": 0}


def test_clients_that_send_half_a_request_cost_no_answer(facts_path: Path) -> None:
    found = slow(str(facts_path), (50,), 50)

    assert found["200"]["failed"] == 0


def test_data_replaced_while_read_are_never_torn(facts_path: Path) -> None:
    found = replaced(str(facts_path), 8)

    assert found["torn_or_failed"] == 0
    assert found["versions_seen"] >= 2


def test_forged_requests_are_no_errors_of_the_server(facts_path: Path) -> None:
    assert forged(str(facts_path), 600)["server_errors"] == 0


def test_ten_thousand_requests_leave_memory_as_it_was(facts_path: Path) -> None:
    found = worn(str(facts_path), 10_000)

    assert found["failed"] == 0
    assert found["growth_percent"] < 5
