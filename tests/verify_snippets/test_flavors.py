"""The catalogue follows the Hub where it can be asked, and does without where it can't."""

import json
import os
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from snippet_sandbox.profile import GB, PROFILES, Profile
from verify_snippets import flavors

# as the Hub answered for huggingface_hub 2.4's documentation, and a flavor that doesn't exist yet
ANSWER: list[dict[str, Any]] = [
    {
        "name": "cpu-basic",
        "prettyName": "CPU Basic",
        "cpu": "2 vCPU",
        "ram": "16 GB",
        "ephemeralStorage": "20 GB",
        "accelerator": None,
        "unitCostMicroUSD": 167,
        "unitCostUSD": 0.000167,
        "unitLabel": "minute",
    },
    {
        "name": "b300x2",
        "prettyName": "2x Nvidia B300",
        "cpu": "64 vCPU",
        "ram": "512 GB",
        "ephemeralStorage": "1000 GB",
        "accelerator": {
            "type": "gpu",
            "model": "B300",
            "quantity": "2",
            "vram": "576 GB",
            "manufacturer": "Nvidia",
        },
        "unitCostMicroUSD": 999,
        "unitCostUSD": 0.000999,
        "unitLabel": "minute",
    },
]


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing remembered from elsewhere."""
    monkeypatch.setenv("VERIFY_SNIPPETS_CACHE", str(tmp_path))


class _Hub(BaseHTTPRequestHandler):
    asked = 0

    def do_GET(self) -> None:
        """Answer with the flavors."""
        type(self).asked += 1
        body = json.dumps(ANSWER).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_new_flavor_is_learned_and_kept(tmp_path: Path) -> None:
    """Asked once a day."""
    server = HTTPServer(("127.0.0.1", 0), _Hub)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        endpoint = f"http://127.0.0.1:{server.server_port}"
        first = flavors.catalogue(ask=True, endpoint=endpoint)
        again = flavors.catalogue(ask=True, endpoint=endpoint)
        prices = flavors.prices(ask=True, endpoint=endpoint)
        assert _Hub.asked == 1
        yesterday = time.time() - 2 * flavors.KEPT_S
        os.utime(tmp_path / "flavors.json", (yesterday, yesterday))
        flavors.catalogue(ask=True, endpoint=endpoint)
        assert _Hub.asked == 2
    finally:
        server.shutdown()
        server.server_close()
    expected = Profile(
        name="b300x2", cpus=64, memory_bytes=512 * GB, gpus=2, gpu_memory_bytes=576 * GB, gpu_model="B300"
    )
    assert first["b300x2"] == again["b300x2"] == expected
    assert set(PROFILES) < set(first)
    assert prices["b300x2"] == pytest.approx(0.05994)
    assert prices["cpu-basic"] == pytest.approx(0.01002)
    assert prices["t4-small"] == flavors.PRICES_USD_PER_HOUR["t4-small"]


def test_without_the_hub_the_table_serves() -> None:
    """At once where it may not be asked, soon where it doesn't answer."""
    assert flavors.catalogue(ask=False) == PROFILES
    assert PROFILES.keys() <= flavors.prices(ask=False).keys()
    began = time.monotonic()
    assert flavors.catalogue(ask=True, endpoint="http://127.0.0.1:9") == PROFILES
    assert time.monotonic() - began < flavors.ANSWER_S + 2


@pytest.mark.parametrize(
    "flavor",
    [
        {},
        {"name": "x", "cpu": "many", "ram": "16 GB"},
        {"name": "x", "cpu": "2 vCPU", "ram": None},
        {"name": "tpu", "cpu": "2 vCPU", "ram": "16 GB", "accelerator": {"type": "tpu", "quantity": 1}},
        "nonsense",
    ],
)
def test_what_is_not_understood_is_left_out(flavor: Any) -> None:
    """One odd flavor does not spoil the others."""
    assert [p.name for p in flavors.read_flavors([flavor, ANSWER[0]])] == ["cpu-basic"]


@pytest.mark.parametrize(
    ("priced", "expected"),
    [
        ({"unitCostUSD": 0.01, "unitLabel": "minute"}, 0.6),
        ({"unitCostUSD": "1.5", "unitLabel": "hour"}, 1.5),
        ({"unitCostUSD": 0.01, "unitLabel": "fortnight"}, None),
        ({"unitCostUSD": None, "unitLabel": "minute"}, None),
        ({}, None),
    ],
)
def test_a_price_is_for_an_hour_or_not_known(priced: dict[str, Any], expected: float | None) -> None:
    """Kept answers of older versions have none."""
    assert flavors.read_prices([{"name": "x", **priced}]) == ({"x": expected} if expected else {})
