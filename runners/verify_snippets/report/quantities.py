"""Bytes, seconds and counts as people read them. Units are decimal as the profiles': 1 GB is 10**9 bytes."""

from collections.abc import Iterable


def bytes_text(count: int) -> str:
    """``count`` bytes in three digits or so, such as ``41.7 kB`` or ``1.21 GB``."""
    if count < 1000:
        return f"{count} B"
    size = float(count)
    for unit in ("kB", "MB", "GB", "TB"):
        size /= 1000
        if size < 999.5 or unit == "TB":
            break
    return f"{size:.{_decimals(size)}f} {unit}"


def amounts_text(named: Iterable[tuple[str, int | None]]) -> str:
    """Bytes by what they are of, those that are known: ``used 5.40 GB, limit 16.0 GB``."""
    return ", ".join(f"{name} {bytes_text(count)}" for name, count in named if count is not None)


def seconds_text(seconds: float) -> str:
    """A duration, such as ``0.42 s``, ``12.3 s`` or ``3 min 05 s``."""
    if seconds < 9.995:
        return f"{seconds:.2f} s"
    return f"{seconds:.1f} s" if seconds < 99.95 else elapsed_text(seconds)


def elapsed_text(seconds: float) -> str:
    """A time that is still running, such as ``12 s``, ``3 min 05 s`` or ``2 h 07 min``."""
    if seconds < 60:
        return f"{int(seconds)} s"
    minutes, rest = divmod(int(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def counted(count: int, noun: str) -> str:
    """So many of something, such as ``1 card`` or ``1,200 cards``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _decimals(size: float) -> int:
    if size < 9.995:
        return 2
    return 1 if size < 99.95 else 0
