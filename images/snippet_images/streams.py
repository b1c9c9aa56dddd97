"""Reading what comes slowly, or not at all."""

import queue
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class _Item(Generic[T]):
    value: T


@dataclass(frozen=True, kw_only=True)
class _End:
    error: BaseException | None = None


def within(source: Iterable[T], *, limit_s: float, silence_s: float) -> Iterator[T]:
    """What ``source`` gives, as long as it keeps its time.

    It is read in a thread, for a read of a socket can't be ended from outside.

    Args:
        source: what to read.
        limit_s: how long all of it may take.
        silence_s: how long one item may take.

    Raises:
        TimeoutError: it took too long; the text says which limit that was.
    """
    items: queue.SimpleQueue[_Item[T] | _End] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(source, items), daemon=True).start()
    end = time.monotonic() + limit_s
    while True:
        left = end - time.monotonic()
        try:
            item = items.get(timeout=max(0.0, min(left, silence_s)))
        except queue.Empty:
            why = f"silent for {silence_s:.0f} s" if silence_s < left else f"not done after {limit_s:.0f} s"
            raise TimeoutError(why) from None
        if isinstance(item, _End):
            if item.error is not None:
                raise item.error
            return
        yield item.value


def _read(source: Iterable[T], items: "queue.SimpleQueue[_Item[T] | _End]") -> None:
    try:
        for value in source:
            items.put(_Item(value=value))
    except BaseException as error:  # noqa: BLE001 - raised again by the one who reads
        items.put(_End(error=error))
    else:
        items.put(_End())


def lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """The lines in a stream of bytes, without their ends."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (line.decode("utf-8", errors="replace") for line in whole)
    if rest:
        yield rest.decode("utf-8", errors="replace")
