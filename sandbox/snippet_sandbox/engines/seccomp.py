"""The system calls that a job can't make: a filter like the one Docker brings along.

Everything is allowed but what is listed here. The list is what Docker's default profile keeps from a
container without capabilities (kernel modules, mounts, namespaces, tracing, keys, BPF, io_uring, clocks ...),
and all calls that are newer than the list. A filter is a classic BPF program over ``struct seccomp_data``.

Sources: the kernel's ``Documentation/userspace-api/seccomp_filter.rst``, its headers ``linux/seccomp.h``,
``linux/filter.h`` and ``linux/audit.h``, and its system call tables
``arch/x86/entry/syscalls/syscall_64.tbl`` and ``scripts/syscall.tbl``.
"""

import errno
import functools
import os
import platform
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

ALLOW, KILL_PROCESS, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
LOAD_WORD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER_AT, ARCHITECTURE_AT, FIRST_ARGUMENT_AT, ARGUMENT_BYTES = 0, 4, 16, 8
NEWEST = 462  # mseal, Linux 6.10; from 424 on, numbers are the same on all architectures
X32_BIT = 0x40000000

# CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET of <linux/sched.h>; clone() knows no NEWTIME
NAMESPACES = 0x20000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
FAMILIES = (1, 2, 10)  # AF_UNIX, AF_INET, AF_INET6
# NETLINK_ROUTE, as libc asks for interfaces; not KOBJECT_UEVENT, by which the host's devices are heard
NETLINK, NETLINK_PROTOCOLS = 16, (0,)
PERSONALITIES = (
    0x0,
    0x8,
    0x20000,
    0x20008,
    0xFFFFFFFF,
)  # as Docker: Linux, 32 bits, their variants, a question
TERMINAL_REQUESTS = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX: typing into somebody's terminal


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """One architecture's numbers.

    Attributes:
        audit: its ``AUDIT_ARCH``.
        clone: number of a call whose arguments are looked at; so are the three that follow.
        denied: number of each call that is never made, by name.
        unseen: likewise; by these, memory is had that belongs to no process and no folder.
    """

    audit: int
    clone: int
    socket: int
    ioctl: int
    personality: int
    denied: dict[str, int]
    unseen: dict[str, int]


# the same on every architecture; clone3 hides its flags from a filter, so libc is told to use clone
_NEWER = {
    "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428,
    "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433,
    "pidfd_getfd": 438, "process_madvise": 440, "mount_setattr": 442, "quotactl_fd": 443,
    "set_mempolicy_home_node": 450, "statmount": 457, "listmount": 458, "lsm_set_self_attr": 460,
}  # fmt: skip
_CLONE3 = 435
_MEMFD_SECRET = 447

ARCHITECTURES = {
    "x86_64": Architecture(
        audit=0xC000003E, clone=56, socket=41, ioctl=16, personality=135,
        unseen={"memfd_create": 319, "memfd_secret": _MEMFD_SECRET, "msgget": 68, "shmget": 29},
        denied=_NEWER | {
            "acct": 163, "add_key": 248, "bpf": 321, "chroot": 161, "clock_adjtime": 305,
            "clock_settime": 227, "create_module": 174, "delete_module": 176, "fanotify_init": 300,
            "finit_module": 313, "get_kernel_syms": 177, "get_mempolicy": 239, "init_module": 175,
            "ioperm": 173, "iopl": 172, "kcmp": 312, "kexec_file_load": 320, "kexec_load": 246,
            "keyctl": 250, "lookup_dcookie": 212, "mbind": 237, "migrate_pages": 256,
            "modify_ldt": 154, "mount": 165, "move_pages": 279, "name_to_handle_at": 303,
            "nfsservctl": 180, "open_by_handle_at": 304, "perf_event_open": 298, "pivot_root": 155,
            "process_vm_readv": 310, "process_vm_writev": 311, "ptrace": 101, "query_module": 178,
            "quotactl": 179, "reboot": 169, "request_key": 249, "set_mempolicy": 238,
            "setdomainname": 171, "sethostname": 170, "setns": 308, "settimeofday": 164,
            "swapoff": 168, "swapon": 167, "sysctl": 156, "sysfs": 139, "syslog": 103, "umount2": 166,
            "unshare": 272, "uselib": 134, "userfaultfd": 323, "ustat": 136, "vhangup": 153,
        },
    ),
    "aarch64": Architecture(
        audit=0xC00000B7, clone=220, socket=198, ioctl=29, personality=92,
        unseen={"memfd_create": 279, "memfd_secret": _MEMFD_SECRET, "msgget": 186, "shmget": 194},
        denied=_NEWER | {
            "acct": 89, "add_key": 217, "bpf": 280, "chroot": 51, "clock_adjtime": 266,
            "clock_settime": 112, "delete_module": 106, "fanotify_init": 262, "finit_module": 273,
            "get_mempolicy": 236, "init_module": 105, "kcmp": 272, "kexec_file_load": 294,
            "kexec_load": 104, "keyctl": 219, "lookup_dcookie": 18, "mbind": 235, "migrate_pages": 238,
            "mount": 40, "move_pages": 239, "name_to_handle_at": 264, "nfsservctl": 42,
            "open_by_handle_at": 265, "perf_event_open": 241, "pivot_root": 41, "process_vm_readv": 270,
            "process_vm_writev": 271, "ptrace": 117, "quotactl": 60, "reboot": 142, "request_key": 218,
            "set_mempolicy": 237, "setdomainname": 162, "sethostname": 161, "setns": 268,
            "settimeofday": 170, "swapoff": 225, "swapon": 224, "syslog": 116, "umount2": 39,
            "unshare": 97, "userfaultfd": 282, "vhangup": 58,
        },
    ),
}  # fmt: skip


