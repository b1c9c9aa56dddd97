"""What the Hub says of a model, asked without ``HfApi``."""

import json
import struct
import subprocess
import sys

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import RevisionNotFoundError

from tests.hub_server import HubServer
from verify_snippets.facts import HEADER_LIMIT_BYTES
from verify_snippets.hub_api import model_info, parameters_of

TENSORS = {
    f"layer.{n}.weight": {"dtype": "BF16", "shape": [2, n], "data_offsets": [0, 0]} for n in range(2_000)
}


def weights(tensors: object, length: int | None = None) -> bytes:
    """A safetensors file whose tensors have no data."""
    header = json.dumps(tensors).encode()
    return struct.pack("<Q", len(header) if length is None else length) + header


def test_it_says_what_the_client_says() -> None:
    """The client's own class is the oracle."""
    with HubServer() as hub:
        commit = hub.add("acme/tiny", {"README.md": "# Tiny", "model.safetensors": weights(TENSORS)}).refs[
            "main"
        ]
        info = model_info("acme/tiny", "main", endpoint=hub.endpoint, timeout_s=5, sizes=True)
        said = HfApi(endpoint=hub.endpoint).model_info("acme/tiny", files_metadata=True)
        assert (info.repo_id, info.commit) == (said.id, said.sha) == ("acme/tiny", commit)
        assert info.sizes == {file.rfilename: file.size for file in said.siblings or ()}
        with pytest.raises(RevisionNotFoundError):
            model_info("acme/tiny", "no/such", endpoint=hub.endpoint, timeout_s=5)


def test_a_header_of_any_length_is_read_and_nothing_behind_it() -> None:
    """One that does not fit in the first answer takes a second."""
    with HubServer() as hub:
        files: dict[str, str | bytes] = {
            "long.safetensors": weights(TENSORS) + bytes(500_000),
            "short.safetensors": weights({}),
        }
        commit = hub.add("acme/tiny", files).refs["main"]
        api = HfApi(endpoint=hub.endpoint)
        for path in files:
            found = parameters_of("acme/tiny", path, revision=commit, endpoint=hub.endpoint, timeout_s=5)
            said = api.parse_safetensors_file_metadata("acme/tiny", path, revision=commit)
            assert found == dict(said.parameter_count)


@pytest.mark.parametrize(
    "data", [b"\0" * 7, weights({}, length=HEADER_LIMIT_BYTES + 1), weights([]), weights({}, length=1)]
)
def test_what_is_no_safetensors_file_is_no_header(data: bytes) -> None:
    """Least of all is one asked for that would fill the memory."""
    with HubServer() as hub:
        commit = hub.add("acme/tiny", {"model.safetensors": data}).refs["main"]
        with pytest.raises(ValueError):  # noqa: PT011  json's own message where it has one
            parameters_of(
                "acme/tiny", "model.safetensors", revision=commit, endpoint=hub.endpoint, timeout_s=5
            )


def test_the_card_of_a_hub_is_read_without_the_large_class() -> None:
    """Importing it takes as long as a card whose verdicts are known."""
    code = (
        "import sys, verify_snippets.hub, verify_snippets.hub_api, verify_snippets.repo_files\n"
        "print('huggingface_hub.hf_api' in sys.modules)"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert said.stdout == "False\n"
