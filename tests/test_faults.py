"""Faults of a deployment, in small: `bench.faults` counts the same in large, and memory over 10,000 requests."""

from pathlib import Path

import pytest

from bench.faults import cold, killed, replaced, stopped

pytestmark = pytest.mark.long


def test_parallel_first_requests_of_a_cold_start_are_all_answered(facts_path: Path) -> None:
    assert cold(str(facts_path), 2)["failed"] == 0


def test_a_killed_worker_loses_at_most_what_its_threads_had_and_is_back(facts_path: Path) -> None:
    found = killed(str(facts_path))

    assert found["failed"] <= found["threads"]
    assert found["replaced_s"] < 2


def test_sigterm_answers_what_is_in_flight(facts_path: Path) -> None:
    assert stopped(str(facts_path)) == {"in_flight": 8, "answered": 8, "exit": 0}


def test_data_replaced_while_read_are_never_torn(facts_path: Path) -> None:
    found = replaced(str(facts_path), 8)

    assert found["torn_or_failed"] == 0
    assert found["versions_seen"] >= 2
