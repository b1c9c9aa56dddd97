"""Root folders for the bubblewrap engine: a virtual environment of the host's own Python, nothing more.

In a container, the host's ``/usr``, the Python that :func:`python_prefix` names and ``venv`` of the root
folder (at ``/opt/venv``) are all there is.
"""

import platform
import shutil
import sys
import sysconfig
from pathlib import Path

from snippet_images import bwrap, disk, locks, paths, process, wheels
from snippet_images.built import BuiltImage
from snippet_images.catalogue import VENV, ImageSpec, content_key, foundation_key
from snippet_images.errors import ImageBuildError
from snippet_images.locks import Lock, wait_alone
from snippet_images.progress import Listener
from snippet_images.recipe import MANIFEST
from snippet_images.recipe_output import Manifest, RecipeReader
from snippet_images.wheels import WheelSet, host_target

PYTHONS = ((3, 11), (3, 12), (3, 13))

_BUILD_LIMIT_S = 1800.0


def python_prefix() -> Path:
    """Where the Python is installed that roots are made of; containers need it at this very path."""
    return Path(sys.base_prefix).resolve()


def key(spec: ImageSpec) -> str:
    """The content key of this image's root, with this Python."""
    return content_key(spec, *_foundation())


def _foundation() -> tuple[str, ...]:
    """What roots stand on."""
    return "bubblewrap", str(python_prefix()), sys.version, platform.machine()


def folder(spec: ImageSpec) -> Path:
    """Where this image's root is once it is built."""
    return paths.roots_dir() / f"{spec.name}-{key(spec)}-py{sysconfig.get_python_version()}"


def lock_name(root: Path) -> str:
    """The name of the lock on a root folder."""
    return f"root-{root.name}"


def ensure(spec: ImageSpec, listener: Listener) -> BuiltImage:
    """The root of an image, built first if it has to be.

    The process then holds it until it ends, or calls ``locks.let_go``: ``images prune`` leaves it alone.

    Raises:
        ImageBuildError: it could not be built.
        InfrastructureError: bubblewrap does not work here.
    """
    root = folder(spec)
    name = lock_name(root)
    if not locks.is_kept(name) or not _is_ready(root):
        locks.let_go(name)
        locks.keep(_ensure_locked(spec, root, Lock(name), listener))
    manifest = Manifest.from_json((root / "venv" / MANIFEST).read_text(encoding="utf-8"))
    return BuiltImage(
        name=spec.name,
        reference=str(root),
        key=key(spec),
        python_version=manifest.python_version,
        versions=manifest.versions,
        foundation=foundation_key(*_foundation()),
        modules=manifest.modules,
    )


def _is_ready(root: Path) -> bool:
    return (root / "venv" / MANIFEST).exists()


def _ensure_locked(spec: ImageSpec, root: Path, lock: Lock, listener: Listener) -> Lock:
    if _is_ready(root) and lock.try_shared() and _is_ready(root):
        return lock
    wait_alone(lock, f"image {spec.name}", listener)
    try:
        if not _is_ready(root):
            _build(spec, root, listener)
        lock.try_shared()
    except BaseException:
        lock.release()
        raise
    return lock


def _build(spec: ImageSpec, root: Path, listener: Listener) -> None:
    _check_python()
    binary = bwrap.find_bwrap()
    purpose = f"image {spec.name}"
    staging = paths.staging_dir() / lock_name(root)
    shutil.rmtree(staging, ignore_errors=True)  # left by a process that was killed; we hold its lock
    disk.require(staging, spec.installed_bytes, purpose)
    with disk.full_disk_explained(staging, spec.installed_bytes, purpose):
        try:
            venv = staging / "venv"
            venv.mkdir(parents=True)
            venv.chmod(0o755)  # whatever our umask is: containers run as another user
            _make_venv(spec, binary, staging, listener)
            root.parent.mkdir(parents=True, exist_ok=True)
            staging.chmod(0o755)
            shutil.rmtree(root, ignore_errors=True)  # there is one only if somebody damaged it
            staging.rename(root)
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def _check_python() -> None:
    if sys.version_info[:2] not in PYTHONS:
        known = ", ".join(f"{major}.{minor}" for major, minor in PYTHONS)
        raise ImageBuildError(
            f"bubblewrap's images are made with Python {known}, and this is {platform.python_version()}",
            hint="install verify-snippets with one of these, or use --engine docker",
        )


def _make_venv(spec: ImageSpec, binary: Path, staging: Path, listener: Listener) -> None:
    wheel_set = WheelSet(spec=spec, target=host_target())
    lock = wheels.fetch(wheel_set, listener)
    reader = RecipeReader(spec.name, listener)
    try:
        finished = process.run(
            _command(binary, venv=staging / "venv", wheel_folder=wheel_set.folder),
            limit_s=_BUILD_LIMIT_S,
            on_line=reader.hear,
        )
    finally:
        lock.release()
    if disk.speaks_of_full_disk(finished.output):
        raise disk.full_error(staging, spec.installed_bytes, f"image {spec.name}")
    if not finished.ok or reader.manifest is None:
        raise _failed(spec, finished)


def _command(binary: Path, *, venv: Path, wheel_folder: Path) -> list[str]:
    """Wheels are unpacked in a sandbox without a network that sees no file of the user's."""
    prefix = str(python_prefix())
    recipe = str(Path(__file__).with_name("recipe.py"))
    return [
        *(str(binary), "--unshare-all", "--die-with-parent", "--clearenv"),
        *bwrap.system_binds(),
        *("--ro-bind", prefix, prefix),
        *("--dev", "/dev", "--tmpfs", "/tmp"),  # noqa: S108 - the sandbox's own
        *("--bind", str(venv), VENV),
        *("--ro-bind", str(wheel_folder), "/wheels"),
        *("--ro-bind", recipe, "/recipe.py"),
        *("--setenv", "PATH", "/usr/bin:/bin", "--setenv", "LC_ALL", "C.UTF-8"),
        *("--setenv", "HOME", "/tmp", "--chdir", "/"),  # noqa: S108 - the sandbox's own
        *(f"{prefix}/bin/python{sysconfig.get_python_version()}", "-I", "/recipe.py"),
        *("--wheels", "/wheels", "--venv", VENV),
    ]


def _failed(spec: ImageSpec, finished: process.Finished) -> ImageBuildError:
    lines = [
        line for line in finished.output.splitlines() if line.strip() and not RecipeReader.is_recipe(line)
    ]
    why = (
        f"it took over {_BUILD_LIMIT_S / 60:.0f} minutes"
        if finished.timed_out
        else (lines or ["no reason given"])[-1]
    )
    return ImageBuildError(
        f"image {spec.name} could not be installed in a sandbox: {why}",
        hint="`verify-snippets doctor` checks the host; or use --engine docker",
    )
