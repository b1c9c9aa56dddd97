"""The Hub, as a container sees it through its door."""

import json
import socket
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from snippet_images.progress import Progress
from snippet_sandbox.gateway.door import Door
from snippet_sandbox.gateway.gateway import Gateway
from tests.hub_server import HubServer
from tests.snippet_sandbox.gateway.conftest import CARD, WEIGHTS, ask, run_inside

DOWNLOAD = "from huggingface_hub import hf_hub_download; print(hf_hub_download('acme/tiny', {path!r}{more}))"


def files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


class TestTheRealClient:
    def test_can_not_write_to_its_view(self, door: Door, tmp_path: Path) -> None:
        code = """
import os, pathlib
try:
    pathlib.Path(os.environ["HF_HUB_CACHE"], "x").write_text("x")
except OSError as error:
    print(error.strerror)
"""
        assert run_inside(door, code, tmp_path / "home") == "Read-only file system\n"

    def test_finds_weights_in_its_read_only_view_and_writes_nothing(
        self, hub: HubServer, door: Door, tmp_path: Path
    ) -> None:
        path = run_inside(door, DOWNLOAD.format(path="model.safetensors", more=""), tmp_path / "home").strip()
        assert Path(path).read_bytes() == WEIGHTS
        assert path.startswith(str(door.hub_view))
        assert files_in(tmp_path / "home") == set()
        assert hub.count("GET /acme/tiny") == 0  # a redirect: the content came from the other origin
        assert sum(seen.lfs for seen in hub.seen) == 1
        assert door.contacts().bytes_received == 0

    def test_shares_one_copy_with_the_users_cache_and_all_other_containers(
        self, hub: HubServer, make_gateway: Callable[..., Gateway], tmp_path: Path, cache: Path
    ) -> None:
        gateway = make_gateway()
        inodes = set()
        for name in ("one", "two"):
            with gateway.open_door(name) as door:
                path = run_inside(door, DOWNLOAD.format(path="model.safetensors", more=""), tmp_path / name)
                inodes.add(Path(path.strip()).stat().st_ino)
        blobs = cache.glob("models--acme--tiny/blobs/*")
        (weights,) = (blob for blob in blobs if blob.stat().st_size == len(WEIGHTS))
        assert inodes == {weights.stat().st_ino}
        assert sum(seen.lfs for seen in hub.seen) == 1

    def test_finds_every_folder_that_an_older_one_would_make(self, door: Door) -> None:
        # huggingface_hub 0.36 makes these before it looks for a file; a read-only view would be its end.
        ask(door, "HEAD", "/acme/tiny/resolve/main/sub%20folder/%C3%A4.txt")
        for folder in (".locks/models--acme--tiny", "models--acme--tiny/refs", "models--acme--tiny/blobs"):
            assert (door.hub_view / folder).is_dir()

    def test_takes_a_whole_snapshot(self, door: Door, tmp_path: Path) -> None:
        code = "from huggingface_hub import snapshot_download; print(snapshot_download('acme/tiny'))"
        folder = Path(run_inside(door, code, tmp_path / "home").strip())
        assert files_in(folder) == {"README.md", "config.json", "model.safetensors", "sub folder/ä.txt"}

    def test_reads_datasets(self, hub: HubServer, door: Door, tmp_path: Path) -> None:
        hub.add("acme/rows", {"rows.csv": "a,b\n1,2\n"}, type="dataset")
        code = """
from huggingface_hub import HfFileSystem, hf_hub_download
print(open(hf_hub_download("acme/rows", "rows.csv", repo_type="dataset")).read().splitlines())
print(HfFileSystem().read_text("datasets/acme/rows/rows.csv").splitlines())
"""
        assert run_inside(door, code, tmp_path / "home") == "['a,b', '1,2']\n" * 2
        assert list(door.contacts().repos) == ["datasets/acme/rows"]

    @pytest.mark.parametrize("old", ["tiny", "former/tiny"])
    def test_reads_a_repo_by_its_former_name(
        self, hub: HubServer, door: Door, tmp_path: Path, old: str
    ) -> None:
        hub.renamed[old] = "acme/tiny"
        code = DOWNLOAD.format(path="model.safetensors", more="").replace("acme/tiny", old)
        assert Path(run_inside(door, code, tmp_path / "home").strip()).read_bytes() == WEIGHTS
        assert json.loads(ask(door, "GET", f"/api/models/{old}").body)["id"] == "acme/tiny"

    def test_reads_other_revisions(self, door: Door, tmp_path: Path) -> None:
        for revision, text in (("v1.0", CARD), ("refs/pr/1", "new")):
            code = DOWNLOAD.format(path="README.md", more=f", revision={revision!r}")
            assert Path(run_inside(door, code, tmp_path / "home").strip()).read_text() == text

    def test_learns_that_a_file_does_not_exist_and_finds_that_noted(
        self, hub: HubServer, door: Door, tmp_path: Path
    ) -> None:
        code = """
from huggingface_hub import hf_hub_download, try_to_load_from_cache, _CACHED_NO_EXIST
from huggingface_hub.errors import EntryNotFoundError
try:
    hf_hub_download("acme/tiny", "none.json")
except EntryNotFoundError:
    print(try_to_load_from_cache("acme/tiny", "none.json") is _CACHED_NO_EXIST)
"""
        for _ in range(2):
            assert run_inside(door, code, tmp_path / "home") == "True\n"
        assert hub.count("none.json") == 1

    def test_asks_the_api(self, door: Door, tmp_path: Path) -> None:
        code = """
from huggingface_hub import HfApi
api = HfApi()
info = api.model_info("acme/tiny", files_metadata=True)
print(info.sha, [file.size for file in info.siblings if file.rfilename == "model.safetensors"])
print([entry.path for entry in api.list_repo_tree("acme/tiny", "sub folder")])
print([entry.path for entry in api.get_paths_info("acme/tiny", ["README.md", "none"])])
print([tag.name for tag in api.list_repo_refs("acme/tiny").tags])
api.auth_check("acme/tiny")
"""
        said = run_inside(door, code, tmp_path / "home").splitlines()
        assert said[0].endswith(f"[{len(WEIGHTS)}]")
        assert said[1:] == ["['sub folder/ä.txt']", "['README.md']", "['v1.0']"]

    def test_pages_through_lists_by_way_of_the_door(self, hub: HubServer, door: Door, tmp_path: Path) -> None:
        for number in range(5):
            hub.add(f"many/m{number}", {"README.md": CARD})
        hub.page_size = 2
        code = "from huggingface_hub import HfApi; print(len(list(HfApi().list_models(author='many'))))"
        assert run_inside(door, code, tmp_path / "home") == "5\n"

    @pytest.mark.parametrize(
        ("repo_id", "error"),
        [("acme/gated", "GatedRepoError"), ("acme/none", "RepositoryNotFoundError")],
    )
    def test_meets_the_hubs_own_errors(
        self, hub: HubServer, door: Door, tmp_path: Path, repo_id: str, error: str
    ) -> None:
        hub.add("acme/gated", {"README.md": CARD}, gated=True)
        code = f"""
from huggingface_hub import hf_hub_download
try:
    hf_hub_download({repo_id!r}, "README.md")
except Exception as error:
    print(type(error).__name__)
"""
        assert run_inside(door, code, tmp_path / "home") == f"{error}\n"
        assert door.trouble() is None

    def test_meets_a_missing_revision(self, door: Door) -> None:
        reply = ask(door, "HEAD", "/acme/tiny/resolve/v9/README.md")
        assert (reply.status, reply.headers["X-Error-Code"]) == (404, "RevisionNotFound")


