"""A local folder that stands in for a repo."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from snippet_sandbox.errors import GatewayError
from snippet_sandbox.gateway.door import Door
from snippet_sandbox.gateway.folder_repo import FolderRepo, read_folder
from snippet_sandbox.gateway.gateway import Gateway
from snippet_sandbox.gateway.names import RepoName
from tests.hub_server import HubServer
from tests.snippet_sandbox.gateway.conftest import CONFIG, WEIGHTS, ask, run_inside

MINE = RepoName(id="acme/mine")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "mine"
    for path, data in {
        "README.md": b"---\nlicense: mit\ntags: [tiny]\n---\n# Mine\n",
        "config.json": CONFIG.encode(),
        "model.safetensors": WEIGHTS,
        "onnx/model.onnx": b"onnx",
        "onnx/deep/x": b"",
        ".git/config": b"url = https://user:secret@example.org",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root


@pytest.fixture
def mine(make_gateway: Callable[..., Gateway], folder: Path) -> Iterator[Door]:
    with make_gateway(folders={"acme/mine": folder}).open_door("x") as door:
        yield door


def files_of(repo: FolderRepo) -> list[str]:
    return list(repo.files)


class TestReading:
    def test_holds_the_repos_files_and_no_others(self, folder: Path) -> None:
        files = ["README.md", "config.json", "model.safetensors", "onnx/deep/x", "onnx/model.onnx"]
        assert files_of(read_folder(MINE, folder)) == files

    def test_has_a_commit_that_only_changes_with_its_content(self, folder: Path) -> None:
        first = read_folder(MINE, folder).commit
        assert len(first) == 40
        (folder / "README.md").touch()
        assert read_folder(MINE, folder).commit == first
        (folder / "README.md").write_text("changed")
        assert read_folder(MINE, folder).commit != first

    def test_leaves_out_links_that_lead_away(self, folder: Path, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text("secret")
        (folder / "away").symlink_to("../secret")
        (folder / "absolute").symlink_to(tmp_path / "secret")
        (folder / "nowhere").symlink_to("none")
        (folder / "etc").symlink_to("/etc")
        (folder / "within").symlink_to("config.json")
        added = set(files_of(read_folder(MINE, folder))) & {
            "away",
            "absolute",
            "nowhere",
            "etc",
            "etc/passwd",
        }
        assert added == set()
        assert "within" in files_of(read_folder(MINE, folder))

    def test_leaves_out_what_is_no_file(self, folder: Path) -> None:
        os.mkfifo(folder / "pipe")
        assert "pipe" not in files_of(read_folder(MINE, folder))

    def test_knows_a_snapshot_of_a_hub_cache(self, tmp_path: Path) -> None:
        repo = tmp_path / "models--acme--mine"
        snapshot = repo / "snapshots" / ("a" * 40)
        (snapshot / "sub").mkdir(parents=True)
        (repo / "blobs").mkdir()
        (repo / "blobs" / ("b" * 40)).write_text("text")
        (repo / "refs").mkdir()
        (repo / "refs" / "main").write_text("secret")
        (snapshot / "README.md").symlink_to(f"../../blobs/{'b' * 40}")
        (snapshot / "sub" / "x").symlink_to(f"../../../blobs/{'b' * 40}")
        (snapshot / "bad").symlink_to("../../refs/main")
        files = read_folder(MINE, snapshot).files
        assert {path: content.etag for path, content in files.items()} == {
            "README.md": "b" * 40,
            "sub/x": "b" * 40,
        }


class TestServing:
    def test_the_real_client_takes_it_for_the_repo(self, mine: Door, folder: Path, tmp_path: Path) -> None:
        code = """