@functools.cache
def filter_for(machine: str, *, watched: bool = False, for_gpus: bool = False) -> bytes | None:
    """The filter program for a machine, as ``platform.machine()`` names it.

    Args:
        machine: the machine.
        watched: whether memory is watched from outside and not limited by the kernel. Calls by which memory
            is had that no watcher sees then fail, as in a kernel that was built without them.
        for_gpus: whether CUDA is used, which makes nameless files of its own and fails without them.

    Returns:
        None where its numbers aren't known.
    """
    architecture = ARCHITECTURES.get(machine)
    if architecture is None:
        return None
    unseen = {name: number for name, number in architecture.unseen.items() if watched}
    if for_gpus:
        unseen.pop("memfd_create", None)
    return _assemble(architecture, unseen)


def open_filter(*, watched: bool = False, for_gpus: bool = False) -> int | None:
    """A file descriptor from which this machine's filter can be read, to be closed by the caller."""
    program = filter_for(platform.machine(), watched=watched, for_gpus=for_gpus)
    if program is None:
        return None
    descriptor = os.memfd_create("seccomp")
    os.write(descriptor, program)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def denied_calls() -> int:
    """How many calls this machine's filter denies by name; 0 where there is no filter."""
    architecture = ARCHITECTURES.get(platform.machine())
    return len(architecture.denied) if architecture else 0


def _assemble(architecture: Architecture, unseen: Mapping[str, int]) -> bytes:
    """Every rule ends in a return, or falls through to the next one with the call's number loaded."""
    instructions = [
        *_load(ARCHITECTURE_AT),
        *_unless_equal(architecture.audit, KILL_PROCESS),
        *_load(NUMBER_AT),
        *_if_at_least(X32_BIT, _fail(errno.ENOSYS)),
        *_if_at_least(NEWEST + 1, _fail(errno.ENOSYS)),
        *_if_equal(_CLONE3, [_return(_fail(errno.ENOSYS))]),
    ]
    for number in sorted(architecture.denied.values()):
        instructions += _if_equal(number, [_return(_fail(errno.EPERM))])
    for number in sorted(unseen.values()):
        instructions += _if_equal(number, [_return(_fail(errno.ENOSYS))])
    instructions += _if_equal(architecture.clone, list(_look_at_clone()))
    instructions += _if_equal(architecture.socket, list(_look_at_socket()))
    instructions += _if_equal(architecture.personality, list(_look_at_personality()))
    instructions += _if_equal(architecture.ioctl, list(_look_at_ioctl()))
    instructions.append(_return(ALLOW))
    return b"".join(instructions)


def _look_at_clone() -> Iterator[bytes]:
    yield from _load_argument(0)
    yield _instruction(JUMP_ANY_BIT, NAMESPACES, 0, 1)
    yield _return(_fail(errno.EPERM))
    yield _return(ALLOW)


def _look_at_socket() -> Iterator[bytes]:
    yield from _load_argument(0)
    for family in FAMILIES:
        yield from _if_equal(family, [_return(ALLOW)])
    yield from _unless_equal(NETLINK, _fail(errno.EAFNOSUPPORT))
    yield from _load_argument(2)
    for protocol in NETLINK_PROTOCOLS:
        yield from _if_equal(protocol, [_return(ALLOW)])
    yield _return(_fail(errno.EPROTONOSUPPORT))


def _look_at_personality() -> Iterator[bytes]:
    yield from _load_argument(0)
    for allowed in PERSONALITIES:
        yield from _if_equal(allowed, [_return(ALLOW)])
    yield _return(_fail(errno.EPERM))


def _look_at_ioctl() -> Iterator[bytes]:
    yield from _load_argument(1)
    for request in TERMINAL_REQUESTS:
        yield from _if_equal(request, [_return(_fail(errno.EPERM))])
    yield _return(ALLOW)


def _fail(number: int) -> int:
    return ERRNO | number


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """``struct sock_filter``: code, two jump distances, a value."""
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _return(action: int) -> bytes:
    return _instruction(RETURN, action)


def _load(offset: int) -> list[bytes]:
    return [_instruction(LOAD_WORD, offset)]


def _load_argument(index: int) -> list[bytes]:
    """Its lower half, on little-endian machines: what the kernel takes of an ``int`` or of clone's flags."""
    return _load(FIRST_ARGUMENT_AT + index * ARGUMENT_BYTES)


def _if_equal(value: int, then: list[bytes]) -> list[bytes]:
    return [_instruction(JUMP_EQUAL, value, 0, len(then)), *then]


def _unless_equal(value: int, action: int) -> list[bytes]:
    return [_instruction(JUMP_EQUAL, value, 1, 0), _return(action)]


def _if_at_least(value: int, action: int) -> list[bytes]:
    return [_instruction(JUMP_AT_LEAST, value, 0, 1), _return(action)]
