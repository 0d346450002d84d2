"""The own key: a secret that is its user's alone, addresses that work once, cookies that end with the secret."""

import os
import threading
from pathlib import Path

import pytest

from access import own_key
from access.own_key import ADDRESS_SECONDS, COOKIE_SECONDS, NoEntry, NoSecret, OwnKey
from machine.state_folder import state_folder


@pytest.fixture
def key(tmp_path: Path) -> OwnKey:
    return OwnKey(tmp_path / "state")


def test_the_secret_is_a_file_of_its_users_alone(key: OwnKey) -> None:
    key.prepare()

    assert (key.folder / "key").stat().st_mode & 0o777 == 0o600
    assert key.folder.stat().st_mode & 0o777 == 0o700
    assert [each.name for each in key.folder.iterdir()] == ["key"]


def test_processes_that_make_it_at_once_have_one_secret(tmp_path: Path) -> None:
    keys = [OwnKey(tmp_path / "state") for _ in range(8)]
    barrier = threading.Barrier(len(keys))

    def prepare(each: OwnKey) -> None:
        barrier.wait()
        each.prepare()

    threads = [threading.Thread(target=prepare, args=(each,)) for each in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    cookie = keys[0].new_cookie(8050)
    assert all(each.admits([cookie], 8050) for each in keys)


def test_an_address_works_once_whoever_opens_it_and_however_many_at_once(key: OwnKey) -> None:
    given = key.new_key()
    others = [OwnKey(key.folder) for _ in range(8)]
    barrier = threading.Barrier(len(others))
    taken: list[str] = []

    def use(each: OwnKey) -> None:
        barrier.wait()
        try:
            each.use(given)
        except NoEntry as why:
            taken.append(str(why))
        else:
            taken.append("taken")

    threads = [threading.Thread(target=use, args=(each,)) for each in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken) == ["taken"] + ["used key"] * 7
    with pytest.raises(NoEntry, match="used"):
        OwnKey(key.folder).use(given)


def test_no_other_text_is_a_key_or_a_cookie(key: OwnKey) -> None:
    given, cookie = key.new_key(), key.new_cookie(8050)
    flipped = [given[:at] + ("0" if given[at] != "0" else "1") + given[at + 1 :] for at in range(len(given))]
    forged = [*flipped, "", given[:-1], f"{given}0", given.upper(), f" {given}", "0" * 72, "é" * 72, cookie]

    for each in forged:
        with pytest.raises(NoEntry, match="forged"):
            key.use(each)
        assert not key.admits([each] if each != cookie else [given], 8050)
    assert not key.admits([cookie], 8051), "another port's"
    assert not key.admits(["x"] * 50 + [cookie], 8050), "among too many"
    key.use(given)
    assert key.admits(["x", cookie], 8050)


def test_they_end_in_time(key: OwnKey, monkeypatch: pytest.MonkeyPatch) -> None:
    given, cookie, now = key.new_key(), key.new_cookie(8050), own_key.time.time()
    monkeypatch.setattr(own_key.time, "time", lambda: now + ADDRESS_SECONDS + 2)
    with pytest.raises(NoEntry, match="expired"):
        key.use(given)
    assert key.admits([cookie], 8050)
    monkeypatch.setattr(own_key.time, "time", lambda: now + COOKIE_SECONDS + 2)
    assert not key.admits([cookie], 8050)


def test_notes_of_used_keys_go_once_those_could_not_be_used_anyway(
    key: OwnKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    key.use(key.new_key())
    key.new_key()
    assert len(list(key.folder.glob("used-*"))) == 1
    now = own_key.time.time()
    monkeypatch.setattr(own_key.time, "time", lambda: now + 2 * ADDRESS_SECONDS + 2)
    key.new_key()
    assert list(key.folder.glob("used-*")) == []


def test_removing_the_secret_ends_every_cookie_and_address(key: OwnKey) -> None:
    given, cookie = key.new_key(), key.new_cookie(8050)
    assert key.admits([cookie], 8050)
    (key.folder / "key").unlink()
    assert not key.admits([cookie], 8050)
    with pytest.raises(NoEntry, match="forged"):
        key.use(given)
    key.prepare()
    assert not key.admits([cookie], 8050)
    with pytest.raises(NoEntry, match="forged"):
        key.use(given)


def linked(secret: Path) -> None:
    secret.rename(secret.with_name("elsewhere"))
    secret.symlink_to(secret.with_name("elsewhere"))


def emptied(secret: Path) -> None:
    secret.write_text("")
    secret.chmod(0o600)


@pytest.mark.parametrize(
    "harm", [linked, emptied, lambda secret: secret.chmod(0o640), lambda secret: secret.chmod(0o602)]
)
def test_a_secret_that_others_could_know_opens_nothing(key: OwnKey, harm) -> None:
    cookie = key.new_cookie(8050) if key.prepare() is None else ""
    given = key.new_key()
    harm(key.folder / "key")

    for attempt in (lambda: key.use(given), lambda: key.admits([cookie], 8050), key.new_key, key.prepare):
        with pytest.raises(NoSecret, match="remove it, and a new one is made"):
            attempt()


def test_the_folder_must_be_its_users_own(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "file").write_text("")
    for name in ("open", "link", "file", "file/below"):
        with pytest.raises(NoSecret, match="DASHBOARD_STATE"):
            OwnKey(tmp_path / name).prepare()


def test_where_the_state_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = os.geteuid()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "home"))
    assert state_folder("", tmp_path / "data/facts") == tmp_path / f"data/.facts.state-{user}"
    assert state_folder(str(tmp_path / "x"), tmp_path / "data/facts") == tmp_path / "x"
    assert state_folder("", None) == tmp_path / "home/marketing-dashboard"
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "memory"))
    elsewhere = tmp_path / f"memory/.marketing-dashboard.facts.state-{user}"
    assert state_folder("", tmp_path / "file/facts") == elsewhere, "nothing can be written next to the facts"


def test_a_file_system_without_links_keeps_a_secret_too(key: OwnKey, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_link(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(own_key.os, "link", no_link)
    key.prepare()
    assert [each.name for each in key.folder.iterdir()] == ["key"]
    assert OwnKey(key.folder).admits([key.new_cookie(1)], 1)
