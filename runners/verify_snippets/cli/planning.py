"""What ``plan`` does."""

import sys

from verify_snippets import exit_codes
from verify_snippets import screen as screens
from verify_snippets.options import Options
from verify_snippets.prepare import prepare
from verify_snippets.report import plan_report


def show_plan(target: str, options: Options, *, as_json: bool) -> int:
    """Print the plan for ``target`` and return the exit code."""
    with screens.open_screen() as screen:
        plan = prepare(target, options, screen)
    if as_json:
        sys.stdout.write(plan_report.render_json(plan))
    else:
        plan_report.draw(plan, screens.console_for(sys.stdout))
    return exit_codes.GOOD
