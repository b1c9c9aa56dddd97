"""What a night knows once it has begun."""

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from snippet_images.errors import InfrastructureError
from snippet_sandbox.engine import Engine
from verify_snippets.images import Images
from verify_snippets.nightly.agenda import Circumstances, Known
from verify_snippets.nightly.logs import Log
from verify_snippets.nightly.movement import Outside
from verify_snippets.nightly.night_options import NightOptions
from verify_snippets.reuse import Surroundings

if TYPE_CHECKING:
    from verify_snippets.store.store import Store


class NotStoredError(InfrastructureError):
    """What a night finds can't be stored any more, so it ends; what is stored is gone on with later."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What a night knows once it has begun.

    Attributes:
        number: of the night.
        began: by the monotonic clock.
        options: what the user asked for.
        store: where everything is kept.
        log: where it is said what happens.
        cancel: ends what runs.
        engine: where snippets run.
        images: what their containers are made of.
        around: what all verdicts depend on.
        surroundings: the same as a hash, which visits carry.
        circumstances: when and where the night is.
        known: what the store held when it began.
        outside: answers about what is outside of a model's repo.
    """

    number: int
    began: float
    options: NightOptions
    store: "Store"
    log: Log
    cancel: threading.Event
    engine: Engine
    images: Images
    around: Surroundings
    surroundings: str
    circumstances: Circumstances
    known: Known
    outside: Outside
