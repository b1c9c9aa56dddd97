"""The Hub's own code, as it is handed on."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class LibraryCode:
    """What the Hub shows for one library.

    Attributes:
        library: as the Hub names it, such as ``sentence-transformers``.
        samples: the code samples, in order; what language each is in is not told.
    """

    library: str
    samples: tuple[str, ...]

    @property
    def document(self) -> str:
        """What the samples together are called, such as ``hub:transformers``."""
        return f"hub:{self.library}"


@dataclass(frozen=True, kw_only=True)
class HubCode:
    """All that the Hub shows for a model.

    Attributes:
        libraries: the model's own library first.
        made_by: who made the samples: ``the Hub``, or the generator's name and version.
    """

    libraries: tuple[LibraryCode, ...]
    made_by: str
