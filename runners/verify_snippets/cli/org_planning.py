"""What ``plan`` does for many models, and ``org --dry-run``."""

import sys
from collections.abc import Callable

from snippet_images.progress import Listener
from snippet_sandbox.engines import open_engine
from snippet_sandbox.errors import EngineUnavailableError
from verify_snippets import exit_codes, stored
from verify_snippets import screen as screens
from verify_snippets.nightly import org_plan_report
from verify_snippets.nightly.night_options import NightOptions
from verify_snippets.nightly.org_plan import make_org_plan
from verify_snippets.options import Options
from verify_snippets.reuse import Surroundings, surroundings_of
from verify_snippets.store import open_store
from verify_snippets.verify import IMAGE


def show_org_plan(options: NightOptions, store_url: str | None, *, as_json: bool) -> int:
    """Print what a night with these options would do, and return the exit code.

    Args:
        options: of the night.
        store_url: where history is kept; None for a file in the user's data folder.
        as_json: for machines.
    """
    with open_store(store_url) as store, screens.open_screen() as screen:
        around = _surroundings(options.card, screen.say, screen.show)
        plan = make_org_plan(options, store, around, screen.show)
    if as_json:
        sys.stdout.write(org_plan_report.render_json(plan))
    else:
        org_plan_report.draw(plan, screens.console_for(sys.stdout))
    return exit_codes.GOOD


def _surroundings(options: Options, say: Callable[[str], None], listener: Listener) -> Surroundings | None:
    """What a night's verdicts would depend on; None where that takes an engine or an image that isn't there.

    A plan builds and starts nothing.
    """
    unknown = "whether the image has changed since the last night is not known, and not taken for a reason"
    try:
        engine = open_engine(options.engine, options.runtime)
    except EngineUnavailableError as error:
        say(f"{error.message}: {unknown}")
        return None
    try:
        info = engine.info()
        if not any(one.current and (one.engine, one.name) == (info.name, IMAGE) for one in stored.list_all()):
            say(f"image {IMAGE} is not built for {info.name} yet: {unknown}")
            return None
        return surroundings_of(info, engine.ensure_image(IMAGE, listener), options)
    finally:
        engine.close()
