"""A store in which whoever could write a text has written an attack."""

from dataclasses import fields, is_dataclass, replace
from typing import Any

from tests.verify_snippets.report.html_attacks import EVIL
from tests.verify_snippets.site.fill import FIRST_NIGHT
from verify_snippets.report.model import CauseReport
from verify_snippets.store import Store
from verify_snippets.store.records import ListedModel

_LONG = "W" * 300  # nowhere to break a line
_ATTACK = f"{EVIL}/../../passwd{_LONG}"
_OWN = frozenset(
    ("night", "profile", "lineage", "code_sha256", "verdict", "kind", "measure", "steadiness", "recent")
)
"""Fields whose words are our own."""


def embitter(store: Store) -> None:
    """Write all that the store holds once more, with an attack in every text."""
    standings = [_with_evil(each) for each in store.standings()]
    listed = [
        ListedModel(repo_id=each.key.repo_id, revision=_ATTACK, library=f"a{_ATTACK}", task=f"b{_ATTACK}")
        for each in standings
    ]
    store.seen(listed, at=FIRST_NIGHT, whole=False, owner=None)
    store.put_standings(standings, [_with_evil(change) for change in store.changes()])
    store.put_claims([_with_evil(claim) for claim in store.claim_standings()])


def _with_evil(value: Any) -> Any:
    """The same with an attack in every text that a stranger may have written."""
    if is_dataclass(value) and not isinstance(value, type):
        changed = {f.name: _with_evil(getattr(value, f.name)) for f in fields(value) if f.name not in _OWN}
        return replace(value, **changed)
    if isinstance(value, CauseReport):
        subjects = {role: _with_evil(about) for role, about in value.subjects.items()}
        return value.model_copy(update={"subjects": subjects})
    if type(value) is str and value:
        return f"{value}{_ATTACK}"
    return value
