"""Notebooks of a repo: from their JSON to snippets, a code cell each. Pure.

Format: https://nbformat.readthedocs.io/en/latest/format_description.html. Versions 2 and 3 differ in what
they call things; what is older, nobody has any more.
"""

import ast
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from verify_snippets import cell_code, packages
from verify_snippets.blocks import Block, Kind
from verify_snippets.snippets import Origin, Snippet, read_snippets

CELLS_AT_MOST = 200
CODE_CHARACTERS = 1_000_000  # of all cells of a notebook; more is data, which takes seconds to read as code
_OLD_VERSIONS = (2, 3)
_PYTHON = frozenset({"python", "ipython", "xpython"})


@dataclass(frozen=True, kw_only=True)
class NotebookFile:
    """A notebook of the repo, as it was found.

    Attributes:
        path: in the repo.
        text: its JSON; empty where it wasn't read.
        trouble: why it wasn't; empty if it was.
    """

    path: str
    text: str = ""
    trouble: str = ""


@dataclass(frozen=True, kw_only=True)
class Notebook:
    """A notebook's cells, whatever the version of its format.

    Attributes:
        cells: as nbformat 4 has them, outputs left out.
        metadata: the notebook's own.
        trouble: why none of its cells can be run; empty if they can.
    """

    cells: tuple[Mapping[str, Any], ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    trouble: str = ""


def parse(file: NotebookFile) -> Notebook:
    """Read a notebook's JSON."""
    if file.trouble:
        return Notebook(trouble=file.trouble)
    try:
        content = json.loads(file.text)
    except (ValueError, RecursionError) as error:
        return Notebook(trouble=f"no notebook: its JSON can't be read ({error})")
    if not isinstance(content, dict) or not isinstance(content.get("nbformat"), int):
        return Notebook(trouble="no notebook: its JSON doesn't say which version of the format it has")
    metadata = content.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    cells = tuple(_cells(content))
    language = _language(metadata, content)
    if language not in _PYTHON:
        return Notebook(cells=cells, metadata=metadata, trouble=f"its kernel is for {language}, not Python")
    sources = [_source(cell) for cell in cells if cell["cell_type"] == "code"]
    return Notebook(cells=cells, metadata=metadata, trouble=_trouble(sources))


def _trouble(sources: Sequence[str]) -> str:
    """Why none of these cells can be run; empty if they can."""
    characters = sum(map(len, sources))
    if len(sources) > CELLS_AT_MOST:
        return f"it has {len(sources)} code cells, and at most {CELLS_AT_MOST} of a notebook are run"
    if characters > CODE_CHARACTERS:
        return f"its code has {characters:,} characters, and at most {CODE_CHARACTERS:,} are read"
    return "" if any(source.strip() for source in sources) else "it has no code in it"


def cell_id(path: str, number: int) -> str:
    """What the snippet of a notebook's code cell is called."""
    return f"{path}:{number}"


def read_notebooks(
    files: Sequence[NotebookFile], *, repo_id: str | None, metadata: Mapping[str, Any], offset: int
) -> tuple[Snippet, ...]:
    """The snippets of some notebooks, a code cell each; of one that can't be run, one that says why.

    Args:
        files: the notebooks, in order.
        repo_id: the card's own repo; None if nobody named it.
        metadata: the card's front matter.
        offset: how many snippets stand before them in the plan.
    """
    found: list[Snippet] = []
    for file in files:
        own = _snippets(file, parse(file), repo_id, metadata)
        found += (_moved(snippet, offset + len(found)) for snippet in own)
    return tuple(found)


def _snippets(
    file: NotebookFile, notebook: Notebook, repo_id: str | None, metadata: Mapping[str, Any]
) -> list[Snippet]:
    if notebook.trouble:
        return [_told(file.path, notebook.trouble)]
    numbers, blocks = zip(*_blocks(notebook), strict=True)
    snippets = read_snippets(blocks, repo_id=repo_id, metadata=metadata)
    installed = _union(snippets)
    return [
        _cell(snippet, file.path, number, installed)
        for number, snippet in zip(numbers, snippets, strict=True)
    ]


def _cell(snippet: Snippet, path: str, number: int, installed: tuple[str, ...]) -> Snippet:
    """A snippet as a cell: it has all that the notebook installs, and its own reasons not to run."""
    code = snippet.block.code
    colab = code is not None and code.tree is not None and _needs_colab(code.tree)
    reason = "works only in Google Colab: it imports google.colab" if colab else snippet.reason
    return replace(
        snippet,
        id=cell_id(path, number),
        origin=Origin.NOTEBOOK,
        document=path,
        requirements=installed,
        runnable=snippet.runnable and not colab,
        reason=reason,
    )


def _union(snippets: Sequence[Snippet]) -> tuple[str, ...]:
    """What all cells install together, each package once: they run in one container."""
    words: dict[str, str] = {}
    for snippet in snippets:
        for word in snippet.requirements:
            words.setdefault(packages.name(word), word)
    return tuple(words.values())


def _needs_colab(tree: ast.Module) -> bool:
    """Whether code imports Colab's own modules outside of any condition that may know better."""
    for statement in tree.body:
        match statement:
            case ast.ImportFrom(module=str(module)) if f"{module}.".startswith("google.colab."):
                return True
            case ast.ImportFrom(module="google", names=names) if any(it.name == "colab" for it in names):
                return True
            case ast.Import(names=names) if any(f"{it.name}.".startswith("google.colab.") for it in names):
                return True
    return False


def _moved(snippet: Snippet, by: int) -> Snippet:
    """A snippet with its place in the plan, which its needs count, too: those before it, it runs in order."""
    place = snippet.block.index
    start = by - place
    return replace(
        snippet,
        block=replace(snippet.block, index=by),
        needs=tuple(start + index for index in snippet.needs if index < place),
    )


def _told(path: str, trouble: str) -> Snippet:
    block = Block(
        index=0,
        start_line=1,
        end_line=1,
        language_tag="",
        text="",
        text_line=1,
        prose_before="",
        kind=Kind.NOTEBOOK,
    )
    return Snippet(
        id=path,
        block=block,
        code="",
        runnable=False,
        reason=trouble,
        origin=Origin.NOTEBOOK,
        document=path,
    )


def _blocks(notebook: Notebook) -> Iterator[tuple[int, Block]]:
    """The number of each code cell that holds anything, and the cell as a block; lines are the cell's own."""
    number, index, prose = 0, 0, ""
    for cell in notebook.cells:
        text = _source(cell)
        if cell["cell_type"] != "code":
            prose += f"{text}\n"
            continue
        number += 1
        if not text.strip():
            continue
        yield (
            number,
            Block(
                index=index,
                start_line=1,
                end_line=text.count("\n") + 1,
                language_tag="python",
                text=text,
                text_line=1,
                prose_before=prose,
                kind=Kind.NOTEBOOK,
                text_before=prose,
                code=cell_code.read(text),
            ),
        )
        index, prose = index + 1, ""


# --- the format


def _cells(content: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    sheets = [content] if content["nbformat"] not in _OLD_VERSIONS else content.get("worksheets")
    for sheet in sheets if isinstance(sheets, list) else ():
        told = sheet.get("cells") if isinstance(sheet, dict) else None
        for cell in told if isinstance(told, list) else ():
            if isinstance(cell, dict):
                yield _as_version_4(cell)


def _as_version_4(cell: Mapping[str, Any]) -> dict[str, Any]:
    """A cell with what version 4 calls things, without its outputs."""
    kind = cell.get("cell_type")
    source = _joined(cell.get("source", cell.get("input")))
    metadata = cell.get("metadata")
    own: dict[str, Any] = {"metadata": metadata if isinstance(metadata, dict) else {}, "source": source}
    if isinstance(attachments := cell.get("attachments"), dict) and kind != "code":
        own["attachments"] = attachments
    if kind == "heading":  # version 3
        level = cell.get("level")
        marks = "#" * (min(level, 6) if isinstance(level, int) else 1)
        return {"cell_type": "markdown", **own, "source": f"{marks} {source}"}
    if kind == "code":
        return {"cell_type": "code", **own, "execution_count": None, "outputs": []}
    return {"cell_type": "markdown" if kind in ("markdown", "html") else "raw", **own}


def _joined(source: object) -> str:
    """Text as written, or the list of its lines."""
    if isinstance(source, list):
        return "".join(str(line) for line in source)
    return source if isinstance(source, str) else ""


def _source(cell: Mapping[str, Any]) -> str:
    return str(cell["source"])


def _language(metadata: Mapping[str, Any], content: Mapping[str, Any]) -> str:
    """The language of a notebook, lower-case; Python where it doesn't say."""
    spec, info = metadata.get("kernelspec"), metadata.get("language_info")
    named = [
        info.get("name") if isinstance(info, dict) else None,
        spec.get("language") if isinstance(spec, dict) else None,
        *_languages_of_cells(content),
    ]
    return next((name.lower() for name in named if isinstance(name, str) and name), "python")


def _languages_of_cells(content: Mapping[str, Any]) -> list[object]:
    """Version 3 has the language with each cell."""
    sheets = content.get("worksheets")
    first = sheets[0] if isinstance(sheets, list) and sheets and isinstance(sheets[0], dict) else {}
    cells = first.get("cells")
    told = cells if isinstance(cells, list) else []
    return [cell.get("language") for cell in told if isinstance(cell, dict)]
