"""What went wrong in a cell, told by the documents that the job's parts are from. Pure."""

import re
from collections.abc import Mapping
from typing import Any

TEXT_LIMIT = 20_000
_PLACE = re.compile(r'(File "|\()<cell (\d+)>("?), line (\d+)')
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class Pages:
    """Whose lines the kernel's cells are: their numbers there against the job's parts."""

    def __init__(self) -> None:
        self._parts: dict[int, dict[str, Any]] = {}

    def learn(self, number: int, part: dict[str, Any]) -> None:
        """The kernel calls a part by a number."""
        self._parts[number] = part

    def line(self, frames: list[list[int]], part: dict[str, Any]) -> int | None:
        """The innermost line that is of a part's own document, of cells and lines in them."""
        own = [
            line + whose["first_line"] - 1
            for number, line in frames
            if (whose := self._parts.get(number, part if not number else None))
            and whose["filename"] == part["filename"]
        ]
        return own[-1] if own else None

    def in_documents(self, text: str) -> str:
        """A traceback with documents and their lines in place of the kernel's cells."""
        return _PLACE.sub(self._place, _ANSI.sub("", text))

    def failure(
        self, part: dict[str, Any], report: Mapping[str, Any], reply: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """What made a cell fail: a shell line, if one came first, or an exception; None if nothing did.

        Args:
            part: the cell.
            report: what our kernel said of it; see ``kernel.py``.
            reply: what every kernel says in the end.
        """
        failed, error = report.get("failed") or [], report.get("error")
        if failed:
            return self._of_command(part, failed[0], error)
        if error:
            texts = {key: self.in_documents(error[key]) for key in ("message", "traceback")}
            return {**error, **texts, "line": self.line(error["lines"], part)}
        if reply.get("status", "error") == "ok":
            return None
        return {  # an error of the shell's own, of which our kernel had no word
            "type": str(reply.get("ename", "")),
            "message": str(reply.get("evalue", ""))[:TEXT_LIMIT],
            "line": None,
            "traceback": self.in_documents("\n".join(map(str, reply.get("traceback", []))))[:TEXT_LIMIT],
            "chain": [],
        }

    def _of_command(
        self, part: dict[str, Any], failed: Mapping[str, Any], error: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        told = f"\nafterwards: {error['type']}: {error['message']}" if error else ""
        return {
            "type": "subprocess.CalledProcessError",
            "message": f"`!{failed['command']}` ended with exit code {failed['code']}{told}",
            "line": self.line(failed["lines"], part),
            "traceback": self.in_documents(error["traceback"]) if error else "",
            "chain": [],
        }

    def _place(self, found: "re.Match[str]") -> str:
        opening, number, closing, line = found.groups()
        part = self._parts.get(int(number))
        if part is None:
            return found[0]
        return f"{opening}{part['filename']}{closing}, line {int(line) + part['first_line'] - 1}"
