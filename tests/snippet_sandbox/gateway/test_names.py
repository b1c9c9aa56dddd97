"""What a path may ask for."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippet_sandbox.gateway.names import (
    AboutRequest,
    FileRequest,
    HubRequest,
    InfoRequest,
    ListRequest,
    PathsRequest,
    RefusedError,
    RepoName,
    RepoType,
    TreeRequest,
    WhoAmIRequest,
    parse_hub_path,
)

TINY = RepoName(id="acme/tiny")
OLD = RepoName(id="gpt2")
ROWS = RepoName(id="acme/rows", type=RepoType.DATASET)


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("HEAD", "/acme/tiny/resolve/main/a/b.bin", FileRequest(repo=TINY, revision="main", path="a/b.bin")),
        ("GET", "/gpt2/resolve/main/x?download=true", FileRequest(repo=OLD, revision="main", path="x")),
        ("GET", "/acme/tiny/raw/v1/README.md", FileRequest(repo=TINY, revision="v1", path="README.md")),
        ("GET", "/acme/tiny/resolve/refs%2Fpr%2F1/x", FileRequest(repo=TINY, revision="refs/pr/1", path="x")),
        (
            "GET",
            "/datasets/acme/rows/resolve/main/a%20b",
            FileRequest(repo=ROWS, revision="main", path="a b"),
        ),
        ("GET", "/api/models/acme/tiny", InfoRequest(repo=TINY)),
        ("GET", "/api/models/gpt2", InfoRequest(repo=OLD)),
        ("GET", "/api/models/gpt2/revision/v1", InfoRequest(repo=OLD, revision="v1")),
        ("GET", "/api/models/acme/tiny/revision/v1?blobs=true", InfoRequest(repo=TINY, revision="v1")),
        ("GET", "/api/datasets/acme/rows/tree/main", TreeRequest(repo=ROWS, revision="main")),
        ("GET", "/api/models/acme/tiny/tree/main/a/b", TreeRequest(repo=TINY, revision="main", path="a/b")),
        ("POST", "/api/models/acme/tiny/paths-info/main", PathsRequest(repo=TINY, revision="main")),
        ("GET", "/api/models/acme/tiny/refs", AboutRequest(repo=TINY, what="refs")),
        ("GET", "/api/models?author=acme", ListRequest(type=RepoType.MODEL)),
        ("GET", "/api/whoami-v2", WhoAmIRequest()),
    ],
)
def test_what_is_understood(method: str, path: str, expected: HubRequest) -> None:
    assert parse_hub_path(method, path) == expected


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/acme",
        "/acme/tiny",
        "/acme/tiny/resolve/main",
        "/acme/tiny/resolve/main/",
        "/acme/tiny/resolve/main/a//b",
        "/acme/tiny/resolve/main/../secret",
        "/acme/tiny/resolve/main/%2e%2e/secret",
        "/acme/tiny/resolve/main/a%2Fb",
        "/acme/tiny/resolve/main/..%2Fsecret",
        "/acme/tiny/resolve/main/a%00b",
        "/acme/tiny/resolve/main/a%5Cb",
        "/acme/tiny/resolve/main/a%0Ab",
        "/acme/tiny/resolve/main/%FF",
        "/acme/tiny/resolve/../x",
        "/acme/tiny/resolve/..%2F..%2Fx/README.md",
        "/acme/tiny/resolve/%2Fetc/passwd",
        "/acme/tiny/resolve//x",
        "/../tiny/resolve/main/x",
        "/acme/../resolve/main/x",
        "/acme%2Ftiny/resolve/main/x",
        "/acme/ti--ny/resolve/main/x",
        "/acme/tiny/tree/main",
        "/api",
        "/api/models/acme/tiny/settings",
        "/api/models/acme/tiny/discussions",
        "/api/models/acme/tiny/xet-read-token/main",
        "/api/models/../tokens",
        "/api/settings/tokens",
        "/api/jobs/me",
        "//acme/tiny/resolve/main/x",
        "acme/tiny/resolve/main/x",
        "/acme/tiny/resolve/main/" + "x" * 5000,
    ],
)
def test_what_is_refused(path: str) -> None:
    with pytest.raises(RefusedError):
        parse_hub_path("GET", path)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_is_written(method: str) -> None:
    for path in ("/acme/tiny/resolve/main/x", "/api/models/acme/tiny", "/api/models/acme/tiny/tree/main"):
        with pytest.raises(RefusedError, match="only reads"):
            parse_hub_path(method, path)


_PIECES = st.sampled_from(
    ["/", "..", ".", "%2e", "%2F", "%00", "\\", "%5c", "a", "resolve", "main", "api", "models"]
)


@given(st.lists(st.one_of(_PIECES, st.text(string.printable, max_size=3)), max_size=12))
def test_nothing_climbs_out(pieces: list[str]) -> None:
    try:
        request = parse_hub_path("GET", "/" + "".join(pieces))
    except RefusedError:
        return
    for name in ("path", "revision"):
        parts = str(getattr(request, name, "x")).split("/")
        assert not {"", ".", ".."} & set(parts) or getattr(request, name) == ""
        assert not any(ord(char) < 32 or char == "\\" for part in parts for char in part)
    repo = getattr(request, "repo", TINY)
    assert ".." not in repo.id
    assert "/" not in repo.cache_folder
