"""What files say of a model, from listings, configs and headers, on the Hub and on disk."""

import json
import struct
from pathlib import Path

import pytest

from tests.hub_server import HubServer
from verify_snippets import facts
from verify_snippets.card import Card, Source
from verify_snippets.facts import RepoFacts
from verify_snippets.repo_files import read_facts


def safetensors(**tensors: tuple[str, list[int]]) -> bytes:
    """A safetensors file of zeros: name -> (dtype, shape)."""
    header, offset = {}, 0
    for name, (dtype, shape) in tensors.items():
        size = (
            int(facts.DTYPE_BYTES[dtype])
            * facts.parameters_in(json.dumps({name: {"dtype": dtype, "shape": shape}}).encode())[dtype]
        )
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header | {"__metadata__": {"format": "pt"}}).encode()
    return struct.pack("<Q", len(text)) + text + bytes(offset)


FILES: dict[str, str | bytes] = {
    "README.md": "# Tiny\n",
    "config.json": json.dumps(
        {
            "torch_dtype": "bfloat16",
            "text_config": {"max_position_embeddings": 4096},
            "transformers_version": "4.37.0",
        }
    ),
    "model-00001-of-00002.safetensors": safetensors(a=("BF16", [10, 20]), b=("F32", [5])),
    "model-00002-of-00002.safetensors": safetensors(c=("BF16", [300])),
    "pytorch_model.bin": bytes(2000),
    "original/consolidated.00.pth": bytes(3000),
    "optimizer.pt": bytes(500),
}
EXPECTED = {
    "parameters": {"BF16": 500, "F32": 5},
    "context_lengths": {"config.json": 4096},
    "dtype": "bfloat16",
    "transformers_version": "4.37.0",
}


def card(**where: object) -> Card:
    """A card of the repo."""
    return Card(text="", sha256="", source=Source.HUB, location="", **where)  # type: ignore[arg-type]


def check(found: RepoFacts | None) -> None:
    """The facts of ``FILES``."""
    assert found
    assert {name: getattr(found, name) for name in EXPECTED} == EXPECTED
    assert found.total_parameters == 505
    assert found.component_parameters == {".": 505}
    assert found.weight_bytes == sum(
        len(data) for name, data in FILES.items() if name.endswith("safetensors")
    )
    assert found.disk_bytes == sum(len(data) for data in FILES.values())


def test_a_folder(tmp_path: Path) -> None:
    """Headers are read from the files themselves."""
    for name, data in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "pack").write_bytes(bytes(99))
    check(read_facts(card(folder=tmp_path)))


def test_a_repo_on_the_hub_without_its_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ranges of the headers are asked for, never a whole weight file."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with HubServer() as hub:
        repo = hub.add("acme/tiny", FILES)
        check(read_facts(card(repo_id="acme/tiny", revision=repo.refs["main"]), endpoint=hub.endpoint))
        assert hub.count(r"^GET .*\.bin") == 0


def test_no_facts_without_a_repo_or_a_hub() -> None:
    """A plan can be made without."""
    assert read_facts(card()) is None
    assert read_facts(card(repo_id="acme/tiny", revision="0" * 40), endpoint="http://127.0.0.1:9") is None


@pytest.mark.parametrize("header", [b"", b"[]", b"{", b'{"a": {"dtype": "F32"}}', b'{"a": 1}', b"\xff"])
def test_what_is_no_header(header: bytes) -> None:
    """Said, not guessed."""
    with pytest.raises(ValueError):  # noqa: PT011  json's own message where it has one
        facts.parameters_in(header)


@pytest.mark.parametrize(
    ("files", "loaded"),
    [
        ({"model.safetensors", "model.fp16.safetensors", "pytorch_model.bin"}, {"model.safetensors"}),
        ({"unet/a.safetensors", "vae/a.bin", "unet/a.fp16.safetensors"}, {"unet/a.safetensors", "vae/a.bin"}),
        ({"m.Q4_K_M.gguf", "m.Q8_0.gguf"}, set()),
        ({"m.Q4_K_M.gguf"}, {"m.Q4_K_M.gguf"}),
        ({"training_args.bin", "README.md"}, set()),
        ({"model.fp16.safetensors"}, {"model.fp16.safetensors"}),
    ],
)
def test_loaded_by_default(files: set[str], loaded: set[str]) -> None:
    """One format a folder; variants only where there is nothing else."""
    assert set(facts.loaded_by_default(files)) == loaded
