"""Who uses how much, through the real ``pynvml``."""

import pytest

from tests.snippet_sandbox.gpus.conftest import StubDriver

A10G = "GPU-6c000000-0000-4000-8000-000000000003"
READ = f"""
import dataclasses, json
from snippet_sandbox.gpus.uses import NvmlUses, UsesError
try:
    with NvmlUses() as uses:
        use = dataclasses.asdict(uses.read({A10G!r}))
        use["most"] = uses.highest_bytes({A10G!r}, 41)
except UsesError as error:
    use = str(error)
print(json.dumps(use))
"""


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([], {"device_bytes": 0, "processes": {}, "listed": True, "most": None}),
        # what is taken by way of graphics counts; a process that does both is listed twice
        (
            [f"drawing {A10G} 43 700", f"drawing {A10G} 41 3000", f"process {A10G} 41 3000"],
            {"device_bytes": 0, "processes": {"43": 700, "41": 3000}, "listed": True, "most": None},
        ),
        (
            [f"process {A10G} 41 3000", f"process {A10G} 42 -1", f"account {A10G} 41 9000"],
            {"device_bytes": 0, "processes": {"41": 3000, "42": None}, "listed": True, "most": 9000},
        ),
        (
            ["fail nvmlDeviceGetComputeRunningProcesses_v3 4"],
            {"device_bytes": 0, "processes": {}, "listed": False, "most": None},
        ),
        # drivers before 510 don't tell their own part apart
        (
            ["fail nvmlDeviceGetMemoryInfo_v2 13"],
            {"device_bytes": 2**29, "processes": {}, "listed": True, "most": None},
        ),
        (
            ["fail nvmlDeviceGetAccountingMode 3"],
            {"device_bytes": 0, "processes": {}, "listed": True, "most": None},
        ),
        (["fail nvmlDeviceGetComputeRunningProcesses_v3 15"], "GPU is lost"),
        (["init 9"], "Driver Not Loaded"),
    ],
)
def test_a_moment(stub_driver: StubDriver, lines: list[str], told: object) -> None:
    """What the driver does not say is None, what it refuses is said."""
    stub_driver.play("mixed")
    stub_driver.tell(*lines)
    assert stub_driver.ask(READ) == told
