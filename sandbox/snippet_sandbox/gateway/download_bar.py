"""What a download of the Hub's client tells of itself."""

import threading
from pathlib import PurePosixPath
from typing import Any

from huggingface_hub.utils import tqdm  # type: ignore[attr-defined]  # public, yet not marked so

from snippet_images.progress import Listener, Progress
from snippet_sandbox.gateway.hub_source import ClosedError


def reporting_tqdm(path: str, listener: Listener, closing: threading.Event) -> Any:
    """A progress bar that tells the listener and, once the gateway closes, stops the download."""

    class Reporting(tqdm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **{**kwargs, "disable": True})  # type: ignore[no-untyped-call]
            self._done = int(kwargs.get("initial") or 0)
            self._whole = int(kwargs["total"]) if kwargs.get("total") else None
            self._tell()

        def update(self, n: float | None = 1) -> None:
            if closing.is_set():
                raise ClosedError
            self._done += int(n or 0)
            self._tell()

        def _tell(self) -> None:
            name = PurePosixPath(path).name
            listener(Progress(what=f"downloading {name}", done=self._done, total=self._whole))

    return Reporting
