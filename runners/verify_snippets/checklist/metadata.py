"""The metadata that makes a model found: valid, and in agreement with its files and its code. Pure."""

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches

from verify_snippets.checklist import code
from verify_snippets.checklist.item import Group, Item, Topic
from verify_snippets.checklist.material import Material
from verify_snippets.checklist.vocabulary import (
    IMPORTED_AS,
    LANGUAGES_OF_NONE,
    LIBRARY_BY_FILE,
    LICENSES,
    PIPELINE_TAGS,
    SAME_TASK,
    SERVES_FOR,
)

_HEADER = Topic(key="metadata", group=Group.METADATA, title="The card begins with metadata")
_TASK = Topic(key="pipeline_tag", group=Group.METADATA, title="Task (pipeline_tag)")
_LIBRARY = Topic(key="library_name", group=Group.METADATA, title="Library (library_name)")
_LICENSE = Topic(key="license", group=Group.METADATA, title="License")
_LANGUAGE = Topic(key="language", group=Group.METADATA, title="Languages")
_DATASETS = Topic(key="datasets", group=Group.METADATA, title="Training datasets")
_BASE = Topic(key="base_model", group=Group.METADATA, title="Base model")
_NEWER = Topic(key="new_version", group=Group.METADATA, title="Newer version")
_CO2 = Topic(key="co2_eq_emissions", group=Group.METADATA, title="Carbon emissions of training")

_TEXT_TASKS = ("text", "token", "question", "summarization", "translation", "fill-mask", "sentence", "speech")

_NOT_TRAINED = "it is another model made smaller"


def items(material: Material) -> Sequence[Item]:
    """All of metadata, in the Hub's own order."""
    rules: Sequence[Callable[[Material], Item]] = (
        _header, _task, _library, _license, _language, _datasets, _base, _newer, _co2
    )  # fmt: skip
    return [rule(material) for rule in rules]


def _header(material: Material) -> Item:
    if material.metadata:
        return _HEADER.done(f"{len(material.metadata)} keys", line=1)
    if material.card.text.lstrip("\ufeff").startswith("---"):
        return _HEADER.missing("the YAML between the first two --- can't be read as keys and values", line=1)
    return _HEADER.missing("the card has none", add="---\nlicense: ...\npipeline_tag: ...\n---")


# --- the task


def _task(material: Material) -> Item:
    tag, line = material.metadata.get("pipeline_tag"), material.metadata_line("pipeline_tag")
    shown = code.tasks(material.python_snippets)
    if not tag:
        likely = [*(seen.value for seen in shown), *material.tags]
        best = next((task for task in likely if task in PIPELINE_TAGS), "")
        why = f"; line {shown[0].line} uses the model for {shown[0].value}" if shown else ""
        return _TASK.missing(f"the card names no task{why}", add=f"pipeline_tag: {best or '...'}")
    if str(tag) not in PIPELINE_TAGS:
        near = get_close_matches(str(tag), PIPELINE_TAGS, n=1)
        add = f"pipeline_tag: {near[0]}" if near else ""
        return _TASK.missing(f"the Hub knows no task {tag!r}", add=add, line=line)
    if shown and not any(_is_same(str(tag), seen.value) for seen in shown):
        other = shown[0]
        said = f"it is {tag}, and line {other.line} of the card uses the model for {other.value}"
        add = f"pipeline_tag: {other.value}" if other.value in PIPELINE_TAGS else ""
        return _TASK.missing(said, add=add, line=line)
    agrees = f", which line {shown[0].line} uses it for" if shown else ""
    return _TASK.done(f"{tag}{agrees}", line=line)


def _is_same(tag: str, task: str) -> bool:
    return tag == task or any(tag in group and task in group for group in SAME_TASK)


# --- the library


