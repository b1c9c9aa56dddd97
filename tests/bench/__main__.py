"""``python -m tests.bench NAME ...``: what is promised of speed and measuring, measured."""

import sys
from collections.abc import Callable, Sequence

from tests.bench import metering, night, read, reports, site, speed, thousand

BENCHMARKS: dict[str, Callable[[Sequence[str] | None], int]] = {
    "speed": speed.main,
    "read": read.main,
    "reports": reports.main,
    "metering": metering.main,
    "night": night.main,
    "thousand": thousand.main,
    "site": site.main,
}


def main(arguments: Sequence[str]) -> int:
    """Run the benchmark that is named first; the rest is its own."""
    if not arguments or arguments[0] not in BENCHMARKS:
        sys.stderr.write(f"usage: python -m tests.bench {{{','.join(BENCHMARKS)}}} [--help]\n")
        return 2
    return BENCHMARKS[arguments[0]](arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