class TestPins:
    def test_a_repo_that_moves_stays_where_it_was_for_the_whole_run(
        self, hub: HubServer, make_gateway: Callable[..., Gateway]
    ) -> None:
        repo = hub.store.get("model", "acme/tiny")
        assert repo is not None
        first = repo.refs["main"]
        gateway = make_gateway()
        with gateway.open_door("one") as door:
            assert ask(door, "HEAD", "/acme/tiny/resolve/main/README.md").headers["X-Repo-Commit"] == first
        repo.commit({"README.md": "moved"})
        with gateway.open_door("two") as door:
            reply = ask(door, "GET", "/acme/tiny/resolve/main/README.md")
            assert (reply.text, reply.headers["X-Repo-Commit"]) == (CARD, first)
            assert json.loads(ask(door, "GET", "/api/models/acme/tiny").body)["sha"] == first
            assert door.contacts().repos == {"acme/tiny": first}

    def test_a_pinned_repo_is_served_at_its_commit(
        self, hub: HubServer, make_gateway: Callable[..., Gateway]
    ) -> None:
        repo = hub.store.get("model", "acme/tiny")
        assert repo is not None
        pinned = repo.refs["main"]
        repo.commit({"README.md": "moved"})
        with make_gateway(pins={"acme/tiny": pinned}).open_door("x") as door:
            assert ask(door, "GET", "/acme/tiny/resolve/main/README.md").text == CARD
            assert ask(door, "GET", f"/acme/tiny/resolve/{pinned}/README.md").text == CARD
            assert ask(door, "GET", "/acme/tiny/resolve/refs%2Fpr%2F1/README.md").text == "new"

    def test_what_the_cache_holds_at_a_pin_needs_no_hub(
        self, hub: HubServer, make_gateway: Callable[..., Gateway]
    ) -> None:
        repo = hub.store.get("model", "acme/tiny")
        assert repo is not None
        pins = {"acme/tiny": repo.refs["main"]}
        with make_gateway(pins=pins).open_door("x") as door:
            ask(door, "HEAD", "/acme/tiny/resolve/main/README.md")
        hub.seen.clear()
        with make_gateway(pins=pins).open_door("x") as door:
            assert ask(door, "GET", "/acme/tiny/resolve/main/README.md").text == CARD
        assert hub.seen == []


