"""Failures with one cause outside the cards are one group, whatever is the cards' own about them."""

import pytest

from verify_snippets.causes import Cause
from verify_snippets.grouping import KINDS, group_of
from verify_snippets.report.model import CauseReport


def _cause(kind: Cause, **subjects: str) -> CauseReport:
    return CauseReport(kind=kind, subjects=subjects)


@pytest.mark.parametrize(
    ("cause", "headline"),
    [
        (
            _cause(Cause.VERSION_TOO_NEW, library="transformers", since="5.0.0", task="summarization"),
            "the pipeline `summarization` was removed in transformers 5.0.0",
        ),
        (
            _cause(
                Cause.VERSION_TOO_NEW,
                library="transformers",
                since="5.0.0",
                argument="use_auth_token",
                replacement="token",
            ),
            "the argument `use_auth_token` became `token` in transformers 5.0.0",
        ),
        (_cause(Cause.UNDECLARED_DEPENDENCY, package="einops"), "the card never says to install `einops`"),
        (_cause(Cause.NETWORK_REFUSED, host="example.org"), "`example.org` can't be reached"),
        (_cause(Cause.TIME_LIMIT), "still running at the time limit"),
        (None, "not explained"),
    ],
)
def test_a_headline_names_what_the_failures_share(cause: CauseReport | None, headline: str) -> None:
    assert group_of(cause).headline == headline


def test_the_installed_version_keeps_no_two_failures_apart() -> None:
    one, other = (
        _cause(Cause.VERSION_TOO_NEW, library="numpy", since="2.0.0", name="float_", version=installed)
        for installed in ("2.3.0", "2.4.6")
    )
    assert group_of(one) == group_of(other)


def test_a_cards_own_file_keeps_no_two_failures_apart() -> None:
    one, other = (_cause(Cause.MISSING_INPUT, file=file) for file in ("cat.png", "dog.png"))
    assert group_of(one) == group_of(other)


def test_another_package_is_another_group() -> None:
    one, other = (_cause(Cause.UNDECLARED_DEPENDENCY, package=name) for name in ("einops", "timm"))
    assert group_of(one).slug != group_of(other).slug


@pytest.mark.parametrize("kind", Cause)
def test_every_kind_of_cause_has_a_headline_and_a_slug(kind: Cause) -> None:
    assert group_of(_cause(kind)).headline == KINDS[kind]
    assert group_of(_cause(kind)).slug == kind


@pytest.mark.parametrize(
    "package", ["../../etc/passwd", "CON", "a" * 500, "数据", "<script>", "\ud800", " . "]
)
def test_a_slug_is_a_plain_file_name(package: str) -> None:
    slug = group_of(_cause(Cause.UNDECLARED_DEPENDENCY, package=package)).slug
    assert len(slug) < 80
    assert slug.replace("-", "").isalnum()
    assert slug.isascii()
    assert slug == slug.lower()


def test_groups_that_only_look_alike_as_slugs_stay_apart() -> None:
    one, other = (_cause(Cause.UNDECLARED_DEPENDENCY, package=name) for name in ("a.b", "a-b"))
    assert group_of(one).slug != group_of(other).slug
