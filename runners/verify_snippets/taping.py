"""What a recording keeps of the Hub beside the gateway's part: the card, and what the plan is made from."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from snippet_sandbox.errors import UsageError
from snippet_sandbox.gateway.tape.recorder import Recorder
from snippet_sandbox.gateway.tape.replay import Replay
from snippet_sandbox.profile import Profile
from verify_snippets import front_matter
from verify_snippets.card import Card
from verify_snippets.facts import RepoFacts
from verify_snippets.hub_code.model import HubCode
from verify_snippets.notebooks import NotebookFile
from verify_snippets.options import Options

FILE_NAME = "card.json"


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What a plan is made from.

    Attributes:
        target: what the user named.
        revision: what the user named beside it; None for nothing.
        card: the card.
        facts: what its repo's files say, if anything.
        catalogue: the profiles that were known.
        notebooks: of its repo, where they are run, too.
        hub_code: what the Hub shows for the model, where that is run, too.
    """

    target: str
    revision: str | None
    card: Card
    facts: RepoFacts | None
    catalogue: Mapping[str, Profile]
    notebooks: tuple[NotebookFile, ...] = ()
    hub_code: HubCode | None = None


def open_tape(options: Options) -> Recorder | Replay | None:
    """Where all answers go to, or come from; None where nothing is recorded or replayed.

    Raises:
        UsageError: the folder can't be used.
    """
    if options.record is not None:
        return Recorder(options.record)
    return Replay(options.replay) if options.replay is not None else None


def keep(inputs: Inputs, folder: Path) -> None:
    """Add a Hub's card to a recording.

    Raises:
        UsageError: the folder can't be written.
    """
    from pydantic import TypeAdapter

    # front matter may hold dates; it is read from the card again
    plain = replace(inputs, card=replace(inputs.card, metadata={}))
    try:
        (folder / FILE_NAME).write_bytes(TypeAdapter(Inputs).dump_json(plain, indent=1))
    except OSError as error:
        raise UsageError(
            f"nothing can be recorded in {folder}: {error.strerror}", hint="make room on its disk"
        ) from error


def find(target: str, revision: str | None, folder: Path) -> Inputs:
    """A Hub's card from a recording.

    Raises:
        UsageError: the recording is of another card, or of none of the Hub's.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        inputs = TypeAdapter(Inputs).validate_json((folder / FILE_NAME).read_bytes())
    except (OSError, ValidationError) as error:
        raise UsageError(
            f"the recording {folder} holds no card of the Hub", hint="record it anew, with the same target"
        ) from error
    if (inputs.target, inputs.revision) != (target, revision):
        named = f"{inputs.target} at {inputs.revision}" if inputs.revision else inputs.target
        raise UsageError(
            f"the recording {folder} is of {named}", hint="name the same target, or another recording"
        )
    return replace(inputs, card=replace(inputs.card, metadata=front_matter.read(inputs.card.text)[0]))
