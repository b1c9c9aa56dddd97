"""The card's own repo where its code names another that was meant to be it."""

from collections.abc import Iterator
from typing import Any

import libcst as cst

from verify_snippets.causes import Cause
from verify_snippets.cures import source
from verify_snippets.cures.model import Patient, Proposal
from verify_snippets.why.hub import is_near


def own_repo(patient: Patient) -> Iterator[Proposal]:
    """Put the card's own id in the place of a placeholder, or of an id that is nearly it."""
    own = patient.repo_id
    if own is None:
        return
    asked = [text for text, stand_in in patient.filled.items() if stand_in == own and text in patient.code]
    # of a repo that is not there, the Hub says to those it doesn't know the same as of one that is closed
    wrong = patient.about("repo") if patient.has(Cause.WRONG_REPO, Cause.GATED) else ""
    if wrong and wrong != own and is_near(wrong, own):
        changed = _with_repo(patient.code, wrong, own)
        why = f"`{wrong}` is not this card's repo and can't be loaded: `{own}` is"
    elif asked:
        changed = patient.code
        for text in sorted(asked, key=len, reverse=True):
            changed = changed.replace(text, own)
        why = f"`{asked[0]}` is a placeholder: this card's own repo is `{own}`"
    else:
        return
    if changed is not None and changed != patient.code:
        yield Proposal(cure="own-repo", sentence=why, code=changed)


def _with_repo(code: str, wrong: str, own: str) -> str | None:
    tree = source.parse(code)
    if tree is None:
        return None

    def change(node: cst.CSTNode, updated: Any) -> Any:
        if isinstance(node, cst.SimpleString) and source.string_value(node) == wrong:
            return source.with_text(node, own)
        return updated

    return tree.render(source.replaced(tree.module, change))
