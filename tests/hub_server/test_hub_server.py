"""The test Hub, as the real client sees it."""

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import HfApi, hf_hub_download, snapshot_download
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from tests.hub_server import HubServer, Spoil, Store, read_root

CARD = "---\nlicense: mit\npipeline_tag: fill-mask\ntags: [a]\n---\n# Tiny\n"
WEIGHTS = bytes(range(256)) * 40


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with HubServer() as server:
        repo = server.add("acme/tiny", {"README.md": "old", "config.json": "{}"})
        repo.tag("v1.0")
        repo.commit({"README.md": CARD, "config.json": "{}", "model.safetensors": WEIGHTS, "sub/a.txt": "a"})
        server.add("acme/gated", {"README.md": CARD}, gated=True, readers=frozenset({"hf_reader"}))
        server.add("acme/private", {"README.md": CARD}, private=True, readers=frozenset({"hf_reader"}))
        server.add("acme/data", {"rows.csv": "1\n"}, type="dataset")
        yield server


@pytest.fixture
def api(hub: HubServer) -> HfApi:
    return HfApi(endpoint=hub.endpoint, token=False)


def download(hub: HubServer, cache: Path, repo_id: str, path: str, **options: Any) -> Path:
    options = {"token": False, **options}
    return Path(hf_hub_download(repo_id, path, endpoint=hub.endpoint, cache_dir=cache, **options))


def test_a_file_is_headed_then_fetched_and_then_only_headed(hub: HubServer, tmp_path: Path) -> None:
    for _ in range(2):
        assert download(hub, tmp_path, "acme/tiny", "README.md").read_text() == CARD
    assert hub.counts() == {
        "HEAD /acme/tiny/resolve/main/README.md": 2,
        "GET /acme/tiny/resolve/main/README.md": 1,
    }


def test_weights_come_from_another_origin_without_the_token(hub: HubServer, tmp_path: Path) -> None:
    weights = download(hub, tmp_path, "acme/tiny", "model.safetensors", token="hf_reader")
    assert weights.read_bytes() == WEIGHTS
    (lfs,) = [seen for seen in hub.seen if seen.lfs]
    assert (lfs.method, lfs.token) == ("GET", None)


def test_a_tag_is_another_commit(hub: HubServer, tmp_path: Path) -> None:
    assert download(hub, tmp_path, "acme/tiny", "README.md", revision="v1.0").read_text() == "old"


def test_a_snapshot_has_every_file(hub: HubServer, tmp_path: Path) -> None:
    folder = Path(snapshot_download("acme/tiny", endpoint=hub.endpoint, cache_dir=tmp_path, token=False))
    assert sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()) == [
        "README.md",
        "config.json",
        "model.safetensors",
        "sub/a.txt",
    ]


def test_info_tree_and_paths(api: HfApi) -> None:
    info = api.model_info("acme/tiny", files_metadata=True)
    assert (info.pipeline_tag, info.gated, info.private) == ("fill-mask", False, False)
    assert info.siblings is not None
    weights = next(file for file in info.siblings if file.rfilename == "model.safetensors")
    assert weights.lfs is not None
    assert weights.lfs.size == len(WEIGHTS)
    assert [entry.path for entry in api.list_repo_tree("acme/tiny", recursive=True)] == [
        "README.md",
        "config.json",
        "model.safetensors",
        "sub",
        "sub/a.txt",
    ]
    assert [entry.path for entry in api.get_paths_info("acme/tiny", ["sub", "README.md", "no"])] == [
        "README.md",
        "sub",
    ]
    assert [tag.name for tag in api.list_repo_refs("acme/tiny").tags] == ["v1.0"]
    assert api.dataset_info("acme/data").id == "acme/data"


def test_a_list_comes_in_pages_and_hides_private_repos(hub: HubServer, api: HfApi) -> None:
    for number in range(5):
        hub.add(f"many/m{number}", {"README.md": CARD})
    hub.page_size = 2
    assert len(list(api.list_models(author="many"))) == 5
    assert hub.count(r"GET /api/models\?") == 3
    assert "acme/private" not in [model.id for model in api.list_models(author="acme")]
    assert "acme/private" in [model.id for model in api.list_models(author="acme", token="hf_reader")]


LISTED = ["sha", "lastModified", "downloads", "library_name", "pipeline_tag", "gated", "private"]


def test_a_list_tells_what_is_asked_of_each_repo(hub: HubServer, api: HfApi) -> None:
    hub.add("org/m", {"README.md": CARD.replace("license", "library_name: l\nlicense")}, downloads=12)
    (before,) = api.list_models(author="org", expand=LISTED)  # type: ignore[arg-type]
    assert (before.downloads, before.library_name, before.pipeline_tag) == (12, "l", "fill-mask")
    assert (before.gated, before.private, before.card_data) == (False, False, None)
    repo = hub.store.get("model", "org/m")
    assert repo is not None
    commit = repo.commit({"README.md": CARD})
    (after,) = api.list_models(author="org", expand=LISTED)  # type: ignore[arg-type]
    assert after.sha == commit != before.sha
    assert before.last_modified is not None
    assert after.last_modified is not None
    assert after.last_modified > before.last_modified


def test_pages_of_a_list_fail_as_asked(hub: HubServer, api: HfApi) -> None:
    """The client itself waits for as long as 429 says, and asks again for a page that was torn."""
    for number in range(4):
        hub.add(f"many/m{number}", {"README.md": CARD})
    hub.page_size = 2
    hub.fail("cursor=2", 429, times=1, Retry_After="1")
    hub.spoil("cursor=2", Spoil.TRUNCATED, times=1)
    assert len(list(api.list_models(author="many"))) == 4
    assert hub.count("cursor=2") == 3