def _library(material: Material) -> Item:
    name, line = material.metadata.get("library_name"), material.metadata_line("library_name")
    imported = code.libraries(material.python_snippets)
    by_file = next(
        ((file, library) for file, library in LIBRARY_BY_FILE.items() if file in material.files), None
    )
    tagged = next((tag for tag in material.tags if tag in IMPORTED_AS), "")
    if not name and tagged and (not by_file or _is_among(tagged, [by_file[1]])):
        return _LIBRARY.done(f"{tagged}, by its tags", line=material.metadata_line("tags"))
    if not name:
        likely = by_file[1] if by_file else next((seen.value for seen in imported), "")
        why = f"; {by_file[0]} is that of a {by_file[1]} model" if by_file else ""
        return _LIBRARY.missing(f"the card names no library{why}", add=f"library_name: {likely or '...'}")
    if imported and not _is_among(str(name), [seen.value for seen in imported]):
        other = imported[0]
        said = f"it is {name}, and line {other.line} of the card imports {other.value} instead"
        return _LIBRARY.missing(said, add=f"library_name: {other.value}", line=line)
    if by_file and str(name) in LIBRARY_BY_FILE.values() and not _is_among(str(name), [by_file[1]]):
        said = f"it is {name}, and {by_file[0]} is that of a {by_file[1]} model"
        return _LIBRARY.missing(said, add=f"library_name: {by_file[1]}", line=line)
    agrees = [f"line {seen.line} imports it" for seen in imported if seen.value == name]
    agrees += [f"{by_file[0]} is one of its files"] if by_file and by_file[1] == name else []
    return _LIBRARY.done(", ".join([str(name), *agrees]), line=line)


def _is_among(name: str, libraries: Sequence[str]) -> bool:
    """Whether a library, or the one that it builds upon, is among those; one that nobody knows always is."""
    if name not in IMPORTED_AS:
        return True
    ways = {name, SERVES_FOR.get(name), *(upper for upper, lower in SERVES_FOR.items() if lower == name)}
    # sentence-transformers models load in transformers, and the other way round
    if name in ("transformers", "sentence-transformers"):
        ways |= {"transformers", "sentence-transformers"}
    return bool(ways & set(libraries))


# --- license and languages


def _license(material: Material) -> Item:
    known = material.metadata.get("license")
    line = material.metadata_line("license")
    files = [path for path in material.files if path.upper().startswith(("LICENSE", "LICENCE"))]
    if not known:
        where = f"; its text is in {files[0]}" if files else ""
        return _LICENSE.missing(f"the metadata names none{where}", add="license: apache-2.0  # or another")
    for name in _texts(known):
        if name.lower() not in LICENSES:
            near = get_close_matches(name.lower(), LICENSES, n=1, cutoff=0.5)
            own = "license: other\nlicense_name: ...\nlicense_link: LICENSE"
            add = f"license: {near[0]}" if near else own
            return _LICENSE.missing(f"the Hub knows no license {name!r}", add=add, line=line)
    if "other" in _texts(known):
        lacking = [key for key in ("license_name", "license_link") if not material.metadata.get(key)]
        if lacking:
            add = "\n".join(f"{key}: ..." for key in lacking)
            return _LICENSE.missing(
                f"of a license of its own, {' and '.join(lacking)} is needed", add=add, line=line
            )
        link = str(material.metadata["license_link"])
        if material.files and "://" not in link and link.removeprefix("./") not in material.files:
            return _LICENSE.missing(f"license_link names {link}, which the repo doesn't have", line=line)
    return _LICENSE.done(", ".join(_texts(known)), line=line)


def _language(material: Material) -> Item:
    import langcodes

    said, line = material.metadata.get("language"), material.metadata_line("language")
    if not said:
        task = str(material.metadata.get("pipeline_tag") or "")
        if task and not any(word in task for word in _TEXT_TASKS):
            return _LANGUAGE.not_needed(f"a model for {task} may have none")
        return _LANGUAGE.missing("the card names none", add="language:\n- en")
    for name in _texts(said):
        if name.lower() in LANGUAGES_OF_NONE:
            continue
        try:
            is_known = langcodes.tag_is_valid(name)
        except ValueError:
            is_known = False
        if not is_known:
            return _LANGUAGE.missing(
                f"{name!r} is no ISO 639 code of a language (English is en, Chinese zh, Japanese ja ...)",
                line=line,
            )
    return _LANGUAGE.done(_some(_texts(said)), line=line)


