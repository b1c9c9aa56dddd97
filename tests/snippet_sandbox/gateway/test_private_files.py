"""Weights that only their owner can read, as ``save_pretrained`` writes them."""

from pathlib import Path

from snippet_sandbox.gateway.gateway import Gateway
from tests.snippet_sandbox.gateway.conftest import run_inside

LARGE = 20_000_000


def blobs(view: Path) -> list[Path]:
    """The blobs of the one repo in a view."""
    return sorted((view / "models--acme--tiny" / "blobs").iterdir())


def test_large_private_files_are_copied_once_a_run(tmp_path: Path) -> None:
    """Every container can read them, all share one copy, and the user's own file keeps its mode."""
    weights = tmp_path / "repo" / "model.bin"
    weights.parent.mkdir()
    weights.write_bytes(bytes(LARGE))
    weights.chmod(0o600)
    cache = tmp_path / "hub"
    found = []
    with Gateway(hub_cache=cache, folders={"acme/tiny": weights.parent}, token=None) as gateway:
        for name in ("a", "b"):
            with gateway.open_door(name) as door:
                size = run_inside(
                    door,
                    "from huggingface_hub import hf_hub_download as get\n"
                    "print(len(open(get('acme/tiny', 'model.bin'), 'rb').read()))",
                    tmp_path / "home",
                )
                assert int(size) == LARGE
                (blob,) = blobs(door.hub_view)
                found.append(blob.stat().st_ino)
    assert found[0] == found[1] != weights.stat().st_ino
    assert weights.stat().st_mode & 0o777 == 0o600
    assert not list(cache.glob(".verify-snippets/*/*"))
