"""How much of each GPU is in use now, and by whom, as the driver tells: NVML again."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

from snippet_sandbox.gpus import nvml
from snippet_sandbox.gpus.gpu import Gpu


class UsesError(Exception):
    """The driver did not answer, or with an error."""


@dataclass(frozen=True, kw_only=True)
class Use:
    """One GPU at one moment.

    Attributes:
        device_bytes: in use by whomever; None where the driver doesn't say.
        processes: bytes by process id; None where the driver doesn't say how much,
            as for slices without privilege, or under WSL.
        listed: whether the driver lists processes at all.
    """

    device_bytes: int | None = None
    processes: Mapping[int, int | None] = field(default_factory=dict)
    listed: bool = True


class Uses(Protocol):
    """Where the use of GPUs is read. Used by one thread at a time."""

    def read(self, uuid: str) -> Use:
        """What is in use of a GPU now.

        Raises:
            UsesError: it can't be told.
        """

    def highest_bytes(self, uuid: str, pid: int) -> int | None:
        """The most that a process ever had of a GPU, running or ended; None unless the driver keeps account.

        Raises:
            UsesError: it can't be told.
        """

    def close(self) -> None:
        """Let go of the driver."""


class NvmlUses:
    """Asks the driver.

    Raises:
        UsesError: it does not answer.
    """

    def __init__(self) -> None:
        self._library: Any = nvml.nvml_library()
        self._handles: dict[str, Any] = {}
        self._accounts: dict[str, bool] = {}
        with contextlib.ExitStack() as stack, self._asking():
            stack.enter_context(nvml.opened(self._library))
            self._holding = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, uuid: str) -> Use:
        """See ``Uses``."""
        with self._asking():
            device = self._device(uuid)
            processes = self._processes(device)
            return Use(
                device_bytes=self._device_bytes(device),
                processes=processes or {},
                listed=processes is not None,
            )

    def highest_bytes(self, uuid: str, pid: int) -> int | None:
        """See ``Uses``; the driver keeps account where root had it do so (``nvidia-smi -am 1``)."""
        with self._asking():
            device = self._device(uuid)
            if not self._keeps_account(uuid, device):
                return None
            try:
                most = self._library.nvmlDeviceGetAccountingStats(device, pid).maxMemoryUsage
            except self._library.NVMLError_NotFound:  # it never had any of this GPU
                return None
            return None if most is None else int(most)

    def close(self) -> None:
        """See ``Uses``."""
        self._holding.close()

    @contextlib.contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            yield
        except self._library.NVMLError as error:
            raise UsesError(str(error)) from error

    def _device(self, uuid: str) -> Any:
        if uuid not in self._handles:
            self._handles[uuid] = self._library.nvmlDeviceGetHandleByUUID(uuid)
        return self._handles[uuid]

    def _processes(self, device: Any) -> dict[int, int | None] | None:
        """All that compute or draw, each once; None where they can't be listed."""
        computing, drawing = (self._listed(device, kind) for kind in ("Compute", "Graphics"))
        return None if computing is None else {**(drawing or {}), **computing}

    def _listed(self, device: Any, kind: str) -> dict[int, int | None] | None:
        """Those of one kind; the second way is that of drivers before 510."""
        library = self._library
        refusals = (
            library.NVMLError_NotSupported,
            library.NVMLError_NoPermission,
            library.NVMLError_FunctionNotFound,
        )
        for version in ("v3", "v2"):
            ask = getattr(library, f"nvmlDeviceGet{kind}RunningProcesses_{version}")
            with contextlib.suppress(*refusals):
                return {int(each.pid): each.usedGpuMemory for each in ask(device)}
        return None

    def _device_bytes(self, device: Any) -> int | None:
        """Without what the driver keeps for itself, where it tells that apart (since 510)."""
        library = self._library
        for version in (library.nvmlMemory_v2, None):
            with contextlib.suppress(
                library.NVMLError_NotSupported,
                library.NVMLError_FunctionNotFound,
                library.NVMLError_ArgumentVersionMismatch,
            ):
                return int(library.nvmlDeviceGetMemoryInfo(device, version).used)
        return None

    def _keeps_account(self, uuid: str, device: Any) -> bool:
        if uuid not in self._accounts:
            try:
                mode = self._library.nvmlDeviceGetAccountingMode(device)
            except self._library.NVMLError:  # slices and small cards have none
                mode = 0
            self._accounts[uuid] = bool(mode)
        return self._accounts[uuid]


def in_use_now(gpus: Sequence[Gpu]) -> dict[str, int]:
    """Bytes in use of each GPU by whomever, by UUID; without those whose driver doesn't say."""
    with contextlib.suppress(UsesError), NvmlUses() as uses:
        used = {gpu.uuid: uses.read(gpu.uuid).device_bytes for gpu in gpus}
        return {uuid: used_bytes for uuid, used_bytes in used.items() if used_bytes is not None}
    return {}
