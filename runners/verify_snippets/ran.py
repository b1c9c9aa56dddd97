"""What came of one step: the value that goes from running to judging."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from snippet_sandbox.gateway.contacts import Contacts
from snippet_sandbox.job import Ending, Measurement, Repeat
from verify_snippets import gpu_errors
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
        outgrown_bytes: the limit, set by the card's words, that ended it when it first ran; None if none did.
        outgrown_gpu_bytes: the limit of GPU memory that ended it when it first ran; None if none did.
        repeats: of its work alone, in a container of their own once that was warm; empty where the card
            promises nothing of its time.
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
    outgrown_bytes: int | None = None
    outgrown_gpu_bytes: int | None = None
    repeats: tuple[Repeat, ...] = ()

    @property
    def came_through(self) -> bool:
        """Whether everything ran to its last line and nothing of ours stood in its way."""
        measured = self.measurement
        return (
            measured is not None
            and not self.trouble
            and measured.ending is Ending.EXITED
            and measured.exit_code == 0
            and all(part.completed for part in measured.parts)
        )

    @property
    def came_to_its_end(self) -> bool:
        """Whether what is known of it would have been the same had nobody interrupted."""
        ended = self.measurement is not None and self.measurement.ending is not Ending.CANCELLED
        return bool(self.not_installable) or (ended and not self.trouble)

    @property
    def can_be_repeated(self) -> bool:
        """Whether it came through with enough time left that it could be run again within its limit."""
        measured = self.measurement
        return self.came_through and measured is not None and 2 * measured.duration_s < self.time_limit_s

    @property
    def wants_more_room(self) -> bool:
        """Whether a limit ended it that this host need not set: with more, its real need can be seen."""
        roomier, given = self.step.roomier, self.step.hardware
        if self.measurement is None or roomier is None:
            return False
        if self.outgrew_gpu:
            return roomier.gpu_memory_bytes > given.gpu_memory_bytes
        return self.measurement.ending is Ending.MEMORY_LIMIT and roomier.memory_bytes > given.memory_bytes

    @property
    def gpu_limit_bytes(self) -> int:
        """The GPU memory that what was measured had; 0 without a GPU."""
        roomier = self.step.roomier if self.outgrown_gpu_bytes else None
        return (roomier or self.step.hardware).gpu_memory_bytes

    @property
    def outgrew_gpu(self) -> bool:
        """Whether it ended because its GPU memory was full, by its own word or by the host's."""
        measured = self.measurement
        if measured is None or measured.ending is not Ending.EXITED:
            return measured is not None and measured.ending is Ending.GPU_MEMORY_LIMIT
        return any(part.error and gpu_errors.is_full(part.error.message) for part in measured.parts)

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
