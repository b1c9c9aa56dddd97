"""What came of one step: the value that goes from running to judging."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from snippet_sandbox.gateway.contacts import Contacts
from snippet_sandbox.job import Ending, Measurement
from verify_snippets.plan import Step


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What came of one step.

    Attributes:
        step: the step.
        measurement: what the sandbox saw; None if nothing was run.
        contacts: what the snippet asked of the world.
        image: full name of the image, and of the layer upon it; empty if nothing was run.
        versions: of Python and of the libraries that the snippet imported.
        not_installable: why what the card says to install can't be installed.
        trouble: what of ours went wrong; the card has no part in it.
        memory_limit_bytes: what the profile gave it.
        time_limit_s: how long it was given.
    """

    step: Step
    measurement: Measurement | None = None
    contacts: Contacts = field(default_factory=Contacts)
    image: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    not_installable: str = ""
    trouble: str = ""
    memory_limit_bytes: int = 0
    time_limit_s: float = 0.0

    @property
    def wants_another_try(self) -> bool:
        """Whether another run may show what this one couldn't.

        That is so after our own trouble; where a snippet ran out of time while it waited for files that are
        in the cache by now; and where its container went away without a word, which an engine that restarts
        brings about and a snippet hardly can.
        """
        if self.trouble or self.measurement is None:
            return bool(self.trouble)
        match self.measurement.ending:
            case Ending.TIME_LIMIT:
                return self.contacts.waited_s > self.time_limit_s / 10
            case Ending.VANISHED:
                return True
            case _:
                return False
