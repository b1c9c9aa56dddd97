"""The system call filter, tried from inside a real sandbox."""

import platform

import pytest

from snippet_sandbox.engine import Engine
from snippet_sandbox.engines import seccomp
from snippet_sandbox.testing import told

CALLS = """
    import ctypes, errno, os
    libc = ctypes.CDLL(None, use_errno=True)

    def call(number, *arguments):
        ctypes.set_errno(0)
        result = libc.syscall(number, *arguments)
        return "worked" if result >= 0 else errno.errorcode[ctypes.get_errno()]
"""


def tried(engine: Engine, source: str) -> object:
    """What comes of calls made inside."""
    return told(engine, CALLS + source)


@pytest.fixture
def filtered(engine: Engine) -> Engine:
    """An engine on a machine whose calls' numbers are known."""
    if seccomp.filter_for(platform.machine()) is None:
        pytest.skip("this machine has no filter")
    return engine


@pytest.mark.image
def test_denied_calls(filtered: Engine) -> None:
    """Each is refused before the kernel looks at its arguments."""
    denied = seccomp.ARCHITECTURES[platform.machine()].denied
    seen = tried(
        filtered, f"    print(json.dumps({{n: call(k, 0, 0, 0, 0, 0) for n, k in {denied!r}.items()}}))"
    )
    assert seen == dict.fromkeys(denied, "EPERM")


@pytest.mark.image
def test_unknown_calls(filtered: Engine) -> None:
    """What is newer than the list does not exist, nor does clone3, whose flags can't be looked at."""
    source = "    print(json.dumps([call(number, 0, 0) for number in (435, 463, 500, 0x40000000 + 39)]))"
    assert tried(filtered, source) == ["ENOSYS"] * 4


@pytest.mark.image
def test_arguments(filtered: Engine) -> None:
    """Threads and processes may be made, namespaces may not; nor sockets of families that nobody needs."""
    source = f"""
    import socket, threading
    namespaces = [1 << 17, 1 << 25, 1 << 26, 1 << 27, 1 << 28, 1 << 29, 1 << 30]
    clone = {seccomp.ARCHITECTURES[platform.machine()].clone}
    seen = {{"namespaces": sorted({{call(clone, flag | 17, 0, 0, 0, 0) for flag in namespaces}})}}
    thread = threading.Thread(target=lambda: seen.update(thread=True))
    thread.start()
    thread.join()
    child = os.fork()
    if not child:
        os._exit(7)
    seen["child"] = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    def opened(*kind):
        try:
            socket.socket(*kind).close()
        except OSError as error:
            return errno.errorcode[error.errno]
        return "worked"

    kinds = (1, 1), (2, 1), (16, 3, 0), (16, 3, 12), (17, 3), (38, 5)
    seen["sockets"] = [opened(*kind) for kind in kinds]
    personality = {seccomp.ARCHITECTURES[platform.machine()].personality}
    seen["personality"] = [call(personality, 0), call(personality, 0x0040000)]
    print(json.dumps(seen))
    """
    assert tried(filtered, source) == {
        "namespaces": ["EPERM"],
        "thread": True,
        "child": 7,
        "sockets": ["worked", "worked", "worked", "EPROTONOSUPPORT", "EAFNOSUPPORT", "EAFNOSUPPORT"],
        "personality": ["worked", "EPERM"],
    }


def test_programs_are_whole() -> None:
    """On every architecture: whole instructions, a return at the end, no jump beyond it."""
    for machine in seccomp.ARCHITECTURES:
        program = seccomp.filter_for(machine)
        assert program is not None
        instructions = [program[at : at + 8] for at in range(0, len(program), 8)]
        assert len(program) % 8 == 0
        assert instructions[-1][0] == seccomp.RETURN
        for place, instruction in enumerate(instructions):
            if instruction[0] != seccomp.RETURN:
                assert place + 1 + max(instruction[2], instruction[3]) < len(instructions)
    assert seccomp.filter_for("riscv64") is None


@pytest.mark.image
def test_memory_that_nobody_sees(filtered: Engine) -> None:
    """Where memory is only watched, none can be had that belongs to no process and no folder."""
    seen = tried(
        filtered,
        """
    x86 = os.uname().machine == "x86_64"
    calls = {"memfd": (319 if x86 else 279, b"", 0), "segment": (29 if x86 else 194, 0, 4096, 0o1600)}
    print(json.dumps({name: call(*arguments) for name, arguments in calls.items()}))
    """,
    )
    watched = any("watched" in limit for limit in filtered.info().unenforced)
    assert seen == dict.fromkeys(("memfd", "segment"), "ENOSYS" if watched else "worked")
