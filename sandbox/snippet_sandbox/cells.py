"""What a notebook's cells gave, from what an agent says of them to outputs as nbformat 4 has them. Pure.

Format: https://nbformat.readthedocs.io/en/latest/format_description.html. All of it comes from code that
nobody trusts: it is carried and checked for its shape; whoever shows it must know how to do that without
harm.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from snippet_sandbox.job import PICTURES, Picture
from snippet_sandbox.pictures import picture_from

NOTEBOOK_BYTES = 12_000_000  # of all outputs of one job that are kept, as JSON
_LEFT_OUT = "[left out: the notebook's outputs are too big]"
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}


@dataclass(kw_only=True)
class Cells:
    """Takes in what an agent says of cells.

    Attributes:
        outputs: of each cell by its part's name, in their order.
        printed: what each cell wrote to standard output and standard error, as far as it is kept.
    """

    outputs: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    printed: dict[str, tuple[str, str]] = field(default_factory=dict)
    _left_bytes: int = NOTEBOOK_BYTES

    def hear(self, message: Mapping[str, Any]) -> None:
        """Take in one message; what has not the shape of an output is dropped."""
        if "printed_by" in message:
            texts = str(message.get("stdout", "")), str(message.get("stderr", ""))
            self.printed[str(message["printed_by"])] = texts
            return
        output = _output(message.get("gave"))
        if output is None:
            return
        size = len(json.dumps(output))
        kept = self.outputs.setdefault(str(message["output_of"]), [])
        if size <= self._left_bytes:
            self._left_bytes -= size
            kept.append(output)
        elif not kept or kept[-1].get("text") != _LEFT_OUT:
            kept.append({"output_type": "stream", "name": "stderr", "text": _LEFT_OUT})

    def pictures(self, name: str) -> tuple[Picture, ...]:
        """The pictures among one cell's outputs."""
        found = list(_pictures(name, self.outputs.get(name, ())))
        return tuple(found[:PICTURES])


def _output(told: object) -> dict[str, Any] | None:
    """An output in nbformat's shape, with nothing in it that JSON has not; None if it isn't one."""
    if not isinstance(told, dict):
        return None
    match told.get("output_type"):
        case "stream":
            name = "stderr" if told.get("name") == "stderr" else "stdout"
            return {"output_type": "stream", "name": name, "text": str(told.get("text", ""))}
        case "error":
            lines = told.get("traceback")
            return {
                "output_type": "error",
                "ename": str(told.get("ename", "")),
                "evalue": str(told.get("evalue", "")),
                "traceback": [str(line) for line in lines] if isinstance(lines, list) else [],
            }
        case "display_data" | "execute_result" as kind:
            data = told.get("data")
            count = {"execution_count": told.get("execution_count")} if kind == "execute_result" else {}
            return {"output_type": kind, "data": _data(data), "metadata": {}, **count}
        case _:
            return None


def _data(told: object) -> dict[str, Any]:
    """The forms of one output, those aside that can't be written as JSON: it has no word for NaN."""
    kept: dict[str, Any] = {}
    for media_type, data in told.items() if isinstance(told, dict) else ():
        try:
            json.dumps(data, allow_nan=False)
        except ValueError:
            continue
        kept[str(media_type)] = data
    return kept


def _pictures(name: str, outputs: Sequence[Mapping[str, Any]]) -> Iterator[Picture]:
    number = 0
    for output in outputs:
        data = output.get("data", {})
        for media_type, ending in _ENDINGS.items():
            content = data.get(media_type)
            if isinstance(content, str):
                number += 1
                found = picture_from(f"{name}-{number}.{ending}", "".join(content.split()))
                if found:
                    yield found
                break