def test_owners_and_collections(hub: HubServer, api: HfApi) -> None:
    hub.add("somebody/m", {"README.md": CARD})
    hub.store.users.add("somebody")
    hub.store.empty_organizations.add("empty")
    slug = "somebody/best-0123456789abcdef01234567"
    hub.store.collections[slug] = ["acme/tiny", "acme/private", "acme/data", "acme/deleted"]
    assert api.get_organization_overview("acme").num_models == 2
    assert api.get_organization_overview("empty").num_models == 0
    assert api.get_user_overview("somebody").username == "somebody"
    for ask in (api.get_user_overview, api.get_organization_overview, api.get_collection):
        with pytest.raises(HfHubHTTPError, match="404"):
            ask("none/none-0123456789abcdef01234567" if ask == api.get_collection else "none")
    items = api.get_collection(slug).items
    assert [(item.item_id, item.item_type) for item in items] == [
        ("acme/tiny", "model"),
        ("acme/data", "dataset"),
    ]
    seen_by_reader = HfApi(endpoint=hub.endpoint, token="hf_reader").get_collection(slug).items
    assert "acme/private" in [item.item_id for item in seen_by_reader]


def test_likes_come_by_turns(hub: HubServer, api: HfApi) -> None:
    hub.add("acme/loved", {"README.md": CARD}, likes=itertools.count())
    asked = [api.model_info("acme/loved", expand=["likes"]).likes for _ in range(3)]
    api.model_info("acme/loved")
    assert [*asked, api.model_info("acme/loved", expand=["likes"]).likes] == [0, 1, 2, 3]


def test_a_card_loads(hub: HubServer, tmp_path: Path) -> None:
    code = "from huggingface_hub import ModelCard; print(ModelCard.load('acme/tiny').data.license)"
    environment = {**os.environ, "HF_ENDPOINT": hub.endpoint, "HF_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "mit\n"


@pytest.mark.parametrize("token", [False, "hf_other"])
def test_a_gated_repo_shows_itself_but_not_its_files(
    hub: HubServer, tmp_path: Path, token: bool | str
) -> None:
    api = HfApi(endpoint=hub.endpoint, token=token)
    assert api.model_info("acme/gated").gated == "manual"
    with pytest.raises(GatedRepoError):
        api.auth_check("acme/gated")
    with pytest.raises(GatedRepoError):
        download(hub, tmp_path, "acme/gated", "README.md", token=token)
    assert download(hub, tmp_path, "acme/gated", "README.md", token="hf_reader").read_text() == CARD


def test_what_is_missing_is_said_in_the_hubs_words(hub: HubServer, api: HfApi, tmp_path: Path) -> None:
    for repo_id in ("acme/none", "acme/private"):
        with pytest.raises(RepositoryNotFoundError):
            download(hub, tmp_path, repo_id, "README.md")
        with pytest.raises(RepositoryNotFoundError):
            api.model_info(repo_id)
    with pytest.raises(RevisionNotFoundError):
        download(hub, tmp_path, "acme/tiny", "README.md", revision="v9")
    with pytest.raises(RemoteEntryNotFoundError):
        download(hub, tmp_path, "acme/tiny", "none.txt")
    with pytest.raises(HfHubHTTPError, match="401"):
        HfApi(endpoint=hub.endpoint, token="hf_expired").model_info("acme/tiny")


def test_whoami(hub: HubServer) -> None:
    assert HfApi(endpoint=hub.endpoint, token="hf_reader").whoami()["name"] == "reader"


def test_faults_come_as_often_as_asked(hub: HubServer, api: HfApi) -> None:
    hub.fail("/api/models/acme/tiny", 503, times=1)
    with pytest.raises(HfHubHTTPError, match="503"):
        api.model_info("acme/tiny")
    assert api.model_info("acme/tiny").id == "acme/tiny"


def test_folders_become_repos(tmp_path: Path) -> None:
    for path, text in {
        "acme/tiny/README.md": CARD,
        "acme/tiny@v1/README.md": "old",
        "acme/closed/README.md": CARD,
        "acme/closed/.hub.json": '{"gated": true}',
        "datasets/acme/data/rows.csv": "1\n",
    }.items():
        (tmp_path / "root" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "root" / path).write_text(text)
    with HubServer(store=Store(read_root(tmp_path / "root"))) as hub:
        assert download(hub, tmp_path / "c", "acme/tiny", "README.md").read_text() == CARD
        assert download(hub, tmp_path / "c", "acme/tiny", "README.md", revision="v1").read_text() == "old"
        assert (
            download(hub, tmp_path / "c", "acme/data", "rows.csv", repo_type="dataset").read_text() == "1\n"
        )
        with pytest.raises(GatedRepoError):
            download(hub, tmp_path / "c", "acme/closed", "README.md")


def test_folders_are_served_from_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "acme" / "tiny").mkdir(parents=True)
    (tmp_path / "acme" / "tiny" / "README.md").write_text(CARD)
    command = [sys.executable, "-m", "tests.hub_server", "--root", str(tmp_path)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout is not None
        endpoint = process.stdout.readline().strip().removeprefix("HF_ENDPOINT=")
        assert HfApi(endpoint=endpoint, token=False).model_info("acme/tiny").pipeline_tag == "fill-mask"
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
