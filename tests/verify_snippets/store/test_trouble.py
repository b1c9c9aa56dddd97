"""Trouble with a database is waited out where it passes, and told plainly where it doesn't."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from snippet_images.errors import InfrastructureError, UsageError, UserFacingError
from tests.postgres import PASSWORD, PostgresServer
from tests.verify_snippets.store import values
from tests.verify_snippets.store.full_disk import BIG, full_disk
from verify_snippets.store import Store, open_store
from verify_snippets.store.address import parse
from verify_snippets.store.database import Database
from verify_snippets.store.holding import HeldError


@contextmanager
def running(work: Callable[[], object]) -> Iterator[None]:
    """Do work in a thread until the end of the block, and raise what it raised."""
    over = threading.Event()

    def repeat() -> None:
        while not over.is_set():
            work()

    with ThreadPoolExecutor(1) as threads:
        done = threads.submit(repeat)
        try:
            yield
        finally:
            over.set()
        done.result()


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_no_run_is_lost_when_the_server_restarts(
    mode: str, postgres: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    url = postgres.new_database()
    stored: list[str] = []
    with open_store(url) as store, open_store(url) as other, store.lock("the first night"):

        def add() -> None:
            key = f"k{len(stored)}"
            assert store.add_run(values.run(under=key), values.standing())
            stored.append(key)

        def refused() -> bool:
            with (
                pytest.raises(HeldError, match="the first night"),
                other.lock("the second"),
            ):
                pass
            return True

        with running(add):
            wait_until(lambda: len(stored) > 3)
            postgres.restart(mode=mode)
            before = len(stored)
            wait_until(lambda: len(stored) > before + 3)
            assert refused()
        assert sorted(run.key for run in store.runs("acme/tiny")) == sorted(stored)
    told = [record.message for record in caplog.records if record.name.startswith("verify_snippets")]
    assert "trying again for 10 minutes" in told[0]
    assert PASSWORD not in caplog.text


def test_a_lock_that_was_lost_is_taken_again(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    with open_store(url) as store, open_store(url) as other, store.lock("the first night"):
        end_lock(postgres, url)
        assert store.add_run(values.run(), values.standing())
        with pytest.raises(HeldError, match="the first night"), other.lock("the second night"):
            pass


def test_a_lock_that_somebody_took_meanwhile_is_not_taken_back(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    with open_store(url) as store, open_store(url) as other, store.lock("the first night"):
        end_lock(postgres, url)
        with other.lock("the second night"):
            with pytest.raises(HeldError, match="the second night"):
                store.add_run(values.run(), values.standing())
            assert other.add_run(values.run(), values.standing())


def end_lock(postgres: PostgresServer, url: str) -> None:
    """Break the one connection that holds the lock of the store at ``url``."""
    ended = postgres.sql(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
        " WHERE locktype = 'advisory' AND datname = current_database()",
        url,
    )
    assert ended.split() == ["t"]


ENDLESS = """
import itertools, sys
from tests.verify_snippets.store import values
from tests.verify_snippets.store.full_disk import BIG, full_disk
from verify_snippets.store import open_store

with open_store(sys.argv[1]) as store, store.lock("the night that is killed"):
    for number in itertools.count():
        store.add_run(values.run(under=f"k{number}"), values.standing(), [values.change(lineage=f"{number}")])
        print(f"k{number}", flush=True)