class TestContent:
    def test_a_range_of_a_file(self, door: Door) -> None:
        reply = ask(door, "GET", "/acme/tiny/resolve/main/model.safetensors", Range="bytes=100-299")
        assert (reply.status, reply.body) == (206, WEIGHTS[100:300])
        assert reply.headers["Content-Range"] == f"bytes 100-299/{len(WEIGHTS)}"
        last = ask(door, "GET", "/acme/tiny/resolve/main/model.safetensors", Range="bytes=-10")
        assert last.body == WEIGHTS[-10:]
        assert ask(door, "GET", "/acme/tiny/resolve/main/README.md", Range="bytes=999-").status == 416
        assert ask(door, "GET", "/acme/tiny/resolve/main/README.md", Range="lines=1").status == 416
        assert door.contacts().bytes_received == 210

    def test_an_empty_file(self, hub: HubServer, door: Door, tmp_path: Path) -> None:
        hub.add("acme/empty", {"__init__.py": ""})
        code = DOWNLOAD.format(path="__init__.py", more="").replace("acme/tiny", "acme/empty")
        assert Path(run_inside(door, code, tmp_path / "home").strip()).read_bytes() == b""

    def test_downloads_are_told_with_their_sizes(self, make_gateway: Callable[..., Gateway]) -> None:
        heard: list[Progress] = []
        with make_gateway(listener=heard.append).open_door("x") as door:
            ask(door, "HEAD", "/acme/tiny/resolve/main/model.safetensors")
        assert heard[-1] == Progress(
            what="downloading model.safetensors", done=len(WEIGHTS), total=len(WEIGHTS), unit="bytes"
        )

    def test_the_time_that_downloads_take_is_told_apart(self, hub: HubServer, door: Door) -> None:
        hub.delay_s = 0.2
        with ThreadPoolExecutor() as pool:
            for path in ("README.md", "config.json"):
                pool.submit(ask, door, "HEAD", f"/acme/tiny/resolve/main/{path}")
        waited_s = door.contacts().waited_s
        assert 0.4 < waited_s < 2
        hub.delay_s = 0
        ask(door, "HEAD", "/acme/tiny/resolve/main/README.md")
        assert door.contacts().waited_s - waited_s < 0.1


