"""Whether two processes have one memory: from vfork to exec, a child has its parent's.

Source: kcmp(2), and the system call tables of the kernel, ``arch/x86/entry/syscalls/syscall_64.tbl`` and
``scripts/syscall.tbl``.
"""

import ctypes
import platform
from functools import cache

KCMP_VM = 1  # of <linux/kcmp.h>
_CALLS = {"x86_64": 312, "aarch64": 272}


def have_one_memory(one: int, other: int) -> bool:
    """Ask the kernel; False also where it doesn't say, so that memory counts twice rather than not at all.

    Args:
        one: a process id.
        other: likewise.
    """
    call = _CALLS.get(platform.machine())
    return call is not None and _libc().syscall(call, one, other, KCMP_VM, 0, 0) == 0


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)
