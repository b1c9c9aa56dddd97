"""What a report says of GPUs, for people. Pure."""

from collections.abc import Iterable

from verify_snippets.report.model import GpuMemoryReport, Report, RunReport
from verify_snippets.report.quantities import amounts_text, bytes_text


def peak_bytes(run: RunReport) -> int | None:
    """The GPU memory that a run took at its peak; None without a GPU, or where it could not be seen."""
    return run.gpu.used_bytes if run.gpu else None


def any_peak(runs: Iterable[RunReport]) -> bool:
    """Whether there is something to tell of GPU memory."""
    return any(peak_bytes(run) is not None for run in runs)


def peak_text(run: RunReport) -> str:
    """The GPU memory that a run took at its peak, such as ``5.40 GB of GPU memory``; empty without one."""
    peak = peak_bytes(run)
    return "" if peak is None else f"{bytes_text(peak)} of GPU memory"


def memory_text(gpu: GpuMemoryReport) -> str:
    """All peaks and limits of a run's GPU memory."""
    named = (
        ("used", gpu.used_bytes),
        ("reserved by torch", gpu.reserved_bytes),
        ("in its tensors", gpu.allocated_bytes),
        ("limit", gpu.limit_bytes),
        ("limit that it outgrew", gpu.outgrown_bytes),
    )
    return amounts_text(named)


def driver_text(report: Report) -> str:
    """Driver and CUDA of the runs that had a GPU, such as ``driver 580.95.05, CUDA 13.0``; else empty."""
    seen = [run.gpu for snippet in report.snippets for run in snippet.runs if run.gpu]
    drivers = dict.fromkeys(f"driver {gpu.driver}" for gpu in seen if gpu.driver)
    versions = dict.fromkeys(f"CUDA {gpu.cuda}" for gpu in seen if gpu.cuda)
    return ", ".join((*drivers, *versions))


def used_text(report: Report) -> str:
    """The GPUs that snippets were given, with their driver; empty where none was."""
    models = dict.fromkeys(
        model for snippet in report.snippets for run in snippet.runs if run.gpu for model in run.gpu.models
    )
    return ", ".join(filter(None, (*models, driver_text(report))))
