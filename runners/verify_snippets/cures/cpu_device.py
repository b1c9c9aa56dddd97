"""A GPU in the code where the card says that a CPU is enough: the code gets the CPU."""

from collections.abc import Iterator
from typing import Any

import libcst as cst
from libcst import matchers as m

from verify_snippets.cures import source
from verify_snippets.cures.model import Patient, Proposal
from verify_snippets.pattern import Pattern

_CUDA = Pattern(r"cuda(:\d+)?")


def cpu_device(patient: Patient) -> Iterator[Proposal]:
    """Name the CPU wherever the code names a GPU without asking whether there is one."""
    if not patient.on_cpu:
        return
    tree = source.parse(patient.code)
    if tree is None:
        return
    changed = tree.render(source.replaced(tree.module, _on_cpu))
    if changed != patient.code:
        yield Proposal(
            cure="cpu-device",
            sentence="the card says that a CPU is enough, and its code asks for a GPU: it runs on the CPU",
            code=changed,
        )


_CALL_OF_CUDA = m.Call(func=m.Attribute(attr=m.Name("cuda")), args=[])
_FIRST_GPU = m.Arg(keyword=m.Name("device"), value=m.Integer())


def _on_cpu(node: cst.CSTNode, updated: Any) -> Any:
    if isinstance(node, cst.IfExp):
        return node  # "cuda" if there is one: it chooses for itself
    if isinstance(node, cst.SimpleString) and _CUDA.fullmatch(source.string_value(node) or ""):
        return source.with_text(node, "cpu")
    if m.matches(node, _CALL_OF_CUDA):
        return updated.with_changes(
            func=updated.func.with_changes(attr=cst.Name("to")),
            args=[cst.Arg(cst.SimpleString('"cpu"'))],
            whitespace_before_args=cst.SimpleWhitespace(""),
        )
    if m.matches(node, _FIRST_GPU):
        return updated.with_changes(value=cst.SimpleString('"cpu"'))
    return updated
