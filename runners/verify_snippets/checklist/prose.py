"""What the card's text must tell its readers. Pure."""

import re
from collections.abc import Mapping, Sequence

from verify_snippets.checklist.item import Group, Item, Topic
from verify_snippets.checklist.links import links_of
from verify_snippets.checklist.material import Answer, Material, Section
from verify_snippets.pattern import Pattern

_WHAT = Topic(key="description", group=Group.CARD, title="What the model is and is for")
_TRAINING = Topic(key="training", group=Group.CARD, title="How it was trained")
_METRICS = Topic(key="metrics", group=Group.CARD, title="Results of its evaluation")
_LIMITS = Topic(key="limitations", group=Group.CARD, title="Limitations and biases")
_GATE = Topic(key="gated", group=Group.CARD, title="How to get access")
_PAPER = Topic(key="paper", group=Group.CARD, title="Paper or citation")
_LINKS = Topic(key="links", group=Group.CARD, title="Links that answer")

_LIMIT_TITLE = Pattern(
    r"limitation|bias|risks?\b|out[- ]of[- ]scope|ethic|safety|caution|caveat|known issues|"
    r"responsib|disclaimer|局限|限制|风险|風險|偏见|安全|免责|制限|注意|한계|limites|limitaciones|einschränkung",
    re.IGNORECASE,
)
_TRAIN_TITLE = Pattern(
    r"train|fine-?tun|hyper-?param|procedure|dataset|training data|训练|訓練|数据|微调|学習|학습|"
    r"entra[iî]n|entrenam",
    re.IGNORECASE,
)
_RESULT_TITLE = Pattern(
    r"evaluat|benchmark|result|performance|metric|accuracy|score|leaderboard|评测|评估|性能|結果|结果|평가|résultat",
    re.IGNORECASE,
)
_ACCESS_TITLE = Pattern(r"access|licen[cs]e|request|gated|terms|agreement|许可|授权", re.IGNORECASE)
_EMPTY = Pattern(
    r"\[?more information needed\]?|\[needs more information\]|^\s*(todo|tbd|coming soon|n/?a)\b.*$",
    re.IGNORECASE | re.MULTILINE,
)
_NUMBER_ROW = Pattern(r"^\s*\|.*\d.*\|", re.MULTILINE)
_PAPERS = Pattern(
    r"arxiv\.org/(abs|pdf)/|doi\.org/|aclanthology\.org|openreview\.net|huggingface\.co/papers/|@\w+\s*\{",
    re.IGNORECASE,
)
_WORD = Pattern(r"[\w'-]+")
_CJK = Pattern(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ENOUGH_WORDS = 8  # for a section to say something
_DESCRIPTION_WORDS = 30


def items(material: Material) -> Sequence[Item]:
    """All of the card's text."""
    return [
        _what(material),
        _training(material),
        _metrics(material),
        _limits(material),
        _gate(material),
        _paper(material),
        _links(material),
    ]


def words(text: str) -> int:
    """How many words a text has; of scripts without spaces each second character counts as one."""
    plain = _EMPTY.sub("", text)
    return len(_WORD.findall(_CJK.sub(" ", plain))) + len(_CJK.findall(plain)) // 2


def _section(material: Material, title: re.Pattern[str] | Pattern) -> tuple[Section | None, Section | None]:
    """The first section under such a title that says something, and the first one at all."""
    under = [section for section in material.sections if title.search(section.title)]
    telling = (section for section in under if words(section.text) >= _ENOUGH_WORDS)
    return next(telling, None), next(iter(under), None)


def _what(material: Material) -> Item:
    count = words(material.prose)
    if count >= _DESCRIPTION_WORDS:
        return _WHAT.done(f"{count} words of text")
    name = (material.card.repo_id or "").partition("/")[2] or "Model"
    add = f"# {name}\n\nWhat it does, how it is built, whom it is for."
    return _WHAT.missing(f"the card has {count} words beside its code", add=add)


def _training(material: Material) -> Item:
    telling, empty = _section(material, _TRAIN_TITLE)
    if telling:
        return _TRAINING.done(f"“{telling.title}”, {words(telling.text)} words", line=telling.line)
    if material.is_quantized:
        return _TRAINING.not_needed("it is another model made smaller")
    add = "## Training\n\nData, procedure, hyperparameters, hardware and how long it took."
    return _TRAINING.missing(
        _why(empty, "the card has no section on training"), add=add, line=empty.line if empty else None
    )


def _metrics(material: Material) -> Item:
    results = _results(material)
    if results:
        line = material.metadata_line("model-index")
        return _METRICS.done(f"{results} in model-index, which the Hub shows beside the card", line=line)
    telling, empty = _section(material, _RESULT_TITLE)
    if telling and re.search(r"\d", telling.text):
        rows = len(_NUMBER_ROW.findall(telling.text))
        table = f", a table with {rows} rows" if rows > 1 else ""
        return _METRICS.done(f"“{telling.title}”{table}", line=telling.line)
    add = (
        "model-index:\n- name: ...\n  results:\n  - task: {type: ...}\n    dataset: {type: ..., name: ...}\n"
        "    metrics: [{type: accuracy, value: ...}]"
    )
    return _METRICS.missing(
        _why(empty, "the card has no section with numbers, and no model-index"),
        add=add,
        line=empty.line if empty else None,
    )


def _results(material: Material) -> int:
    """How many numbers model-index has."""
    results = [
        result
        for model in _maps(material.metadata.get("model-index"))
        for result in _maps(model.get("results"))
    ]
    metrics = [metric for result in results for metric in _maps(result.get("metrics"))]
    return sum(metric.get("value") is not None for metric in metrics)


def _maps(value: object) -> list[Mapping[str, object]]:
    """The mappings of a list; people write all sorts of YAML."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _limits(material: Material) -> Item:
    telling, empty = _section(material, _LIMIT_TITLE)
    if telling:
        return _LIMITS.done(f"“{telling.title}”, {words(telling.text)} words", line=telling.line)
    add = "## Limitations and biases\n\nWhere it fails, whom it may harm, what it must not be used for."
    return _LIMITS.missing(
        _why(empty, "the card has no section on them"), add=add, line=empty.line if empty else None
    )


def _why(empty: Section | None, none: str) -> str:
    return f"the section “{empty.title}” says next to nothing" if empty else none


def _gate(material: Material) -> Item:
    gated = material.repo.is_gated if material.repo else None
    keys = [key for key in material.metadata if str(key).startswith("extra_gated_")]
    if gated is None:
        return _GATE.not_seen("whether the repo is gated is not known")
    if not gated:
        return _GATE.not_needed("the repo is open")
    if keys:
        return _GATE.done(
            f"{keys[0]} tells it before the reader asks", line=material.metadata_line(str(keys[0]))
        )
    telling, _ = _section(material, _ACCESS_TITLE)
    if telling:
        return _GATE.done(f"“{telling.title}”", line=telling.line)
    add = (
        "extra_gated_heading: ...\n"
        "extra_gated_prompt: >-\n  Who is given access, how long it takes, what one agrees to."
    )
    return _GATE.missing("the repo is gated, and nothing says how readers are let in", add=add)


def _paper(material: Material) -> Item:
    found = _PAPERS.search(material.card.text)
    if found:
        return _PAPER.done("it is linked or cited", line=material.card.text.count("\n", 0, found.start()) + 1)
    return _PAPER.human("whether there is one; a link to arXiv is shown beside the card")


def _links(material: Material) -> Item:
    if material.links is None:
        return _LINKS.not_seen("they were not asked for")
    lines = {link.address: link.line for link in links_of(material)}
    asked = {address: told for address, told in material.links.items() if address in lines}
    dead = [(address, told.said) for address, told in asked.items() if told.answer is Answer.DEAD]
    if dead:
        address, said = dead[0]
        more = f", and {len(dead) - 1} more are dead" if len(dead) > 1 else ""
        return _LINKS.missing(f"{address}: {said}{more}", line=lines[address])
    if not asked:
        return _LINKS.not_needed("the card has none")
    unclear = [(address, told.said) for address, told in asked.items() if told.answer is Answer.UNCLEAR]
    if len(unclear) == len(asked):
        return _LINKS.not_seen(f"none answered clearly: {unclear[0][0]}: {unclear[0][1]}")
    left = f"; {len(unclear)} did not say ({unclear[0][0]}: {unclear[0][1]})" if unclear else ""
    return _LINKS.done(f"{len(asked) - len(unclear)} of {len(asked)} answer{left}")
