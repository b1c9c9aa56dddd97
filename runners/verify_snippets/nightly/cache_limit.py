"""Keep the Hub cache under a limit by dropping weights that no coming run needs.

The cache is the user's own, and what it held before is theirs: only repos that nights brought there are
ever dropped, and none that somebody else has added to since. Which those are is written down beside the
user's data. A model that is larger than the limit runs all the same, and goes as soon as nothing reads it.
"""

import json
import os
import re
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from snippet_images.errors import UsageError
from snippet_sandbox.gateway.names import RepoName, RepoType
from snippet_sandbox.profile import GB

KEPT_FREE_BYTES = 2 * GB  # of the disk: others write there, too
_UNITS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(i?)B?\s*", re.IGNORECASE)
_SMALL = {".md", ".json", ".txt", ".yaml", ".yml", ".py", ""}  # that reading a card brings, or a plan


def parse_size(text: str) -> int:
    """Bytes, from such as ``200GB``, ``1.5 TB`` or ``500 GiB``.

    Raises:
        UsageError: it is no size above zero.
    """
    found = _SIZE.fullmatch(text)
    size = 0.0
    if found:
        base = 1024 if found[3] else 1000
        size = float(found[1]) * base ** _UNITS[found[2].upper()]
    if size < 1:
        raise UsageError(f"{text!r} is no size of a cache", hint="write it as 200GB, 1.5TB or 500GiB")
    return int(size)


