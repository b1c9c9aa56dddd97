"""Ids of repos that were meant to be the card's own."""

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from verify_snippets.mistakes.model import Mistake
from verify_snippets.names import last_name
from verify_snippets.pattern import Pattern
from verify_snippets.plan import SAMPLES, Plan, Step
from verify_snippets.stand_ins import fill_with_samples
from verify_snippets.why.hub import is_near

UNNAMED = "ORG/NAME"
_REPO_ID = Pattern(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*$")
_MENTION = Pattern(r"(?:huggingface\.co|hf\.co)/([\w.-]+/[\w.-]+)")
_LOADERS = frozenset(
    {
        *("from_pretrained", "pipeline", "snapshot_download", "hf_hub_download", "SentenceTransformer"),
        *("CrossEncoder", "LLM", "InferenceClient", "from_pretrained_keras", "load_model"),
    }
)
_TAKES_REPO = frozenset(
    {"model", "model_id", "repo_id", "model_name", "pretrained_model_name_or_path", "checkpoint"}
)


def left_placeholders(plan: Plan) -> Iterator[Mistake]:
    """Placeholders that stand exactly where the card's own repo is loaded."""
    own = plan.card.repo_id
    for step in plan.steps:
        snippet = step.snippet
        if not snippet.kind.is_python:
            continue
        for text in snippet.placeholders:
            filled = fill_with_samples(snippet.code, [text], own or UNNAMED, folder=SAMPLES)
            if filled is not None and filled.stand_ins.get(text) == (own or UNNAMED):
                yield Mistake(
                    line=_line_of(step, text),
                    problem=f"`{text}` is a placeholder where this card's own repo belongs",
                    remedy=f"write `{own}`" if own else "write the repo's id",
                )


def other_repos(plan: Plan) -> Iterator[Mistake]:
    """Repos that are loaded and are nearly the card's own: another case, a letter off, another owner.

    Another owner, and a letter off, may be meant: not where the card speaks of that repo elsewhere, or loads
    its own repo, too.
    """
    own = plan.card.repo_id
    if own is None:
        return
    loaded = [found for step in plan.steps for found in _loaded(step)]
    told = _told_of(plan) | {repo for _, repo in loaded if repo == own}
    for line, repo in loaded:
        if _is_slip(repo, own, told):
            yield Mistake(
                line=line,
                problem=f"`{repo}` is not this card's repo",
                remedy=f"write `{own}`, or link to the other repo in the card if it is meant",
            )


def _is_slip(repo: str, own: str, told: Collection[str]) -> bool:
    if repo == own or repo in told:
        return False
    if _plain(repo) == _plain(
        own
    ):  # the Hub takes another case for another repo, and finds no other spelling
        return True
    same_digits = re.findall(r"\d+", repo) == re.findall(r"\d+", own)  # v1 and v2, 7b and 13b are two models
    return own not in told and same_digits and is_near(repo, own)


def _plain(repo: str) -> str:
    return re.sub(r"[-_.]+", "-", repo.lower())


def _told_of(plan: Plan) -> set[str]:
    """Other repos that the card names on purpose: in its metadata, and in links."""
    found = set(_strings(plan.card.metadata))
    for snippet in plan.snippets:
        found |= set(_MENTION.findall(snippet.block.text_before)) | set(
            _MENTION.findall(snippet.block.text_after)
        )
    return {text.rstrip(".") for text in found}


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from _strings(inner)
        case list():
            for inner in value:
                yield from _strings(inner)


def _loaded(step: Step) -> Iterator[tuple[int, str]]:
    """The card's line and the id of each repo that a snippet's code loads."""
    code = step.snippet.block.code
    for node in code.nodes if code is not None else ():
        for value in _taken_for_repos(node):
            if (
                isinstance(value, ast.Constant)
                and isinstance(value.value, str)
                and _REPO_ID.match(value.value)
            ):
                yield step.snippet.block.text_line + value.lineno - 1, value.value


def _taken_for_repos(node: ast.AST) -> Sequence[ast.expr]:
    """The values that a call loads, or that a variable names for it."""
    match node:
        case ast.Call() if last_name(node.func) in _LOADERS:
            return [*node.args[:1], *(word.value for word in node.keywords if word.arg in _TAKES_REPO)]
        case ast.Assign() if any(last_name(target).lower() in _TAKES_REPO for target in node.targets):
            return [node.value]
        case _:
            return []


def _line_of(step: Step, text: str) -> int:
    before, found, _ = step.snippet.code.partition(text)
    return step.snippet.block.text_line + (before.count("\n") if found else 0)
