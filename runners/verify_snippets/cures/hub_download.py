"""``cached_download(hf_hub_url(repo, file))``, the oldest way to a file of the Hub, becomes one call.

Both names are of huggingface_hub; ``hf_hub_download`` takes the arguments of the inner call, and those of the
outer one that are named in ``_KEPT``. Source: huggingface_hub's ``file_download.py``, 0.25 and 2.4.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import libcst as cst
from libcst import matchers

from verify_snippets.cures import source
from verify_snippets.cures.model import Patient, Proposal

_OUTER, _INNER, _NEW = "cached_download", "hf_hub_url", "hf_hub_download"
_LIBRARY = "huggingface_hub"
_KEPT = {"cache_dir", "force_download", "token", "local_files_only"}


def hub_download(patient: Patient) -> Iterator[Proposal]:
    """Ask for the file itself, where the code asked for its address and then for that."""
    tree = source.parse(patient.code)
    if tree is None or _OUTER not in patient.code:
        return
    code = tree.render(source.replaced(tree.module, _Joining(tree).change))
    left = source.parse(code)
    if code == patient.code or left is None or _uses(left.module, _OUTER):
        return
    if not _uses(left.module, _INNER):
        code = left.render(source.replaced(left.module, _drop(_INNER)))
    yield Proposal(
        cure="hub-download",
        sentence=f"`{_OUTER}` was removed in {_LIBRARY} 0.26.0: `{_NEW}` finds a file and fetches it",
        code=code,
        is_certain=True,
    )


class _Joining:
    """Joins two calls into one as it goes through a tree, and imports the new name for the old one.

    Args:
        tree: the snippet's.
    """

    def __init__(self, tree: source.Source) -> None:
        self._imports = tree.imports

    def change(self, node: cst.CSTNode, updated: Any) -> Any:
        """A node as it is to be."""
        match node:
            case cst.Call() if self._is(node, _OUTER):
                return self._joined(node, updated)
            case cst.ImportAlias(name=cst.Name(value=name), asname=None) if name == _OUTER:
                return updated.with_changes(name=cst.Name(_NEW))
            case _:
                return updated

    def _joined(self, node: cst.Call, updated: cst.Call) -> cst.Call:
        others = node.args[1:]
        inner = self._inner(node.args[0]) if node.args else None
        kept = [argument for argument in others if argument.keyword and argument.keyword.value in _KEPT]
        if inner is None or len(kept) != len(others) or not isinstance(updated.func, cst.Name):
            return updated
        return updated.with_changes(func=cst.Name(_NEW), args=_together(inner.args, kept))

    def _inner(self, address: cst.Arg) -> cst.Call | None:
        """The call that made an address, where it stands in the place of it."""
        value = address.value if address.keyword is None else None
        return value if isinstance(value, cst.Call) and self._is(value, _INNER) else None

    def _is(self, call: cst.Call, name: str) -> bool:
        return source.full_name(call.func, self._imports) == f"{_LIBRARY}.{name}"


def _together(first: Sequence[cst.Arg], then: Sequence[cst.Arg]) -> list[cst.Arg]:
    """Arguments of two calls in one, with a comma between them."""
    if not then:
        return list(first)
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    return [*first[:-1], first[-1].with_changes(comma=comma), *then]


def _uses(module: cst.Module, name: str) -> bool:
    """Whether a name is used outside of imports."""
    names = len(matchers.findall(module, matchers.Name(name)))
    return names > len(matchers.findall(module, matchers.ImportAlias(name=matchers.Name(name))))


def _drop(name: str) -> source.Change:
    """Take a name out of the import that has others beside it."""

    def change(_: cst.CSTNode, updated: Any) -> Any:
        if not isinstance(updated, cst.ImportFrom) or isinstance(updated.names, cst.ImportStar):
            return updated
        left = [alias for alias in updated.names if alias.evaluated_name != name]
        if not left or len(left) == len(updated.names):
            return updated
        return updated.with_changes(
            names=[*left[:-1], left[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)]
        )

    return change
