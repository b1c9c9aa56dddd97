"""Readings of cgroups and processes, and the peaks that follow from them.

``readings`` parses, ``peaks`` infers and ``timeline`` thins out, all pure; ``meters`` and ``processes`` know
where to read; and ``sampler`` is the one place that reads again and again. Sources: the kernel's
``Documentation/admin-guide/cgroup-v2.rst`` and ``cgroup-v1/memory.rst``, and ``proc(5)``.
"""

from snippet_sandbox.metering.gpu_sampler import GpuSampler
from snippet_sandbox.metering.meters import (
    CGROUP_ROOT,
    CgroupV1Meter,
    CgroupV2Meter,
    Meter,
    meter_for,
)
from snippet_sandbox.metering.processes import ProcessTreeMeter
from snippet_sandbox.metering.readings import Reading, parse_cgroup_membership
from snippet_sandbox.metering.sampler import Sampler
from snippet_sandbox.metering.timeline import counted_from

__all__ = [
    "CGROUP_ROOT",
    "CgroupV1Meter",
    "CgroupV2Meter",
    "GpuSampler",
    "Meter",
    "ProcessTreeMeter",
    "Reading",
    "Sampler",
    "counted_from",
    "meter_for",
    "parse_cgroup_membership",
]