class TestTheToken:
    def test_opens_gated_repos_and_never_goes_in(
        self, hub: HubServer, make_gateway: Callable[..., Gateway], tmp_path: Path
    ) -> None:
        hub.add("acme/gated", {"README.md": CARD}, gated=True, readers=frozenset({"hf_reader"}))
        with make_gateway(token="hf_reader", allowed=["acme/gated"]).open_door("x") as door:
            for path in ("/acme/gated/resolve/main/README.md", "/api/models/acme/gated", "/api/models"):
                reply = ask(door, "GET", path)
                assert reply.status == 200
                assert "hf_reader" not in str(reply)
            whoami = ask(door, "GET", "/api/whoami-v2", Authorization="Bearer hf_reader")
            assert whoami.status == 401
            files = [path for path in door.hub_view.rglob("*") if path.is_file()]
            assert files
            assert not any(b"hf_reader" in path.read_bytes() for path in files)

    def test_lends_no_access_to_gated_repos_unasked(
        self, hub: HubServer, make_gateway: Callable[..., Gateway]
    ) -> None:
        hub.add("acme/gated", {"README.md": CARD}, gated=True, readers=frozenset({"hf_reader"}))
        with make_gateway(token="hf_reader").open_door("x") as door:
            refused = ask(door, "GET", "/acme/gated/resolve/main/README.md")
        assert refused.status == 403
        assert refused.headers["X-Error-Code"] == "GatedRepo"
        assert "--allow-repo acme/gated" in refused.headers["X-Error-Message"]
        assert not [seen for seen in hub.seen if "resolve" in seen.path]
        with make_gateway(token="hf_reader", pins={"acme/tiny": "0" * 40}).open_door("x") as door:
            assert ask(door, "GET", "/acme/gated/resolve/main/README.md").status == 200

    def test_goes_to_the_hubs_own_origin_only(
        self, hub: HubServer, make_gateway: Callable[..., Gateway]
    ) -> None:
        with make_gateway(token="hf_reader").open_door("x") as door:
            ask(door, "HEAD", "/acme/tiny/resolve/main/model.safetensors")
        assert {seen.token for seen in hub.seen if seen.lfs} == {None}
        assert {seen.token for seen in hub.seen if not seen.lfs} == {"hf_reader"}

    def test_does_not_follow_a_redirect_to_another_host(
        self, hub: HubServer, make_gateway: Callable[..., Gateway]
    ) -> None:
        other = hub.lfs_endpoint
        hub.fail("/api/models/acme/tiny/refs", 307, Location=f"{other}/elsewhere")
        with make_gateway(token="hf_reader").open_door("x") as door:
            assert ask(door, "GET", "/api/models/acme/tiny/refs").status == 502
            assert "another host" in str(door.trouble())
            assert ask(door, "GET", "/api/models/acme/tiny").status == 200
        assert not any(seen.lfs for seen in hub.seen)

    def test_a_token_of_the_jobs_own_is_not_passed_on(self, hub: HubServer, door: Door) -> None:
        ask(door, "HEAD", "/acme/tiny/resolve/main/README.md", Authorization="Bearer hf_of_the_job")
        assert {seen.token for seen in hub.seen} == {None}

    def test_does_not_open_the_users_private_repos_to_strangers(
        self, hub: HubServer, make_gateway: Callable[..., Gateway]
    ) -> None:
        hub.add("me/secret", {"README.md": "secret"}, private=True, readers=frozenset({"hf_reader"}))
        gateway = make_gateway(token="hf_reader", pins={"acme/tiny": "0" * 40})
        with gateway.open_door("x") as door:
            for path in ("/me/secret/resolve/main/README.md", "/api/models/me/secret"):
                reply = ask(door, "GET", path)
                assert (reply.status, reply.headers["X-Error-Code"]) == (404, "RepoNotFound")
            commit = hub.store.get("model", "me/secret").refs["main"]  # type: ignore[union-attr]
            assert ask(door, "GET", f"/me/secret/resolve/{commit}/README.md").status == 404
            assert "me/secret" not in ask(door, "GET", "/api/models").text

    def test_opens_private_repos_of_the_verified_repos_owner(
        self, hub: HubServer, make_gateway: Callable[..., Gateway]
    ) -> None:
        hub.add("me/base", {"README.md": "base"}, private=True, readers=frozenset({"hf_reader"}))
        with make_gateway(token="hf_reader", pins={"me/tuned": "0" * 40}).open_door("x") as door:
            assert ask(door, "GET", "/me/base/resolve/main/README.md").text == "base"


