"""Whose check or keep is next: one waits in a worker, people take turns, and wrong keeps take none."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from machine.file_lock import is_held, lock_file
from tests.web.test_imports import (
    KEEP,
    ended,
    endless,
    is_taken,
    mark_of,
    processes,
    statement,
    table,  # noqa: F401 - fixtures
    token_of,
    until,
    upload_of,
    workers,  # noqa: F401
)
from web.imports.checks import Busy, Imports
from web.imports.job import Job
from web.imports.uploads import Uploads


def until_turn_is_free(table: Path) -> None:  # noqa: F811
    """Wait for the end of the job that has the turn: its answer is there before that, and a request waits briefly."""
    turn = Uploads(table, 10**8).folder / ".turn"
    until(lambda: not is_held(turn))


def test_of_parallel_checks_one_waits_in_a_worker_and_others_are_sent_away_at_once(
    table: Path,  # noqa: F811
    workers: list[Imports],  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = ["ann", *(f"other {number}" for number in range(5))]
    uploads = [upload_of(table, statement(tmp_path / "2.csv", 2), subject) for subject in people]
    file = endless(uploads[0])
    assert workers[0].check(token_of(uploads[0]), "ann", {"options": {}}) is None  # to be asked again

    monkeypatch.setattr("web.imports.waiting_line.HELD_SECONDS", 500.0)  # one of them may come later than the others
    start = threading.Barrier(5)

    original, waiting = Imports._lock_uploads, []

    def wait_for_turn(imports: Imports, person: str, kind: str, until: float) -> object:
        waiting.append(imports)
        return original(imports, person, kind, until)

    monkeypatch.setattr(Imports, "_lock_uploads", wait_for_turn)

    def check(upload: Path, subject: str) -> str:
        start.wait()
        try:
            return str(workers[0].check(token_of(upload), subject, {"options": {}}))
        except Busy as refusal:
            return f"{refusal.status}, ask in {refusal.retry_after} s"

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(check, uploads[1:], people[1:]))

    assert answers == ["503, ask in 3 s"] * 5
    assert len(waiting) == 1
    assert workers[1].outcome(token_of(uploads[0]), "ann") is None
    file.unlink()
    Uploads(table, 10**8).forget(token_of(uploads[0]), "ann")
    until_turn_is_free(table)
    monkeypatch.setattr("web.imports.waiting_line.HELD_SECONDS", 0.0)  # the others do not ask again
    assert mark_of(workers[1], uploads[1], people[1])


def test_who_asks_most_often_is_not_next(
    table: Path,  # noqa: F811
    workers: list[Imports],  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("web.imports.waiting_line.HELD_SECONDS", 600.0)  # this machine may be slow
    often, other, third = (
        upload_of(table, statement(tmp_path / "2.csv", 2), subject) for subject in ("often", "other", "third")
    )
    mark = mark_of(workers[0], third, "third")
    until_turn_is_free(table)
    file = endless(often)
    assert workers[0].check(token_of(often), "often", {"options": {}}) is None

    def is_sent_away(subject: str, upload: Path, number: int = 0) -> bool:
        try:
            if subject == "third":
                workers[1].keep(token_of(upload), subject, KEEP | {"mark": mark})
            else:
                workers[1].check(token_of(upload), subject, {"options": {"account": str(number)}})
        except Busy:
            return True
        until(lambda: workers[1].outcome(token_of(upload), subject))
        until_turn_is_free(table)
        return False

    assert is_sent_away("other", other)
    assert is_sent_away("third", third)
    file.unlink()
    Job.of(often).give_up()
    until_turn_is_free(table)
    assert [is_sent_away("often", often, number) for number in range(3)] == [True] * 3
    assert is_sent_away("third", third)
    assert not is_sent_away("other", other)
    assert is_sent_away("often", often)
    assert not is_sent_away("third", third)
    assert not is_sent_away("often", often)


def test_two_requests_of_one_person_in_two_workers_are_not_two_turns_before_another(
    table: Path,  # noqa: F811
    workers: list[Imports],  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both were first when they asked, and wait for the turn."""
    monkeypatch.setattr("web.imports.waiting_line.HELD_SECONDS", 600.0)
    monkeypatch.setattr("web.imports.checks.STEP", 60.0)
    uploads = {each: upload_of(table, statement(tmp_path / "2.csv", 2), each) for each in ("ada", "bo")}
    second = upload_of(table, statement(tmp_path / "3.csv", 3), "ada")

    def check(worker: Imports, upload: Path, subject: str) -> str:
        try:
            answer = worker.check(token_of(upload), subject, {"options": {}})
        except Busy:
            return "sent away"
        return "served" if answer and "plan" in answer[1] else "nothing"

    def are_waiting() -> bool:
        return all(worker._waiting.locked() for worker in workers)

    with ThreadPoolExecutor(2) as pool, lock_file(second.parent / ".turn", 0, Busy()):
        both = [
            pool.submit(check, worker, upload, "ada")
            for worker, upload in zip(workers, (uploads["ada"], second), strict=True)
        ]
        until(are_waiting)
        assert check(Imports(Uploads(table, 10**8)), uploads["bo"], "bo") == "sent away"

    assert sorted(each.result() for each in both) == ["sent away", "served"]


def test_a_keep_of_another_plan_than_was_shown_is_refused_without_a_turn(
    table: Path,  # noqa: F811
    workers: list[Imports],  # noqa: F811
    tmp_path: Path,
) -> None:
    ada, bo = (upload_of(table, statement(tmp_path / "2.csv", 2), subject) for subject in ("ada", "bo"))
    mark = mark_of(workers[0], ada, "ada")
    shown = Job.of(ada).answer
    until_turn_is_free(table)
    file = endless(bo)
    assert workers[0].check(token_of(bo), "bo", {"options": {}}) is None  # the turn is taken

    answer = workers[1].keep(token_of(ada), "ada", KEEP | {"mark": "wrong"})

    assert answer == (shown["status"], shown["body"])
    assert (answer[1]["mark"], "kept" in answer[1], processes(ada)) == (mark, False, [])
    with pytest.raises(Busy):  # the right one waits for its turn, as one of other options does
        workers[1].keep(token_of(ada), "ada", KEEP | {"mark": mark})
    with pytest.raises(Busy):
        workers[1].keep(token_of(ada), "ada", KEEP | {"mark": "wrong", "options": {"account": "Main"}})
    file.unlink()
    Job.of(bo).give_up()
    until_turn_is_free(table)
    until(lambda: is_taken(workers[1], ada, mark, "ada"))
    assert ended(workers[1], ada, "ada")["kept"]


def test_asking_how_a_check_ended_takes_no_turn_from_those_who_wait(
    table: Path,  # noqa: F811
    workers: list[Imports],  # noqa: F811
    tmp_path: Path,
) -> None:
    ada = upload_of(table, statement(tmp_path / "2.csv", 2), "ada")
    mark = mark_of(workers[0], ada, "ada")
    until(lambda: not Job.of(ada).runs)
    lock = ada.parent / ".turn"
    lock.unlink()  # whoever wants the turn makes it

    assert [each.outcome(token_of(ada), "ada")[1]["mark"] for each in workers] == [mark, mark]
    assert not lock.exists()
