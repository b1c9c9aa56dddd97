"""The host's NVIDIA GPUs: which there are, which a job gets, and what a sandbox needs to reach them.

``gpu`` holds what is known of them and what follows from it, pure; ``nvml`` is the one place that asks the
driver; ``allocation`` keeps two jobs from one GPU; ``devices`` lists nodes and libraries for engines without
NVIDIA's container toolkit. Nothing here costs more than a few imports until ``read`` is called.
"""

import functools

from snippet_sandbox.gpus.gpu import Gpu, GpuHost, cap_bytes, fitting
from snippet_sandbox.gpus.nvml import read

__all__ = ["Gpu", "GpuHost", "cap_bytes", "fitting", "known", "read"]


@functools.cache
def known() -> GpuHost:
    """``read``, once in this process: GPUs don't come and go, and waking them may take seconds."""
    return read()