class TestTrouble:
    def test_a_hub_that_is_down_is_told_quickly_and_once(
        self, hub: HubServer, make_gateway: Callable[..., Gateway]
    ) -> None:
        hub.fail("/api/models/acme/tiny", 503)
        with make_gateway().open_door("x") as door:
            for _ in range(5):
                assert ask(door, "HEAD", "/acme/tiny/resolve/main/README.md").status == 502
            assert door.trouble() == f"the Hub at {hub.endpoint} answered 503"
        assert hub.count("acme/tiny") == 3  # its retries; then nobody asked again

    def test_a_new_job_asks_again(self, hub: HubServer, make_gateway: Callable[..., Gateway]) -> None:
        gateway = make_gateway()
        hub.fail("/api/models/acme/tiny", 503)
        with gateway.open_door("one") as door:
            assert ask(door, "HEAD", "/acme/tiny/resolve/main/README.md").status == 502
        hub.heal()
        with gateway.open_door("two") as door:
            assert ask(door, "HEAD", "/acme/tiny/resolve/main/README.md").status == 200
            assert door.trouble() is None

    def test_a_hiccup_goes_unnoticed(self, hub: HubServer, door: Door) -> None:
        hub.fail("/acme/tiny", 500, times=1)
        assert ask(door, "GET", "/acme/tiny/resolve/main/README.md").text == CARD
        assert door.trouble() is None

    def test_a_hub_that_is_not_there(self, make_gateway: Callable[..., Gateway]) -> None:
        with make_gateway(endpoint="http://127.0.0.1:9").open_door("x") as door:
            assert ask(door, "HEAD", "/acme/tiny/resolve/main/README.md").status == 502
            assert "can't be reached" in str(door.trouble())

    def test_names_that_take_forever_to_look_up(
        self, make_gateway: Callable[..., Gateway], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stuck = threading.Event()
        monkeypatch.setattr("snippet_sandbox.gateway.hub_service._ANSWER_DEADLINE_S", 0.5)
        with make_gateway(endpoint="http://hub.invalid").open_door("x") as door:
            monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: stuck.wait(30) and [])
            assert ask(door, "HEAD", "/acme/tiny/resolve/main/README.md").status == 504
            assert "did not answer" in str(door.trouble())
            stuck.set()

    @pytest.mark.filterwarnings("ignore:Not enough free disk space")  # the client's own, and right
    def test_a_full_disk(self, make_gateway: Callable[..., Gateway], tmp_path: Path, hub: HubServer) -> None:
        cache = tmp_path / "small"
        cache.mkdir()
        mounting = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(cache)]
        if subprocess.run(mounting, capture_output=True, check=False).returncode != 0:
            pytest.skip("needs to mount a tmpfs, and that takes root")
        try:
            gateway = make_gateway(hub_cache=cache)
            with gateway.open_door("x") as door:
                assert ask(door, "HEAD", "/acme/tiny/resolve/main/model.safetensors").status == 507
                assert str(door.trouble()) == f"the disk of the Hub cache {cache} is full"
            gateway.__exit__(None, None, None)
        finally:
            subprocess.run(["umount", str(cache)], check=True)

    def test_a_missing_file_is_no_trouble(self, door: Door) -> None:
        assert ask(door, "HEAD", "/acme/tiny/resolve/main/none").status == 404
        assert door.trouble() is None
