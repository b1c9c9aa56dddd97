"""Who is next on a host that many wait for: by their order, or the longest first. Pure."""

from collections.abc import Collection
from dataclasses import dataclass

from verify_snippets.room import NOTHING, Place, Share, View


class InOrder:
    """The card's order: who comes later waits for those before, but for those that something holds up.

    Who waits for nothing but a GPU holds up only those who want one, too; the first of them finds its cores
    and its memory free when there is one.
    """

    def ranked(self, places: Collection[Place], usual_s: float) -> list[Place]:  # noqa: ARG002 - lengths are no matter here
        """As they came."""
        return sorted(places, key=lambda place: place.turn)

    def next(self, view: View) -> Place | None:
        """The first one that has room and nobody to wait for."""
        kept = NOTHING
        for place in view.ranked:
            is_behind = place.holds_gpus and kept is not NOTHING
            if place.ready and not is_behind and view.has_room_for(place, kept):
                return place
            if not place.in_order:
                continue
            if place.alone or not (place.ready and place.holds_gpus):
                return None
            kept = kept if is_behind else place.share.without_gpus()
        return None


@dataclass(frozen=True, kw_only=True)
class LongestFirst:
    """The longest first; what fits beside goes ahead, and nobody waits for ever.

    Long ones at the end would run while the rest of the host idles, so they come first; short ones fill the
    gaps. Who needs more than is free is passed over meanwhile, and after a while becomes *overdue*: from then
    on nothing begins that would delay the oldest of those (as EASY backfilling has it: Lifka, "The ANL/IBM SP
    scheduling system", 1995). A host that is empty anyway first goes to those who need all of it, so that it
    is emptied for all of them at once.

    Attributes:
        patience_s: how long one is passed over, in seconds, before it is overdue. Short patience costs much:
            the host is emptied for each, and an order by length becomes one by age.
        patience: and at least so many times its own length.
        overtakings: how many that came later may begin before one, whatever their rank.
    """

    patience_s: float = 600.0
    patience: float = 2.0
    overtakings: int = 2_000

    def ranked(self, places: Collection[Place], usual_s: float) -> list[Place]:
        """The longest first, of equal ones the widest; an unknown time counts as the usual one."""

        def rank(place: Place) -> tuple[float, int, int, int]:
            length_s = usual_s if place.expected_s is None else place.expected_s
            return -length_s, -place.share.cpus, -place.share.memory_bytes, place.turn

        return sorted(places, key=rank)

    def next(self, view: View) -> Place | None:
        """Who is overdue; else who needs an empty host while it is empty; else the longest that fits."""
        ready = [place for place in view.ranked if place.ready]
        overdue = min(
            (place for place in ready if self._is_overdue(place, view.now)),
            key=lambda place: place.turn,
            default=None,
        )
        fitting = [place for place in ready if view.has_room_for(place)]
        if overdue is None:
            wide = [] if view.running else [place for place in fitting if _takes_all(place, view)]
            return next(iter(wide or fitting), None)
        if view.has_room_for(overdue):
            return overdue
        opening = _Opening.of(overdue, view)
        return next((place for place in fitting if not opening.is_delayed_by(place, view.now)), None)

    def _is_overdue(self, place: Place, now: float) -> bool:
        if place.overtaken >= self.overtakings:
            return True
        patience_s = max(self.patience_s, self.patience * (place.expected_s or 0.0))
        return place.passed_since is not None and now - place.passed_since > patience_s


def _takes_all(place: Place, view: View) -> bool:
    """Whether nothing can run beside it."""
    share, whole = place.share, view.whole
    return place.alone or share.cpus >= whole.cpus or share.memory_bytes >= whole.memory_bytes


@dataclass(frozen=True, kw_only=True)
class _Opening:
    """When one that is overdue can begin, as far as it is known how long the others take.

    Attributes:
        at: by the caller's clock; now, if those that are in its way take longer than was expected.
        spare: what it leaves of the host then.
    """

    at: float
    spare: Share

    @classmethod
    def of(cls, overdue: Place, view: View) -> "_Opening":
        free, at = view.free, view.now
        for place in sorted(view.running, key=lambda place: _expected_end(place, view.now)):
            if overdue.share.fits_in(free):
                break
            free += place.share
            at = _expected_end(place, view.now)
        return cls(at=at, spare=free - overdue.share)

    def is_delayed_by(self, place: Place, now: float) -> bool:
        """Whether a place that begins now would still have what is needed then."""
        in_time = place.expected_s is not None and now + place.expected_s <= self.at
        return not (in_time or place.share.fits_in(self.spare))


def _expected_end(place: Place, now: float) -> float:
    """When one that runs will have ended; now for one that is late or whose time nobody knows."""
    return max(now, place.began_at + (place.expected_s or 0.0))
