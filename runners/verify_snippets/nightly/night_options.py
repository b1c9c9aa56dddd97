"""What is asked of a night."""

from dataclasses import dataclass, field

from verify_snippets.nightly.agenda import Wishes
from verify_snippets.options import Options

PAUSES_S = (2.0, 10.0, 30.0, 90.0)  # an engine that restarts is back by then, and a night has the time
CONFIRM_AFTER_S = 10.0  # what made a snippet fail may be over by then: a busy host, a site that was down


@dataclass(frozen=True, kw_only=True)
class NightOptions:
    """What the user asked for.

    Attributes:
        target: an organization, a user, a collection or a file of repo ids.
        card: what is asked for each card.
        wishes: what bounds the night.
        cache_limit_bytes: how much the Hub cache may hold; None for no limit.
        confirm_after_s: how long a new failure waits for its second run.
        pauses_s: before each further attempt at a step that our own trouble kept from its end.
    """

    target: str
    card: Options = field(default_factory=Options)
    wishes: Wishes = field(default_factory=Wishes)
    cache_limit_bytes: int | None = None
    confirm_after_s: float = CONFIRM_AFTER_S
    pauses_s: tuple[float, ...] = PAUSES_S
