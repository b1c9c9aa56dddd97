"""What a night came to so far, and the word on each model that is done with."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from verify_snippets.nightly.agenda import Due
from verify_snippets.nightly.logs import Event, EventName, Level, Log
from verify_snippets.nightly.planning import NotRead
from verify_snippets.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A model that our own trouble kept from its end; it is due again next night."""

    repo_id: str
    reason: str


@dataclass(kw_only=True)
class Tally:
    """What a night came to so far.

    Attributes:
        log: where it is said.
        due: what was to be done, by repo id.
        done: repo ids of the models that nothing is left to do for tonight.
        broken: those among them that our own trouble kept from their end.
        broken_in_a_row: how many of those were the last ones.
        runs: steps that ran.
        seconds: that they took, by the hardware's name.
        reused: verdicts from before.
    """

    log: Log
    due: Mapping[str, Due]
    done: list[str] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    broken_in_a_row: int = 0
    runs: int = 0
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    reused: int = 0

    def ran(self, profile: str, seconds: float) -> None:
        """A step ran."""
        self.runs += 1
        self.seconds[profile] += seconds

    def finish(self, repo_id: str, verdicts: Sequence[Verdict], *, reused: int) -> None:
        """A card has all its verdicts."""
        self.reused += reused
        self.broken_in_a_row = 0
        counts = dict(Counter(verdicts))
        said = ", ".join(f"{count} {verdict}" for verdict, count in counts.items()) or "no snippets"
        self._tell(EventName.MODEL_ENDED, repo_id, said, {"verdicts": counts})

    def leave(self, outcome: NotRead) -> None:
        """A model has no card that can be read."""
        fields = {"state": outcome.state, "reason": outcome.reason}
        self._tell(EventName.MODEL_NOT_READ, outcome.model.repo_id, outcome.reason, fields)

    def give_up(self, repo_id: str, reason: str) -> None:
        """Our own trouble kept a model from its end."""
        self.broken.append(Broken(repo_id=repo_id, reason=reason))
        self.broken_in_a_row += 1
        text = f"our own trouble, due again next night: {reason}"
        self._tell(EventName.MODEL_BROKEN, repo_id, text, {"reason": reason}, level=Level.WARNING)

    def _tell(
        self,
        name: EventName,
        repo_id: str,
        text: str,
        fields: Mapping[str, object],
        *,
        level: Level = Level.INFO,
    ) -> None:
        self.done.append(repo_id)
        place = {
            "repo_id": repo_id,
            "done": len(self.done),
            "total": len(self.due),
            "expected_s": self.due[repo_id].expected_s,
        }
        said = f"{len(self.done)}/{len(self.due)} {repo_id}: {text}"
        self.log.tell(Event(name=name, text=said, level=level, fields={**place, **fields}))