from huggingface_hub import HfApi, hf_hub_download, snapshot_download
info = HfApi().model_info("acme/mine", files_metadata=True)
print(info.pipeline_tag, info.library_name, info.sha == HfApi().model_info("acme/mine").sha)
print([entry.path for entry in HfApi().list_repo_tree("acme/mine")])
print([entry.path for entry in HfApi().list_repo_tree("acme/mine", recursive=True)])
print([entry.path for entry in HfApi().get_paths_info("acme/mine", ["onnx", "README.md", "none"])])
print(hf_hub_download("acme/mine", "model.safetensors"))
print(snapshot_download("acme/mine"))
"""
        said = run_inside(mine, code, tmp_path / "home").splitlines()
        assert said[0] == "text-generation transformers True"
        assert said[1] == str(["README.md", "config.json", "model.safetensors", "onnx"])
        assert said[2] == str(
            [
                "README.md",
                "config.json",
                "model.safetensors",
                "onnx",
                "onnx/deep",
                "onnx/deep/x",
                "onnx/model.onnx",
            ]
        )
        assert said[3] == str(["onnx", "README.md"])
        assert Path(said[4]).stat().st_ino == (folder / "model.safetensors").stat().st_ino
        assert (Path(said[5]) / "onnx/deep/x").read_bytes() == b""

    def test_the_hub_is_not_asked(self, hub: HubServer, mine: Door) -> None:
        assert ask(mine, "GET", "/acme/mine/resolve/main/model.safetensors").body == WEIGHTS
        assert ask(mine, "GET", "/acme/mine/resolve/main/none").headers["X-Error-Code"] == "EntryNotFound"
        assert (
            ask(mine, "GET", "/acme/mine/resolve/v9/config.json").headers["X-Error-Code"]
            == "RevisionNotFound"
        )
        assert ask(mine, "GET", "/acme/mine/resolve/main/.git/config").status == 404
        assert hub.seen == []
        assert mine.contacts().hosts == ()

    def test_a_folder_of_the_repo_that_does_not_exist(self, mine: Door) -> None:
        reply = ask(mine, "GET", "/api/models/acme/mine/tree/main/none")
        assert (reply.status, reply.headers["X-Error-Code"]) == (404, "EntryNotFound")

    def test_metadata_goes_before_what_files_suggest(
        self, make_gateway: Callable[..., Gateway], folder: Path
    ) -> None:
        (folder / "README.md").write_text("---\npipeline_tag: fill-mask\ndate: 2026-01-01\n---\n")
        with make_gateway(folders={"acme/mine": folder}).open_door("x") as door:
            info = json.loads(ask(door, "GET", "/api/models/acme/mine").body)
        assert info["pipeline_tag"] == "fill-mask"

    @pytest.mark.parametrize("card", ["---\n: [\n---\n", "---\n- a\n---\n", "\ufffd"])
    def test_a_card_that_can_not_be_read_is_no_obstacle(
        self, make_gateway: Callable[..., Gateway], folder: Path, card: str
    ) -> None:
        (folder / "README.md").write_text(card)
        with make_gateway(folders={"acme/mine": folder}).open_door("x") as door:
            assert ask(door, "GET", "/api/models/acme/mine").status == 200

    def test_a_file_that_goes_away_is_our_trouble(self, mine: Door, folder: Path) -> None:
        (folder / "config.json").unlink()
        assert ask(mine, "GET", "/acme/mine/resolve/main/config.json").status == 502
        assert "config.json" in str(mine.trouble())

    def test_a_folder_that_is_not_there(self, make_gateway: Callable[..., Gateway], tmp_path: Path) -> None:
        with pytest.raises(GatewayError, match="can't stand in for acme/mine"):
            make_gateway(folders={"acme/mine": tmp_path / "none"})


class TestPlacing:
    def test_a_file_that_only_its_owner_reads_is_copied_and_left_as_it_is(
        self, mine: Door, folder: Path
    ) -> None:
        (folder / "config.json").chmod(0o600)
        ask(mine, "HEAD", "/acme/mine/resolve/main/config.json")
        (shown,) = mine.hub_view.glob("models--acme--mine/snapshots/*/config.json")
        assert shown.stat().st_ino != (folder / "config.json").stat().st_ino
        assert shown.stat().st_mode & 0o777 == 0o644
        assert (folder / "config.json").stat().st_mode & 0o777 == 0o600

    def test_on_another_filesystem_small_files_are_copied_and_large_ones_mounted(
        self, make_gateway: Callable[..., Gateway], folder: Path, tmp_path: Path
    ) -> None:
        other = tmp_path / "other"
        other.mkdir()
        mounting = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(other)]
        if subprocess.run(mounting, capture_output=True, check=False).returncode != 0:
            pytest.skip("needs to mount a tmpfs, and that takes root")
        try:
            (other / "README.md").write_text("# Mine")
            (other / "large.bin").write_bytes(b"\0" * 20_000_000)
            (other / ".git").mkdir()
            with make_gateway(folders={"acme/mine": other}).open_door("x") as door:
                (mount,) = door.extra_mounts
                assert (mount.source, str(mount.target)) == (other / "large.bin", "/run/repos/0/large.bin")
                for name in ("README.md", "large.bin"):
                    assert ask(door, "HEAD", f"/acme/mine/resolve/main/{name}").status == 200
                (shown,) = door.hub_view.glob("models--acme--mine/snapshots/*")
                assert (shown / "README.md").read_text() == "# Mine"
                blob = (shown / "large.bin").parent / (shown / "large.bin").readlink()
                assert str(blob.readlink()) == "/run/repos/0/large.bin"
                assert ask(door, "GET", "/acme/mine/resolve/main/large.bin").body == b"\0" * 20_000_000
        finally:
            subprocess.run(["umount", str(other)], check=True)
