"""How long nights over a thousand models take: ``python -m tests.bench thousand``.

The first night, one in which nothing has changed, one in which one model in a hundred has, and one with a new
image. Real containers, tiny snippets: what is measured is all that the program does around them.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.bench.table import this_machine
from tests.nights import images
from tests.nights.world import Spent, new_world
from tests.tools import make_thousand

LIMIT_S = 20.0  # of a night in which nothing has changed


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    argparse.ArgumentParser(prog="tests.bench thousand", description=__doc__).parse_args(arguments)
    columns = f"{'night':<28}{'seconds':>10}{'containers':>12}{'requests':>10}"
    sys.stdout.write(f"{this_machine({})}\n\n{columns}\n")
    with tempfile.TemporaryDirectory() as folder, new_world(images.both(Path(folder))) as world:
        models = make_thousand.fill(world.hub, "acme")
        _tell("first", world.night("acme"))
        second = world.night("acme")
        _tell("nothing changed", second)
        for repo_id in models.passing[:10]:
            make_thousand.change(world.hub, repo_id, "It is maintained with love.")
        _tell("1 % changed", world.night("acme"))
        _tell("a new image", world.night("acme", release=images.NEW))
    return 0 if second.duration_s <= LIMIT_S and not second.containers else 1


def _tell(name: str, night: Spent) -> None:
    counts = f"{night.containers:>12}{len(night.requests):>10}"
    short = f"   short of {LIMIT_S:g} s" if not night.containers and night.duration_s > LIMIT_S else ""
    sys.stdout.write(f"{name:<28}{night.duration_s:>10.1f}{counts}{short}\n")
    sys.stdout.flush()