"""


def test_a_night_that_is_killed_leaves_every_run_and_no_lock(store_url: str) -> None:
    program = [sys.executable, "-c", ENDLESS, store_url]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]) as night:
        assert night.stdout is not None
        told = [night.stdout.readline() for _ in range(20)]
        with open_store(store_url) as store, pytest.raises(HeldError, match="the night that is killed"):
            store.lock("another").__enter__()
        night.kill()
        told += night.stdout.readlines()
    with open_store(store_url) as store, store.lock("the night after"):
        runs = [run.key for run in store.every_run()]
        assert runs[: len(told)] == [line.strip() for line in told]
        assert len(runs) - len(told) <= 1
        assert len(store.changes()) == len(runs)


def test_a_full_disk_is_waited_for(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/night.db") as store, ThreadPoolExecutor(1) as threads:
        with full_disk(store):
            putting = threads.submit(store.put_standings, BIG)
            with pytest.raises(TimeoutError):
                putting.result(timeout=1)
        putting.result(timeout=60)
        assert store.standings() == BIG


def test_whoever_interrupts_is_not_kept_waiting_for_a_full_disk(tmp_path: Path) -> None:
    """What a database without trouble is asked for is done all the same."""
    cancel = threading.Event()
    with open_store(f"sqlite:///{tmp_path}/night.db") as store, ThreadPoolExecutor(1) as threads:
        store.wait_until(cancel)
        with full_disk(store):
            putting = threads.submit(store.put_standings, BIG)
            with pytest.raises(TimeoutError):
                putting.result(timeout=1)
            cancel.set()
            with pytest.raises(InfrastructureError, match="no space left"):
                putting.result(timeout=60)
        store.put_standings(BIG)
        assert store.standings() == BIG


def test_whoever_interrupts_is_not_kept_waiting_for_a_server(postgres: PostgresServer) -> None:
    cancel = threading.Event()
    with open_store(postgres.new_database()) as store, ThreadPoolExecutor(1) as threads:
        store.wait_until(cancel)
        with store.lock("a night"):
            postgres.stop()
            try:
                putting = threads.submit(store.put_standings, BIG)
                with pytest.raises(TimeoutError):
                    putting.result(timeout=1)
                cancel.set()
                with pytest.raises(InfrastructureError, match="doesn't answer"):
                    putting.result(timeout=60)
            finally:
                postgres.start()


@pytest.fixture
def impatient(tmp_path: Path) -> Iterator[Store]:
    """A store in a file that gives up at once."""
    url = f"sqlite:///{tmp_path}/night.db"
    open_store(url).close()
    with Store(Database(parse(url), patience_s=0.1)) as store:
        yield store


def test_patience_ends_with_a_word_on_what_to_do(impatient: Store) -> None:
    with full_disk(impatient), pytest.raises(InfrastructureError, match="no space left") as told:
        impatient.put_standings(BIG)
    assert "goes on where it stopped" in told.value.hint


def test_a_damaged_file_is_told(impatient: Store, tmp_path: Path) -> None:
    for number in range(50):
        impatient.add_run(values.run(under=f"k{number}"), values.standing())
    impatient.close()
    file = tmp_path / "night.db"
    file.write_bytes(file.read_bytes()[:8192] + b"\xff" * (file.stat().st_size - 8192))
    with pytest.raises(InfrastructureError, match="damaged"), open_store(f"sqlite:///{file}") as store:
        list(store.every_run())


@pytest.mark.parametrize(
    ("url", "message", "hint"),
    [
        ("night.db", "no database URL: 'night.db'", "sqlite:///night.db"),
        ("sqlite://night.db", "three slashes", "sqlite:///night.db"),
        ("sqlite:///night.db?mode=ro", "no options", "sqlite:///night.db"),
        ("mysql://u:secret@host/name", "'mysql'", "postgresql://"),
        ("postgresql://u:secret@host:port/name", "no database URL", "postgresql://"),
        ("postgresql://u:secret@host/name?sslmode=verify", "sslmode=verify", "verify-full"),
        ("postgresql://u:secret@host/name?sslrootcert=/none", "certificate", ""),
        ("postgresql://u:secret@host/name?color=red", "'color'", "sslmode"),
        ("postgresql://u:secret@127.0.0.1:1/name", "Connection refused", "server running"),
        ("postgresql:///name?host=/nowhere", "No such file", "server running"),
        ("sqlite:////nowhere/night.db", "folder /nowhere doesn't exist", "mkdir -p /nowhere"),
        ("sqlite:////dev", "is a folder", "/dev/night.db"),
    ],
)
def test_what_is_no_store_is_told(url: str, message: str, hint: str) -> None:
    with pytest.raises(UserFacingError, match=message) as told:
        open_store(url)
    assert hint in told.value.hint
    assert "secret" not in f"{told.value.message} {told.value.hint}"


def test_a_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("no database" * 1000)
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE songs (name text)")
    with pytest.raises(UsageError, match="no SQLite database"):
        open_store(f"sqlite:///{tmp_path}/words.txt")
    with pytest.raises(UsageError, match="another program"):
        open_store(f"sqlite:///{tmp_path}/other.db")
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("songs",)]


def test_what_a_server_refuses_is_told(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    refusals = {
        postgres.url("nowhere"): ("does not exist", "createdb"),
        postgres.url("postgres", password="wrong"): ("lets nobody in", "PGPASSWORD"),
        f"{url}?sslmode=require": ("SSL", ""),
        f"{url}?options=-csearch_path%3Dnowhere": ("no schema", "search_path"),
    }
    for refused, (message, hint) in refusals.items():
        with pytest.raises(UserFacingError, match=message) as told:
            open_store(refused)
        assert hint in told.value.hint
        assert PASSWORD not in f"{told.value.message} {told.value.hint}"


def test_a_server_is_found_by_its_socket_and_by_the_environment(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.new_database()
    name = url.rpartition("/")[2]
    open_store(f"postgresql://tester@/{name}?host={postgres.sockets}&port={postgres.port}").close()
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    with open_store(f"postgresql://tester@127.0.0.1:{postgres.port}/{name}") as store:
        assert store.name == f"postgresql://127.0.0.1:{postgres.port}/{name}"


def test_a_lock_that_can_not_be_opened_is_told(tmp_path: Path) -> None:
    (tmp_path / "night.db.lock").mkdir()
    with (
        open_store(f"sqlite:///{tmp_path}/night.db") as store,
        pytest.raises(InfrastructureError, match=r"night\.db\.lock can't be opened"),
        store.lock("a night"),
    ):
        pass


def test_a_file_has_one_lock_by_whatever_link_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "night.db")
    with (
        open_store(f"sqlite:///{tmp_path}/night.db") as store,
        open_store(f"sqlite:///{tmp_path}/link.db") as other,
        store.lock("the first night"),
        pytest.raises(HeldError, match="the first night"),
        other.lock("the second night"),
    ):
        pass


def test_several_programs_may_open_a_new_store_at_once(store_url: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        for store in threads.map(open_store, [store_url] * 4):
            store.close()


def wait_until(done: Callable[[], bool]) -> None:
    """Wait for something that happens in a thread; the test's own time limit ends it."""
    while not done():
        threading.Event().wait(0.01)
