"""The hooks of a run that has cards: which are read, and what is collected of them."""

import os
import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Protocol

import pytest

from snippet_images.errors import UserFacingError
from verify_snippets.options import Options
from verify_snippets.plan import Plan, Step
from verify_snippets.prepare import plan_card, read_inputs
from verify_snippets.pytest_plugin import asking, named
from verify_snippets.pytest_plugin.items import SnippetItem
from verify_snippets.pytest_plugin.named import HandedOn, NamedCard
from verify_snippets.pytest_plugin.verifier import LogScreen, Verifier

_HANDED_ON = "verify_snippets"  # its name among what xdist gives a worker


class Node(Protocol):
    """A worker of xdist's, as far as it is known here."""

    @property
    def workerinput(self) -> dict[str, object]:
        """What the worker is given."""


class CardPlugin:
    """What is done where there are cards.

    Args:
        config: of the run.

    Raises:
        pytest.UsageError: what was asked for can't be meant.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._asked = asking.read(config)
        handed = getattr(config, "workerinput", {}).get(_HANDED_ON)
        self._handed = HandedOn.read(handed) if handed else None
        self._handing_on: HandedOn | None = None  # in the process that controls xdist's workers
        self._named: tuple[NamedCard, ...] = ()
        self._wanted: dict[str, list[str]] = {}
        self._verifier = Verifier(self._handed.turns if self._handed else None, self._say)
        config.add_cleanup(self._verifier.close)

    # --- which cards

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Read the cards that were named, before xdist starts its workers."""
        try:
            self._named = (
                self._handed.named(self._asked)
                if self._handed
                else named.read(self._asked, self._config.rootpath)
            )
        except UserFacingError as error:
            raise asking.usage_error(error) from error
        self._take_own_arguments()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Node) -> None:
        """Let xdist's workers run the very same cards, at the commits found here."""
        if self._handing_on is None:
            number, name = tempfile.mkstemp(prefix="verify-snippets-turns-")
            os.close(number)
            self._config.add_cleanup(lambda: Path(name).unlink(missing_ok=True))
            self._handing_on = HandedOn.of(self._named, Path(name))
        node.workerinput[_HANDED_ON] = self._handing_on.text

    def _take_own_arguments(self) -> None:
        """Take ids of snippets, which pytest would look for as files, out of the paths to collect."""
        if self._config.args_source is not pytest.Config.ArgsSource.ARGS:
            if self._named and self._is_named_now():
                self._config.args = []  # cards alone
            return
        names = {card.name for card in self._named}
        for argument in self._config.args:
            name = argument.partition("::")[0]
            if name in names:
                self._wanted.setdefault(name, []).append(argument)
        mine = {argument for arguments in self._wanted.values() for argument in arguments}
        self._config.args = [argument for argument in self._config.args if argument not in mine]

    def _is_named_now(self) -> bool:
        """Whether a card is named on this very command line, and not in a project's ``addopts``."""
        given = map(str, self._config.invocation_params.args)
        return any(word == "--card" or word.startswith("--card=") for word in given)

    # --- what is collected

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Put the named cards behind all that pytest finds in folders."""
        report = yield
        if isinstance(collector, pytest.Session) and report.passed:
            report.result = [*(report.result or ()), *self._collectors(collector)]
        return report

    def _collectors(self, session: pytest.Session) -> Iterator["CardCollector"]:
        for card in self._named:
            if not self._wanted or card.name in self._wanted:
                yield CardCollector.from_parent(
                    session, name=card.name, nodeid=card.name, plugin=self, card=card
                )

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> "CardFile | None":
        """Collect a card where the setting ``card_files`` names its file."""
        name = named.local_name(file_path, self._config.rootpath)
        is_card = any(fnmatchcase(name, pattern) for pattern in self._config.getini("card_files"))
        if not is_card or any(card.name == name for card in self._named):
            return None
        options = replace(self._asked.options, repo_id=self._asked.repo_id)
        card = NamedCard(name=name, target=str(file_path), options=options)
        return CardFile.from_parent(parent, path=file_path, plugin=self, card=card)

    def items(self, parent: pytest.Collector, card: NamedCard) -> list[SnippetItem]:
        """The items of one card, in its order.

        Raises:
            pytest.Collector.CollectError: it can't be read.
        """
        if card.trouble:
            raise pytest.Collector.CollectError(card.trouble)
        try:
            plans = self._plans(card)
        except UserFacingError as error:
            raise pytest.Collector.CollectError(asking.told(error)) from error
        found = [
            self._item(parent, card, step, plan, options, one_of_many=len(plans) > 1)
            for steps in zip(*(plan.steps for plan, _ in plans), strict=True)
            for step, (plan, options) in zip(steps, plans, strict=True)
        ]
        return self._selected(found, card)

    def _item(
        self,
        parent: pytest.Collector,
        card: NamedCard,
        step: Step,
        plan: Plan,
        options: Options,
        *,
        one_of_many: bool,
    ) -> SnippetItem:
        name = f"{step.snippet.id}[{step.profile}]" if one_of_many else step.snippet.id
        return SnippetItem.from_parent(
            parent,
            name=name,
            nodeid=f"{card.name}::{name}",
            card=card.name,
            plan=plan,
            step=step,
            options=options,
            verifier=self._verifier,
        )

    def _selected(self, items: list[SnippetItem], card: NamedCard) -> list[SnippetItem]:
        """Those whose ids were named, where any were; without its profile an id means all of them.

        Raises:
            pytest.Collector.CollectError: an id is none of this card's.
        """
        wanted = self._wanted.get(card.name, [card.name])
        ids = (
            {item.nodeid for item in items} | {item.nodeid.partition("[")[0] for item in items} | {card.name}
        )
        unknown = [one for one in wanted if one not in ids]
        if unknown:
            raise pytest.Collector.CollectError(f"{card.name} has no snippet {unknown[0]}")
        return [
            item for item in items if {item.nodeid, item.nodeid.partition("[")[0], card.name} & set(wanted)
        ]

    def _plans(self, card: NamedCard) -> Sequence[tuple[Plan, Options]]:
        """A plan for each profile that was named, or the one that follows the card."""
        inputs = read_inputs(card.target, card.options, LogScreen())
        all_options = self._asked.each_profile(card.options)
        return [(plan_card(inputs.card, inputs, options), options) for options in all_options]

    # --- what is told

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Add what only the sandbox knows."""
        report = yield
        if isinstance(item, SnippetItem):
            item.amend(report, call.duration)
        return report

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Remove the containers of xdist's workers, which it kills where the user interrupts."""
        if self._handing_on is not None and exitstatus == pytest.ExitCode.INTERRUPTED:
            with suppress(UserFacingError):
                self._verifier.sweep(self._asked.options)

    def _say(self, text: str) -> None:
        """One line on the terminal, where this process has one."""
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        capture = self._config.pluginmanager.get_plugin("capturemanager")
        if terminal is None or capture is None:
            return
        with capture.global_and_fixture_disabled():
            terminal.ensure_newline()
            terminal.write_line(f"verify-snippets: {text}")


class CardCollector(pytest.Collector):
    """A card that was named with ``--card``.

    Args:
        plugin: makes its items.
        card: which one.
    """

    def __init__(self, *, plugin: CardPlugin, card: NamedCard, **others: Any) -> None:
        super().__init__(**others)
        self._plugin = plugin
        self._card = card

    def collect(self) -> list[SnippetItem]:
        """One item for each snippet, in the card's order."""
        return self._plugin.items(self, self._card)


class CardFile(CardCollector, pytest.File):
    """A card whose file pytest came upon."""
