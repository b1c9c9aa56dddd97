"""Try what fails again with older libraries: with all of then first, then with the one that broke it.

Nothing of the snippet, its weights or its hardware changes from try to try, only the packages below it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from packaging.utils import canonicalize_name

from snippet_images.built import BuiltImage
from snippet_sandbox.errors import InfrastructureError
from snippet_sandbox.gateway.package_releases import Release
from snippet_sandbox.layer import KEPT_VERSIONS
from snippet_sandbox.profile import Host
from verify_snippets import notebook_runs, rot, wishes
from verify_snippets.card import Card
from verify_snippets.options import Screen
from verify_snippets.plan import Step
from verify_snippets.prepare import this_host
from verify_snippets.report import build
from verify_snippets.report.model import RotReport, RunReport
from verify_snippets.rot import Outcome
from verify_snippets.run import Runner
from verify_snippets.schedule import Scheduler
from verify_snippets.verdict import Verdict
from verify_snippets.wishes import NoReleaseError

MAX_TRIES = 8  # releases of one library; each takes an install and a run


def explain_all(
    failed: Sequence[tuple[Step, RunReport]], as_of: datetime, card: Card, runner: Runner, screen: Screen
) -> Iterator[tuple[Step, RotReport]]:
    """Hand over how each failing step fares with the libraries of then, until the user interrupts.

    Raises:
        InfrastructureError: nothing can be run at all.
    """
    for step, now in failed:
        bisector = Bisector(
            runner=runner,
            image=runner.image_of(step),
            host=this_host(),
            card=card,
            as_of=as_of,
            say=screen.say,
        )
        found = bisector.explain(step, now)
        if found is None:
            return
        yield step, found


class _NotTriedError(Exception):
    """The libraries of then can't be had, or a try was our own trouble's; the message says why."""


class _InterruptedError(Exception):
    """The user interrupted a try."""


@dataclass(frozen=True, kw_only=True)
class Bisector:
    """Finds out since when a snippet fails.

    Attributes:
        runner: runs steps with the libraries of now.
        image: what the snippet's containers are made of.
        host: whose hardware they run on.
        card: whose snippets they are.
        as_of: the moment of the older libraries.
        say: hears of each try.
    """

    runner: Runner
    image: BuiltImage
    host: Host
    card: Card
    as_of: datetime
    say: Callable[[str], None]

    def explain(self, step: Step, now: RunReport) -> RotReport | None:
        """How a failing step fares with the libraries of then, and which one broke it.

        Args:
            step: that failed.
            now: how it fails with the libraries of now.

        Returns:
            None where the user interrupted.
        """
        try:
            then = self._try(step, self._wishes_of_then(step, now), as_of=self.as_of)
            return self._judged(step, now, then)
        except _InterruptedError:
            return None
        except (_NotTriedError, NoReleaseError, InfrastructureError) as error:
            reason = f"can't be tried with what was current on {self._day}: {error}"
            return RotReport(as_of=self._day, verdict=Verdict.SKIPPED, sentence=reason)

    @property
    def _day(self) -> str:
        return self.as_of.date().isoformat()

    def _judged(self, step: Step, now: RunReport, then: RunReport) -> RotReport:
        came = rot.outcome(now, then)
        changed = rot.changes(self._versions(now), then.versions)
        imported = wishes.imported(step, changed)
        own = {name: changed[name] for name in imported if name in changed}
        told = RotReport(
            as_of=self._day,
            verdict=then.verdict,
            versions=changed,
            sentence=rot.then_sentence(self._day, came, then, own, self._of_now()),
        )
        if came is not Outcome.WORKS:
            return told
        likely = canonicalize_name(now.cause.subjects.get("library", "")) if now.cause else ""
        for library in rot.suspects(now, changed, imported, likely):
            if self._outcome(step, now, library, changed[library]) is Outcome.WORKS:
                return self._narrowed(step, now, told, library)
        return told

    def _narrowed(self, step: Step, now: RunReport, told: RotReport, library: str) -> RotReport:
        """The same, with the release of the library that broke it."""
        works, fails = told.versions[library], self._versions(now)[library]
        there = [release.version for release in self._releases(library)]
        releases = rot.between(there, works, fails)
        if not releases:  # newer then than now: withdrawn since, or held back by another package
            return told
        known = {works: Outcome.WORKS, fails: Outcome.FAILS}
        since = now.cause.subjects.get("since", "") if now.cause else ""
        for _ in range(MAX_TRIES):
            version = rot.next_version(releases, known, since)
            if version is None:
                break
            known[version] = self._outcome(step, now, library, version)
        found = rot.boundary(releases, known)
        return told.model_copy(
            update={
                "library": library,
                "works_with": found.works_with,
                "fails_since": found.fails_since,
                "sentence": rot.broke_sentence(library, found),
            }
        )

    def _outcome(self, step: Step, now: RunReport, library: str, version: str) -> Outcome:
        """What comes of one library in another version, and all else as it is now."""
        try:
            return rot.outcome(now, self._try(step, wishes.with_library(step, library, version)))
        except _NotTriedError:
            return Outcome.UNCLEAR

    def _try(self, step: Step, requirements: Sequence[str], *, as_of: datetime | None = None) -> RunReport:
        """Run a step on other packages.

        Raises:
            _NotTriedError: they can't be installed, or something of ours failed.
            _InterruptedError: the user interrupted.
        """
        of_then = f" as of {as_of.date()}" if as_of else ""
        named = ", ".join(requirements).replace("==", " ")
        self.say(f"{step.snippet.id}: trying with {named}{of_then}")
        changed = replace(
            step,
            snippet=replace(step.snippet, requirements=tuple(requirements)),
            libraries=(),  # they are among the requirements, in the versions that are tried
            hardware=step.roomier or step.hardware,  # what the card promises was judged before
            roomier=None,
            timed=False,
        )
        runner = replace(self.runner, as_of=as_of, for_one_run=True)
        scheduler = Scheduler(runner=runner, host=self.host, announce=lambda _: None)
        came = list(scheduler.run_all([changed]))
        if not came or self.runner.cancel.is_set():
            raise _InterruptedError
        (ran,) = notebook_runs.split(came[0], [changed])
        if ran.not_installable:
            python = self.image.python_version
            raise _NotTriedError(f"{ran.not_installable} (only wheels for Python {python} count)")
        if ran.trouble:
            raise _NotTriedError(ran.trouble)
        return build.run_report(ran, self.card)

    def _versions(self, now: RunReport) -> dict[str, str]:
        """What is installed now."""
        return {**self.image.versions, **now.versions}

    def _releases(self, library: str) -> tuple[Release, ...]:
        return self.runner.gateway.releases(library, self.image.python_version)

    def _of_now(self) -> str:
        image = self.image
        kept = [f"{name} {image.versions[name]}" for name in KEPT_VERSIONS if name in image.versions]
        return " and ".join([f"Python {image.python_version}", *kept])

    def _wishes_of_then(self, step: Step, now: RunReport) -> tuple[str, ...]:
        """What to install: what the snippet asks for and imports, in the versions that were current then.

        Raises:
            NoReleaseError: something of it was not there then.
            _NotTriedError: nothing of it was another.
        """
        image = self.image
        versions: dict[str, str] = {}
        pinned = []
        for wish in wishes.asked(step, image.versions):
            name = canonicalize_name(wish.name)
            if name not in KEPT_VERSIONS:
                there = self._releases(wish.name)
                versions[name] = wishes.current(wish, there, self.as_of, image.python_version)
                pinned.append(wishes.pinned(wish, versions[name]))
        of_now = self._versions(now)
        if all(of_now.get(name) == version for name, version in versions.items()):
            raise _NotTriedError("the libraries that it imports are the same now")
        return (*pinned, *wishes.companions(tuple(versions), image.versions))