class CacheKeeper:
    """Knows whose the repos in the Hub cache are and who needs them, and drops those that may go.

    A context manager; its methods may be called from any thread.

    Args:
        limit_bytes: of the whole cache, the user's own repos included; None for no limit.
        coming: ids of the models that runs will need, the soonest first.
        cache_dir: the Hub cache; the user's own by default.
        ledger: where it is written down which repos nights brought; by default beside the user's data.
        say: told, once, that the limit can't be kept, and why.
    """

    def __init__(
        self,
        limit_bytes: int | None,
        coming: Sequence[str] = (),
        *,
        cache_dir: Path | None = None,
        ledger: Path | None = None,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.cache_dir = (cache_dir or _users_cache()).absolute()
        self._limit_bytes = limit_bytes
        self._say: Callable[[str], None] | None = say
        self._ledger = Ledger(ledger or user_data_path("verify-snippets") / "fetched.json", self.cache_dir)
        self._coming = {_folder(repo_id): None for repo_id in coming}  # a set that keeps its order
        self._read: Counter[str] = Counter()
        self._promised_bytes = 0
        self._lock = threading.RLock()
        self._users = {name for name in _held(self.cache_dir) if name not in self._ledger.repos}
        self._cleaner = ThreadPoolExecutor(1, thread_name_prefix="cache-limit")
        self._cleaning: Future[bool] | None = None

    def __enter__(self) -> "CacheKeeper":
        return self

    def __exit__(self, *_: object) -> None:
        self._cleaner.shutdown(cancel_futures=True)
        if self._limit_bytes is not None:
            self.make_room()

    def begin(self, repo_ids: Iterable[str]) -> None:
        """Runs begin to read these repos: until they end, none of them is dropped."""
        with self._lock:
            self._read.update(_folder(repo_id) for repo_id in repo_ids)

    def end(self, repo_ids: Iterable[str], fetched: Iterable[str] = ()) -> None:
        """Runs read these repos no longer, and no coming one does; what is too much goes in the background.

        Args:
            repo_ids: as ``begin`` was given them.
            fetched: all repos that they read, by the names that ``Contacts.repos`` has.
        """
        folders = [_folder(repo_id) for repo_id in repo_ids]
        with self._lock:
            self._read.subtract(folders)
            for folder in folders:
                self._coming.pop(folder, None)
            self._ledger.add({*folders, *map(_folder, fetched)} - self._users)
            is_due = self._limit_bytes is not None and (self._cleaning is None or self._cleaning.done())
        if is_due:
            with suppress(RuntimeError):  # the night is over
                self._cleaning = self._cleaner.submit(self.make_room)

    @contextmanager
    def room_for(self, repo_id: str, size: int) -> Iterator[bool]:
        """Make room for a download, and keep it meanwhile; gives whether there is."""
        with self._lock:
            fits = self.make_room(size, sooner_than=_folder(repo_id))
            self._promised_bytes += size if fits else 0
            if fits:
                self._ledger.add({_folder(repo_id)} - self._users)
        try:
            yield fits
        finally:
            with self._lock:
                self._promised_bytes -= size if fits else 0
                self._ledger.add({_folder(repo_id)} & self._ledger.repos.keys())  # it was added to by us

    def make_room(self, size: int = 0, *, sooner_than: str | None = None) -> bool:
        """Drop what may go until so many bytes fit under the limit and on the disk; whether they do then.

        Args:
            size: in bytes.
            sooner_than: the folder of a coming run's repo, for which none goes that is needed before it.
        """
        with self._lock:
            missing = size + self._promised_bytes - self._disk_bytes_left()
            if self._limit_bytes is None and missing <= 0:
                return True
            scanned = _scan(self.cache_dir)
            if self._limit_bytes is not None:
                held = sum(repo.size_on_disk for repo in scanned)
                missing = max(missing, held + size + self._promised_bytes - self._limit_bytes)
            for repo in self._that_may_go(scanned, sooner_than):
                if missing <= 0:
                    break
                missing -= self._drop(repo)
            if missing > 0 and not size:
                self._complain(missing)
            return missing <= 0

    def _complain(self, missing: int) -> None:
        """Say once that the cache stays larger than it should be."""
        say, self._say = self._say, None
        if say is not None:
            say(
                f"the Hub cache {self.cache_dir} holds {missing / GB:.1f} GB more than it should: what is "
                "left was there before any night, or is being read"
            )

    def _disk_bytes_left(self) -> int:
        return _free_bytes(self.cache_dir) - KEPT_FREE_BYTES

    def _that_may_go(self, scanned: Iterable[Any], sooner_than: str | None) -> list[Any]:
        """Repos of nights that nothing reads: first those that no run will need, then the least soon needed.

        Of equals, the one first that was not used for the longest time.
        """
        turns = {folder: turn for turn, folder in enumerate(self._coming)}
        never = len(turns)
        from_turn = 0 if sooner_than is None else turns.get(sooner_than, never - 1) + 1

        def rank(repo: Any) -> tuple[int, float]:
            return -turns.get(repo.repo_path.name, never), self._ledger.repos[repo.repo_path.name]

        ours = (repo for repo in scanned if repo.repo_path.name in self._ledger.repos)
        unread = (repo for repo in ours if self._read[repo.repo_path.name] <= 0)
        return sorted((repo for repo in unread if -rank(repo)[0] >= from_turn), key=rank)

    def _drop(self, repo: Any) -> int:
        """Remove a repo from the cache; return how many bytes that freed.

        All of its folder, for the client's own way to delete revisions leaves half a download where it is.
        """
        with suppress(OSError):  # half of it may be gone: what is left is tried again
            shutil.rmtree(repo.repo_path)
            self._ledger.remove(repo.repo_path.name)
            return int(repo.size_on_disk)
        return 0


class Ledger:
    """Which repos nights brought into a Hub cache, and when each was last used.

    A ledger that can't be read or written counts for nothing: then less is dropped, and never more.

    Args:
        file: where it is kept, for all caches of this user.
        cache_dir: the cache that is meant.
    """

    def __init__(self, file: Path, cache_dir: Path) -> None:
        self._file = file
        self._cache = str(cache_dir)
        kept = self._read().get(self._cache, {})
        self.repos = {name: at for name, at in kept.items() if _is_unchanged_since(cache_dir / name, at)}

    def add(self, folders: Iterable[str]) -> None:
        """These were used now."""
        self.repos.update(dict.fromkeys(folders, time.time()))
        self._write()

    def remove(self, folder: str) -> None:
        """It is in the cache no more, or somebody else's now."""
        self.repos.pop(folder, None)
        self._write()

    def _read(self) -> dict[str, dict[str, float]]:
        try:
            kept = json.loads(self._file.read_text(encoding="utf-8"))
            return {
                str(cache): {str(name): float(used_at) for name, used_at in repos.items()}
                for cache, repos in kept.items()
            }
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def _write(self) -> None:
        beside = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(json.dumps({**self._read(), self._cache: self.repos}), encoding="utf-8")
            beside.replace(self._file)


def _folder(name: str) -> str:
    """A repo's folder in the cache, by its name as ``Contacts.repos`` has it."""
    for kind in (RepoType.DATASET, RepoType.SPACE):
        if name.startswith(f"{kind.value}s/"):
            return RepoName(id=name.partition("/")[2], type=kind).cache_folder
    return RepoName(id=name).cache_folder


def _held(cache_dir: Path) -> Iterator[str]:
    """The folders of repos of which the cache holds more than a card and settings."""
    with suppress(OSError):
        for folder in cache_dir.iterdir():
            files = (path for path in (folder / "snapshots").rglob("*") if not path.is_dir())
            if "--" in folder.name and any(path.suffix not in _SMALL for path in files):
                yield folder.name


def _is_unchanged_since(folder: Path, moment: float) -> bool:
    """Whether a repo is in the cache, and no file of it was added after ``moment``."""
    snapshots = folder / "snapshots"
    with suppress(OSError):
        folders = [snapshots, *(path for path in snapshots.rglob("*") if path.is_dir())]
        return max(path.lstat().st_mtime for path in folders) <= moment
    return False


def _users_cache() -> Path:
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE)


def _scan(cache_dir: Path) -> list[Any]:
    """The repos in a cache, as the Hub's client sees them; none where there is no cache yet."""
    from huggingface_hub import CacheNotFound, scan_cache_dir

    try:
        return list(scan_cache_dir(cache_dir).repos)
    except (CacheNotFound, OSError):
        return []


def _free_bytes(folder: Path) -> int:
    """Of the disk that a folder is on, or will be."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(there).free
