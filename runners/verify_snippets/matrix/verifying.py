"""Verify one card column by column, and make one report of it."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from snippet_images.catalogue import PYTHONS
from snippet_images.errors import InfrastructureError
from snippet_sandbox.gateway.tape.recorder import Recorder
from snippet_sandbox.gateway.tape.replay import Replay
from verify_snippets import exit_codes
from verify_snippets.matrix.columns import CLAIMED, Column, Libraries
from verify_snippets.matrix.merge import merge
from verify_snippets.options import Options, Screen
from verify_snippets.plan import Plan
from verify_snippets.prepare import plan_card, read_inputs
from verify_snippets.report.model import Report
from verify_snippets.taping import Inputs, open_tape
from verify_snippets.verify import broken_report, verify_plan, with_day


def verify_columns(
    target: str, columns: Sequence[Column], options: Options, screen: Screen, *, cancel: threading.Event
) -> Report:
    """Read a card, run its snippets under every column, and say what was found.

    When ``cancel`` is set, running containers are ended and the report holds what was known by then. A column
    that our own infrastructure keeps from running is ``broken``; the others are run all the same.

    Raises:
        UserFacingError: the card can't be had or read, or a column asks for what there is not.
    """
    began_at = time.time()
    tape = open_tape(options)
    inputs = read_inputs(target, options, screen, tape)
    options = with_day(options, inputs.card)
    work = _Work(inputs=inputs, screen=screen, cancel=cancel, tape=tape, began_at=began_at)
    columns = work.with_claimed(columns, options)
    plans = [(column, *work.planned(column, options)) for column in columns]  # before anything is run
    reports = []
    for number, (column, own, plan) in enumerate(plans, 1):
        screen.say(f"column {number}/{len(columns)}: {column.name}")
        screen.planned(plan)
        try:
            reports.append(work.verified(plan, own))
        except InfrastructureError:  # a Ctrl-C fails what it reaches, too
            if not reports:
                raise
        if cancel.is_set():
            break
    (report,) = merge(reports).reports
    if len(reports) < len(columns):
        return report.model_copy(update={"complete": False, "exit_code": exit_codes.INTERRUPTED})
    return report


@dataclass(frozen=True, kw_only=True)
class _Work:
    """What all columns share.

    Attributes:
        inputs: the card, and what plans are made from beside it.
        screen: where it is said what happens.
        cancel: ends what runs.
        tape: where answers are recorded, or come from.
        began_at: in seconds since the epoch.
    """

    inputs: Inputs
    screen: Screen
    cancel: threading.Event
    tape: Recorder | Replay | None
    began_at: float

    def with_claimed(self, columns: Sequence[Column], options: Options) -> tuple[Column, ...]:
        """The columns, with the versions that the card names where those are asked for.

        Raises:
            InfrastructureError: the package index doesn't answer.
        """
        found: list[Column] = []
        for column in columns:
            if column.libraries != (CLAIMED,):
                found.append(column)
                continue
            variants = self._claimed(column, options)
            if not variants:
                self.screen.say(f"{column.name}: the card names no versions of libraries")
            found += [replace(column, libraries=variant) for variant in variants or ((),)]
        return tuple(dict.fromkeys(found))

    def _claimed(self, column: Column, options: Options) -> tuple[Libraries, ...]:
        from snippet_sandbox.gateway.gateway import Gateway  # half of the start-up
        from verify_snippets.matrix.claimed import claimed_libraries

        _, plan = self.planned(replace(column, libraries=()), options)
        python = column.python or PYTHONS[0]
        with Gateway(tape=self.tape, listener=self.screen.show) as gateway:
            return claimed_libraries(plan, lambda name: gateway.releases(name, python))

    def planned(self, column: Column, options: Options) -> tuple[Options, Plan]:
        """What a column asks for, and its plan."""
        own = replace(
            options,
            profile=column.profile,
            libraries=column.libraries,
            python=column.python,
            one_of_several=True,
        )
        return own, plan_card(self.inputs.card, self.inputs, own)

    def verified(self, plan: Plan, options: Options) -> Report:
        """One column's report.

        Raises:
            InfrastructureError: the user interrupted, and nothing is known.
        """
        try:
            return verify_plan(
                plan,
                options,
                self.screen,
                cancel=self.cancel,
                tape=self.tape,
                work_began_at=self.began_at,
            )
        except InfrastructureError as error:
            if self.cancel.is_set():
                raise
            if error.hint:
                self.screen.say(f"hint: {error.hint}")
            return broken_report(plan, options, self.screen, error.message)
