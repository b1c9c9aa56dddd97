"""What ``matrix`` does."""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence

from snippet_images.errors import UsageError
from verify_snippets import exit_codes
from verify_snippets import screen as screens
from verify_snippets.cli.planning import means_many
from verify_snippets.flavors import catalogue
from verify_snippets.matrix import github_matrix
from verify_snippets.matrix.columns import read_libraries, read_pythons

FORMATS = {
    "github": github_matrix.as_output,
    "json": github_matrix.as_json,
    "text": github_matrix.as_text,
}
_ONE_WORD = re.compile(r"[\w@%+=:,./~-]+", re.ASCII)


def show_matrix(
    targets: Sequence[str],
    profiles: Sequence[str],
    *,
    libraries: str,
    python: str,
    shards: int | None,
    labels: Mapping[str, Sequence[str]],
    format_: str,
) -> int:
    """Print the job matrix for ``targets``, and return the exit code.

    Raises:
        UserFacingError: there is no such profile or target, or GitHub would not take the matrix.
    """
    if libraries:
        read_libraries(libraries)  # what can't be read is said now, and not by each entry
    if python:
        read_pythons(python)
    known = catalogue(ask=False)
    unknown = next((name for name in profiles if name not in known), None)
    if unknown is not None:
        raise UsageError(f"there is no profile named {unknown!r}", hint=f"profiles are: {', '.join(known)}")
    found = github_matrix.entries(
        list(_cards(targets)),
        [known[name] for name in profiles],
        libraries=libraries,
        python=python,
        shards=shards,
        labels=labels,
    )
    sys.stdout.write(FORMATS[format_](found))
    return exit_codes.GOOD


def _cards(targets: Sequence[str]) -> Iterator[str]:
    """The single cards that targets stand for."""
    for target in targets:
        for card in _models_of(target) if means_many(target) else (target,):
            if not _ONE_WORD.fullmatch(card):
                raise UsageError(
                    f"{card!r} can't be handed on by a workflow: it is more than one plain word",
                    hint="name repo ids, or paths of letters, digits and ./_-",
                )
            yield card


def _models_of(target: str) -> Sequence[str]:
    from huggingface_hub import constants

    from verify_snippets.nightly.listing import list_models
    from verify_snippets.nightly.targets import Models, read_target

    meant = read_target(target, constants.ENDPOINT)
    if isinstance(meant, Models):  # as the user wrote them: each is looked up where it is verified
        return meant.repo_ids
    with screens.open_screen() as screen:
        return [model.repo_id for model in list_models(target, listener=screen.show).models]
