"""What a night takes: seconds, dollars on the Hub's hardware, and the budget that bounds it. Pure."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from snippet_images.errors import UsageError
from snippet_sandbox.profile import PROFILES, Host, Profile, suitable_devices
from verify_snippets.report.quantities import elapsed_text

MINUTE_S = 60.0
HOUR_S = 3600.0


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What running a model's snippets will take, by what it took last time.

    Attributes:
        by_profile: seconds under each profile, one snippet after the other; empty where nobody knows.
        estimated: whether there are no figures of its own, and others' stand in for them.
    """

    by_profile: Mapping[str, float]
    estimated: bool = False

    @property
    def seconds(self) -> float:
        """Of all profiles together."""
        return sum(self.by_profile.values())


def together(expected: Iterable[Expected]) -> Expected:
    """Several as one."""
    by_profile: dict[str, float] = {}
    estimated = False
    for one in expected:
        estimated = estimated or one.estimated
        for profile, seconds in one.by_profile.items():
            by_profile[profile] = by_profile.get(profile, 0.0) + seconds
    return Expected(by_profile=by_profile, estimated=estimated)


@dataclass(frozen=True, kw_only=True)
class Yardstick:
    """What time and money are measured by.

    Attributes:
        host: this machine.
        catalogue: the profiles that are known.
        prices: dollars for an hour of each; a flavor whose price nobody knows is missing.
    """

    host: Host
    catalogue: Mapping[str, Profile]
    prices: Mapping[str, float]

    def wall_s(self, expected: Expected) -> float:
        """Seconds on this host, on which as much runs side by side as fits; what fills it runs alone."""
        return sum(seconds * self._share(name) for name, seconds in expected.by_profile.items())

    def dollars(self, expected: Expected) -> float | None:
        """What it would cost on the Hub's hardware; None where a price isn't known."""
        if any(name not in self.prices for name in expected.by_profile):
            return None
        return sum(seconds / HOUR_S * self.prices[name] for name, seconds in expected.by_profile.items())

    def _share(self, name: str) -> float:
        """How much of this host a profile takes, 0 to 1."""
        profile = self.catalogue.get(name) or PROFILES.get(name)
        if profile is None:
            return 1.0
        suitable = len(suitable_devices(profile, self.host))
        of_gpus = profile.gpus / suitable if suitable else 0.0
        of_memory = profile.memory_bytes / self.host.memory_bytes
        return min(1.0, max(profile.cpus / self.host.cpus, of_memory, of_gpus))


@dataclass(frozen=True, kw_only=True)
class Budget:
    """How much a night may take: time or money, one of the two.

    Attributes:
        seconds: of the clock on the wall; None where money is what counts.
        dollars: as the Hub's hardware would cost; None where time is what counts.
    """

    seconds: float | None = None
    dollars: float | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``90m``, ``2h``, ``1h30m`` or ``$5``.

        Raises:
            UsageError: it is none of these, or nothing at all.
        """
        money = _MONEY.fullmatch(text.strip())
        if money is not None:
            budget = cls(dollars=float(money["before"] or money["after"]))
        else:
            time = _TIME.fullmatch(text.strip().lower())
            if time is None or not (time["hours"] or time["minutes"]):
                raise UsageError(
                    f"{text!r} is no budget",
                    hint="write minutes such as 90m, hours such as 2h or 1h30m, or dollars such as '$5'",
                )
            hours, minutes = float(time["hours"] or 0), float(time["minutes"] or 0)
            budget = cls(seconds=hours * HOUR_S + minutes * MINUTE_S)
        if not budget.amount:
            raise UsageError(
                f"with a budget of {text} nothing could run", hint="leave --budget out, or raise it"
            )
        return budget

    @property
    def amount(self) -> float:
        """Seconds or dollars, whichever it is of."""
        return self.seconds if self.seconds is not None else (self.dollars or 0.0)

    def take(self, expected: Expected, yardstick: Yardstick) -> float | None:
        """How much of the budget something takes, in its own unit; None where a price isn't known."""
        return yardstick.wall_s(expected) if self.seconds is not None else yardstick.dollars(expected)

    def is_spent(self, *, elapsed_s: float, ran: Expected, yardstick: Yardstick) -> bool:
        """Whether nothing more may begin.

        Args:
            elapsed_s: since the night began, by the clock on the wall.
            ran: what has run in it.
            yardstick: what money is measured by.
        """
        if self.seconds is not None:
            return elapsed_s >= self.seconds
        return (yardstick.dollars(ran) or 0.0) >= self.amount

    def __str__(self) -> str:
        return elapsed_text(self.seconds) if self.seconds is not None else dollars_text(self.amount)


_NUMBER = r"\d{1,6}(?:\.\d{1,6})?"
_MONEY = re.compile(
    rf"(?:\$|usd)\s*(?P<before>{_NUMBER})|(?P<after>{_NUMBER})\s*(?:\$|usd|dollars?)", re.IGNORECASE
)
_TIME = re.compile(
    rf"(?:(?P<hours>{_NUMBER})\s*(?:h|hours?))?\s*(?:(?P<minutes>{_NUMBER})\s*(?:m|min|minutes?))?"
)


def dollars_text(amount: float) -> str:
    """Money for people: cents, and what is less than one as such."""
    if 0 < amount < 0.01:
        return "under $0.01"
    return f"${math.ceil(amount * 100 - 1e-6) / 100:,.2f}"
