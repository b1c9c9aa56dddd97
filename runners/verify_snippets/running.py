"""Run the steps of one card: everything that they share is opened here, and closed."""

import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from snippet_sandbox import old_layers
from snippet_sandbox.engine import Engine
from snippet_sandbox.gateway.gateway import Gateway
from snippet_sandbox.gateway.rundir import sweep as sweep_views
from snippet_sandbox.gateway.tape.mediation import Tape
from snippet_sandbox.profile import Host, Profile
from verify_snippets import notebook_runs, reuse
from verify_snippets.card import Card
from verify_snippets.images import ImageNamed
from verify_snippets.options import Options, Screen
from verify_snippets.plan import Step
from verify_snippets.prepare import this_host
from verify_snippets.ran import Ran
from verify_snippets.run import Runner
from verify_snippets.schedule import Scheduler


def run_steps(steps: Sequence[Step], runner: Runner, screen: Screen) -> Iterator[Ran]:
    """Run steps in containers of their own, the cells of a notebook in one; hand each over as it ends.

    Raises:
        InfrastructureError: nothing can be run at all.
    """
    groups = {id(group[-1]): group for group in notebook_runs.together(steps)}
    ones = [group[-1] for group in groups.values()]
    for ran in Scheduler(runner=runner, host=this_host(), announce=screen.started).run_all(ones):
        yield from notebook_runs.split(ran, groups[id(ran.step)])


@contextmanager
def open_runner(
    card: Card,
    options: Options,
    screen: Screen,
    cancel: threading.Event,
    engine: Engine,
    image_named: ImageNamed,
    tape: Tape | None = None,
    *,
    releases: Mapping[str, str] | None = None,
) -> Iterator[Runner]:
    """What runs steps of one card, with a gateway of its own, which is closed afterwards.

    ``releases`` are what the card's requirements come to by now, where somebody asked; see ``layer.ensure``.

    Raises:
        InfrastructureError: nothing can be run at all.
    """
    repo = card.repo_id
    with Gateway(
        pins={repo: card.revision} if repo and card.revision else {},
        folders={repo: card.folder} if repo and card.folder else {},
        allowed=options.allowed_repos,
        web=options.web,
        listener=screen.show,
        tape=tape,
    ) as gateway:
        yield Runner(
            engine=engine,
            gateway=gateway,
            image_named=image_named,
            build_profile=_build_profile(this_host()),
            time_limit_s=options.time_limit_s,
            preloads=options.preload,
            run_id=secrets.token_hex(8),
            listener=screen.show,
            cancel=cancel,
            releases=releases or {},
        )


def sweep_all(engine: Engine) -> int:
    """Remove what runs that are no longer alive left behind; return how many things that were."""
    reuse.prune()
    return engine.sweep() + old_layers.sweep() + sweep_views()


def _build_profile(host: Host) -> Profile:
    """Installing compiles at times: all of the host's cores, and half of its memory."""
    return Profile(name="build", cpus=host.cpus, memory_bytes=host.memory_bytes // 2)
