"""What a pytest run asks for: from its options and settings to ``Options``."""

from dataclasses import dataclass, replace

import pytest

from snippet_images.errors import UsageError, UserFacingError
from snippet_sandbox.engines import ENGINES
from snippet_sandbox.gateway.web_policy import PUBLIC, WebPolicy
from snippet_sandbox.job import DEFAULT_TIME_LIMIT_S
from verify_snippets.options import Options
from verify_snippets.prepare import profile_of
from verify_snippets.pytest_plugin import setting
from verify_snippets.target import is_local


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was asked for.

    Attributes:
        targets: the cards that were named, each once.
        profiles: names of the hardware to run under; none to follow the cards.
        options: all else, for every card.
        repo_id: what a local card stands for.
        revision: of a repo on the Hub.
    """

    targets: tuple[str, ...]
    profiles: tuple[str, ...]
    options: Options
    repo_id: str | None
    revision: str | None

    def options_for(self, target: str) -> Options:
        """The options for one card: a local one stands for a repo, one on the Hub has revisions."""
        if is_local(target):
            return replace(self.options, repo_id=self.repo_id)
        return replace(self.options, revision=self.revision)

    def each_profile(self, options: Options) -> list[Options]:
        """The options under each profile that was named, or as they are."""
        several = len(self.profiles) > 1
        return [replace(options, profile=name, one_of_several=several) for name in self.profiles] or [options]


def read(config: pytest.Config) -> Asked:
    """What a run asks for.

    Raises:
        pytest.UsageError: it can't be meant.
    """
    try:
        return _read(config)
    except UserFacingError as error:
        raise usage_error(error) from error


def usage_error(error: UserFacingError) -> pytest.UsageError:
    """An error of ours as pytest tells it."""
    return pytest.UsageError(told(error))


def told(error: UserFacingError) -> str:
    """What happened, and what to try next."""
    return f"{error.message}\nhint: {error.hint}" if error.hint else error.message


def _read(config: pytest.Config) -> Asked:
    targets = tuple(dict.fromkeys(config.getoption("cards")))
    asked = Asked(
        targets=targets,
        profiles=tuple(dict.fromkeys(config.getoption("card_profile") or config.getini(setting("profile")))),
        options=Options(
            engine=_engine(_text(config, "engine")),
            time_limit_s=_seconds(_text(config, "timeout")),
            web=WebPolicy.parse(_text(config, "web") or str(PUBLIC)),
            fresh=_flag(config, "fresh"),
            strict_output=_flag(config, "strict-output"),
            hub_code=_flag(config, "hub-code"),
        ),
        repo_id=_text(config, "repo-id"),
        revision=_text(config, "revision"),
    )
    for each in asked.each_profile(asked.options):
        profile_of(each)  # before a card is read for nothing
    here = [target for target in targets if is_local(target)]
    _check_one("repo-id", config.getoption("card_repo_id"), here, "a local card")
    there = [target for target in targets if target not in here]
    _check_one("revision", config.getoption("card_revision"), there, "a card on the Hub")
    return asked


def _check_one(name: str, value: str | None, targets: list[str], what: str) -> None:
    if value is not None and len(targets) != 1:
        many = f"{len(targets)} were" if targets else "none was"
        raise UsageError(
            f"--card-{name} speaks of one card, and {many} named with --card",
            hint=f"name {what} with --card, one at a time",
        )


def _text(config: pytest.Config, name: str) -> str | None:
    """What was asked for on the command line, or else in the settings."""
    given = config.getoption(setting(name))
    return given if given is not None else config.getini(setting(name)) or None


def _flag(config: pytest.Config, name: str) -> bool:
    return bool(config.getoption(setting(name)) or config.getini(setting(name)))


def _engine(name: str | None) -> str | None:
    if name is not None and name not in ENGINES:
        raise UsageError(f"there is no engine {name!r}", hint=f"the engines are: {', '.join(ENGINES)}")
    return name


def _seconds(text: str | None) -> float:
    if text is None:
        return DEFAULT_TIME_LIMIT_S
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise UsageError(f"--card-timeout {text} is no time", hint="give seconds, such as 600")
    return seconds
