"""Verdicts from before: a verdict holds for as long as nothing changed that it depends on.

Each is kept in a file of its own the moment it is known, so a run that is killed loses none, and the next
one goes on from there.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from platformdirs import user_data_path
from pydantic import ValidationError

from snippet_images.built import BuiltImage
from snippet_sandbox.engine import EngineInfo
from snippet_sandbox.installed import met_by
from verify_snippets.card import Card
from verify_snippets.images import ImageNamed
from verify_snippets.options import Options
from verify_snippets.plan import Step
from verify_snippets.repo_files import files_of
from verify_snippets.report.build import libraries_text
from verify_snippets.report.model import RunReport
from verify_snippets.verdict import Verdict

DAY_S = 86_400.0
KEPT_S = 7 * DAY_S
KEPT_VERDICTS = frozenset({Verdict.PASSED, Verdict.FAILED, Verdict.CONTRADICTED, Verdict.BLOCKED})


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What all verdicts of one run depend on.

    Attributes:
        tool_version: of verify-snippets.
        engine: where snippets run.
        image: what containers are made of, unless their step is planned for another.
        time_limit_s: for each.
        web: which web hosts they may speak to.
        allowed_repos: others' private or gated repos that they may read.
    """

    tool_version: str
    engine: EngineInfo
    image: BuiltImage
    time_limit_s: float
    web: str
    allowed_repos: tuple[str, ...] = ()


class KeptVerdicts:
    """Verdicts of earlier runs on one card.

    Args:
        card: whose verdicts.
        surroundings: under which they hold.
        image_named: gives what a step's container is made of.
        began_at: when the work began that wants them, in seconds since the epoch: what is found out while it
            goes on is no verdict of before. Now by default.
        folder: where they are kept; by default in the user's data folder.
    """

    def __init__(
        self,
        card: Card,
        surroundings: Surroundings,
        image_named: ImageNamed,
        *,
        began_at: float | None = None,
        folder: Path | None = None,
    ) -> None:
        self._began_at = time.time() if began_at is None else began_at
        self._folder = folder or verdicts_dir()
        self._card = card
        self._surroundings = surroundings
        self._image_named = image_named
        self._files = fingerprint(card.folder) if card.folder else ""

    def find(self, step: Step, *, fresh: bool = False) -> RunReport | None:
        """What is known of a step, if it still holds.

        Args:
            step: what would run.
            fresh: whether only what was found out since the work began counts.
        """
        file = self._file(step)
        try:
            kept = json.loads(file.read_text(encoding="utf-8"))
            run = RunReport.model_validate(kept["run"])
            ran_at = float(kept["ran_at"])
        except (OSError, ValueError, KeyError, TypeError, ValidationError):
            return None  # never kept, or by another version of this program
        age_s = time.time() - ran_at
        if not 0 <= age_s < (DAY_S if _saw_what_moves(run) else KEPT_S):
            return None
        run = run.model_copy(update={"libraries": libraries_text(step.libraries)})
        if ran_at >= self._began_at:
            return run
        return None if fresh else reused(run, datetime.fromtimestamp(ran_at, UTC))

    def keep(self, step: Step, run: RunReport) -> None:
        """Remember a verdict that says something of the card; a full disk forgets it."""
        if run.verdict not in KEPT_VERDICTS or run.reused_from:
            return
        file = self._file(step)
        text = json.dumps({"ran_at": time.time(), "run": run.model_dump(mode="json")})
        beside = file.with_name(f"{file.name}.{os.getpid()}")
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            beside.write_text(text, encoding="utf-8")
            beside.replace(file)

    def _file(self, step: Step) -> Path:
        image = self._image_named(step.image)
        is_held = met_by(step.requirements, image)
        day = "" if is_held else time.strftime("%Y-%m-%d", time.gmtime())  # other releases another day
        key = key_of(step, self._card, self._surroundings, image, moving=(self._files, day))
        return self._folder / f"{key}.json"


def reused(run: RunReport, ran_at: datetime) -> RunReport:
    """A run of before, as the report on a later one tells it.

    Args:
        run: what was found then.
        ran_at: when, UTC.
    """
    return run.model_copy(update={"reused_from": f"{ran_at:%Y-%m-%dT%H:%M:%SZ}"})


def key_of(
    step: Step,
    card: Card,
    surroundings: Surroundings,
    image: BuiltImage,
    *,
    moving: Sequence[object] = (),
) -> str:
    """SHA-256 of all that the verdict on a step depends on. Pure.

    Args:
        step: what runs; or doesn't, and has its verdict from that.
        card: which it is in, at its revision.
        surroundings: of the run.
        image: what its container is made of.
        moving: what else may change while the repo stands still, as far as the caller can know it before the
            step runs: the releases that its install lines come to, the files of a local folder ... Of JSON's
            types.
    """
    added = step.requirements if not met_by(step.requirements, image) else step.snippet.requirements
    codes = step.codes or tuple(snippet.code for snippet in step.snippets)  # none where it does not run
    content = [
        asdict(surroundings.engine),
        surroundings.tool_version,
        [image.name, image.key, image.python_version],  # and not where this machine keeps it
        surroundings.time_limit_s,
        surroundings.web,
        surroundings.allowed_repos,
        card.repo_id,
        card.revision,
        asdict(step.hardware),
        step.timed,
        step.kernel,
        step.time_limit_s,
        step.snippet.marks.expect_fail,
        step.roomier is not None,
        [(snippet.id, snippet.is_session, code) for snippet, code in zip(step.snippets, codes, strict=True)],
        added,
        moving,
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def surroundings_of(info: EngineInfo, image: BuiltImage, options: Options) -> Surroundings:
    """What all verdicts of a run with these options depend on."""
    return Surroundings(
        tool_version=version("verify-snippets"),
        engine=info,
        image=image,
        time_limit_s=options.time_limit_s,
        web=str(options.web),
        allowed_repos=tuple(sorted(options.allowed_repos)),
    )


def verdicts_dir() -> Path:
    """Where verdicts are kept: with the user's data, because nothing but another run can bring them back."""
    return user_data_path("verify-snippets") / "verdicts"


def prune(folder: Path | None = None) -> int:
    """Remove verdicts that hold no longer; return how many."""
    expired = [file for file in _files(folder or verdicts_dir()) if _is_expired(file)]
    for file in expired:
        file.unlink(missing_ok=True)
    return len(expired)


def fingerprint(folder: Path) -> str:
    """What tells one state of a local repo from another: the name, size and time of every file."""
    states = [(name, file.stat().st_size, file.stat().st_mtime_ns) for name, file in files_of(folder).items()]
    return hashlib.sha256(json.dumps(states).encode()).hexdigest()


def _saw_what_moves(run: RunReport) -> bool:
    """Whether a run depended on what may change without any of the keys: the web, or another's repo."""
    return bool(run.contacts.hosts) or len(run.contacts.repos) > 1


def _files(folder: Path) -> Iterator[Path]:
    with suppress(OSError):
        yield from folder.iterdir()


def _is_expired(file: Path) -> bool:
    with suppress(OSError):
        return time.time() - file.stat().st_mtime > KEPT_S
    return False