# --- where it comes from


def _datasets(material: Material) -> Item:
    said, line = _texts(material.metadata.get("datasets")), material.metadata_line("datasets")
    if not said and material.is_quantized:
        return _DATASETS.not_needed(_NOT_TRAINED)
    if not said:
        return _DATASETS.missing(
            "the metadata lists none", add="datasets:\n- acme/dataset  # those that it was trained on"
        )
    gone = [name for name in said if material.known_repos.get(f"dataset:{name}") is False]
    if gone:
        return _DATASETS.missing(f"the Hub shows no dataset {_some(gone)} to everybody", line=line)
    return _DATASETS.done(_some(said), line=line)


def _base(material: Material) -> Item:
    said, line = _texts(material.metadata.get("base_model")), material.metadata_line("base_model")
    gone = [name for name in said if material.known_repos.get(f"model:{name}") is False]
    if gone:
        return _BASE.missing(f"the Hub shows no model {_some(gone)} to everybody", line=line)
    if said:
        relation = material.metadata.get("base_model_relation")
        return _BASE.done(_some(said) + (f" ({relation})" if relation else ""), line=line)
    kind = _derived_by(material)
    if kind:
        relation = "adapter" if kind == "adapter_config.json" or "lora" in kind else "quantized"
        add = f"base_model: acme/original\nbase_model_relation: {relation}"
        return _BASE.missing(
            f"it is made from another model, as {kind} shows, and the card doesn't say which", add=add
        )
    return _BASE.human("whether it was made from another model; if so: base_model: acme/original")


def _derived_by(material: Material) -> str:
    """What shows that a model was made from another; empty for nothing."""
    if "adapter_config.json" in material.files:
        return "adapter_config.json"
    name = (material.card.repo_id or "").partition("/")[2].lower()
    word = material.quantized_by or ("lora" if "lora" in name.split("-") else "")
    return f"the {word} in its name" if word else ""


def _newer(material: Material) -> Item:
    said, line = material.metadata.get("new_version"), material.metadata_line("new_version")
    if not said:
        return _NEWER.human("whether there is one; if so, the older card says so: new_version: acme/newer")
    if said == material.card.repo_id:
        return _NEWER.missing("new_version names this very model", line=line)
    if material.known_repos.get(f"model:{said}") is False:
        return _NEWER.missing(f"the Hub shows no model {said} to everybody", line=line)
    return _NEWER.done(str(said), line=line)


def _co2(material: Material) -> Item:
    said, line = material.metadata.get("co2_eq_emissions"), material.metadata_line("co2_eq_emissions")
    grams = said.get("emissions") if isinstance(said, Mapping) else said
    try:
        amount = float(str(grams))
    except ValueError:
        amount = -1
    if said is None and material.is_quantized:
        return _CO2.not_needed(_NOT_TRAINED)
    if said is None:
        add = (
            "co2_eq_emissions:\n  emissions: ...  # grams of CO2\n  source: ...  # such as CodeCarbon\n"
            "  training_type: ...  # pre-training or fine-tuning\n  geographical_location: ...\n"
            "  hardware_used: ..."
        )
        return _CO2.missing("the metadata says nothing of them", add=add)
    if amount < 0:
        return _CO2.missing("emissions is no number of grams", line=line)
    return _CO2.done(f"{amount:,.6g} g of CO2", line=line)


def _texts(value: object) -> list[str]:
    """A value that may be one or several."""
    if value is None or isinstance(value, Mapping):
        return []
    each = value if isinstance(value, list | tuple) else [value]
    # YAML takes the code of Norwegian for a no
    return ["no" if item is False else str(item) for item in each if item not in (None, "")]


def _some(names: Sequence[str], limit: int = 5) -> str:
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more
