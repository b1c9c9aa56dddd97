"""The repo's files: safe weights, pictures that are there, versions for smaller machines. Pure."""

from collections.abc import Sequence
from pathlib import PurePosixPath
from urllib.parse import unquote

from verify_snippets.checklist.item import Group, Item, Topic
from verify_snippets.checklist.links import Link, links_of
from verify_snippets.checklist.material import Material
from verify_snippets.checklist.vocabulary import VISUAL_TASKS
from verify_snippets.facts import loaded_by_default

_SAFE = Topic(key="safetensors", group=Group.FILES, title="Weights that can't run code (safetensors)")
_LINKED = Topic(key="files_linked", group=Group.FILES, title="Files and pictures that the card shows")
_GALLERY = Topic(key="gallery", group=Group.FILES, title="Examples of what it makes")
_QUANTIZED = Topic(key="quantized", group=Group.FILES, title="Quantized versions")

_PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
_VISUAL = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".mp4", ".webm", ".mov")
_SMALL_PARAMETERS = 1_000_000_000  # below which few look for a smaller version


def items(material: Material) -> Sequence[Item]:
    """All of files."""
    return [_safe(material), _linked(material), _gallery(material), _quantized(material)]


def _safe(material: Material) -> Item:
    if material.repo is None:
        return _SAFE.not_seen("the repo's files are not known")
    weights = loaded_by_default(material.files)
    pickles = [path for path in weights if path.endswith(_PICKLES)]
    if pickles:
        how = 'model.save_pretrained("...", safe_serialization=True)'
        return _SAFE.missing(f"{pickles[0]} is a pickle, and no safetensors file stands for it", add=how)
    if not weights and not any(path.endswith((".gguf", ".onnx")) for path in material.files):
        return _SAFE.missing("the repo has no weights that libraries load by default")
    return _SAFE.done(weights[0] if weights else "GGUF or ONNX, which hold data alone")


def _linked(material: Material) -> Item:
    if material.repo is None:
        return _LINKED.not_seen("the repo's files are not known")
    named = [(link, path) for link in links_of(material) if (path := path_of(link, material.card.repo_id))]
    gone = [(link, path) for link, path in named if not _is_there(path, material)]
    if gone:
        others = f", and {len(gone) - 1} more are not there" if len(gone) > 1 else ""
        said = f"the repo has no {gone[0][1]}{others}"
        return _LINKED.missing(said, line=gone[0][0].line)
    if not named:
        return _LINKED.not_needed("the card shows none")
    return _LINKED.done(
        "it is there" if len(named) == 1 else f"all {len(named)} are there", line=named[0][0].line
    )


def path_of(link: Link, repo_id: str | None) -> str:
    """The path in the repo that a link leads to; empty for one that leads elsewhere."""
    address = link.address.partition("#")[0].partition("?")[0]
    if "://" in address or address.startswith(("//", "mailto:", "data:", "#")) or not address:
        for host in ("huggingface.co", "hf.co"):
            for way in ("resolve", "blob", "raw"):
                start = f"https://{host}/{repo_id}/{way}/main/"
                if repo_id and address.startswith(start):
                    return unquote(address.removeprefix(start))
        return ""
    if address.startswith("/"):
        return ""  # of the Hub itself
    return str(PurePosixPath(unquote(address)))


def _is_there(path: str, material: Material) -> bool:
    return (
        path in (".", "..")
        or path.startswith("../")
        or path in material.files
        or any(file.startswith(f"{path}/") for file in material.files)
    )


def _gallery(material: Material) -> Item:
    task = str(material.metadata.get("pipeline_tag") or "")
    if task not in VISUAL_TASKS:
        return _GALLERY.not_needed(
            f"it is for models that make pictures, not for {task or 'one without a task'}"
        )
    shown = [link for link in links_of(material) if link.is_picture or link.address.lower().endswith(_VISUAL)]
    widget = material.metadata.get("widget")
    if isinstance(widget, list):
        made = [example for example in widget if isinstance(example, dict) and example.get("output")]
        if made:
            return _GALLERY.done(f"{len(made)} in the widget", line=material.metadata_line("widget"))
    if not shown:
        add = "<Gallery>\n![what was asked for](./images/example.png)\n</Gallery>"
        return _GALLERY.missing("the card shows no picture", add=add)
    return _GALLERY.done(f"{len(shown)} pictures", line=shown[0].line)


def _quantized(material: Material) -> Item:
    count = material.plan.facts.total_parameters if material.plan.facts else None
    if any(path.endswith(".gguf") for path in material.files):
        return _QUANTIZED.done("the repo holds GGUF files")
    if str(material.metadata.get("base_model_relation") or "") == "quantized":
        return _QUANTIZED.not_needed("this is one")
    known = material.repo.quantized if material.repo else None
    if known:
        linked = [name for name in known if name in material.card.text]
        if linked:
            return _QUANTIZED.done(f"the card names {linked[0]}")
        add = f"Quantized: [{known[0]}](https://huggingface.co/{known[0]})"
        return _QUANTIZED.missing(f"{known[0]} is one, and the card doesn't name it", add=add)
    if count is not None and count < _SMALL_PARAMETERS:
        return _QUANTIZED.not_needed(f"it has {count / 1e6:,.0f} million parameters")
    if known is None:
        return _QUANTIZED.not_seen("the Hub was not to be asked for models that are quantized from this one")
    return _QUANTIZED.human("there is none on the Hub; whether readers want one")
