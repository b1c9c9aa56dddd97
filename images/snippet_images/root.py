"""Root folders for the bubblewrap engine: a virtual environment of a Python of the host's, nothing more.

In a container, the host's ``/usr``, that Python (``BuiltImage.python_prefix``) and ``venv`` of the root
folder (at ``/opt/venv``) are all there is.
"""

import os
import platform
import shutil
from contextlib import suppress
from pathlib import Path

from snippet_images import bwrap, disk, interpreters, locks, paths, process, wheels
from snippet_images.built import BuiltImage
from snippet_images.catalogue import VENV, ImageSpec, content_key, foundation_key
from snippet_images.errors import ImageBuildError
from snippet_images.interpreters import Interpreter
from snippet_images.locks import Lock, wait_alone
from snippet_images.progress import Listener
from snippet_images.recipe import MANIFEST
from snippet_images.recipe_output import Manifest, RecipeReader
from snippet_images.recipes import WHEELS, Recipe, below, recipe_of
from snippet_images.wheels import WheelSet, host_target

_BUILD_LIMIT_S = 1800.0
_PLACE = "/build"  # of the recipe, in the sandbox where it runs


def key(spec: ImageSpec) -> str:
    """The content key of this image's root, with the Python that it is made of here.

    Raises:
        ImageBuildError: this host has no such Python.
    """
    lower = below(spec)
    return content_key(spec, *_foundation(interpreters.find(spec.python)), *([key(lower)] if lower else []))


def _foundation(python: Interpreter) -> tuple[str, ...]:
    """What roots stand on."""
    return "bubblewrap", str(python.prefix), python.build, platform.machine()


def folder(spec: ImageSpec) -> Path:
    """Where this image's root is once it is built.

    Raises:
        ImageBuildError: this host has no such Python.
    """
    name = spec.stored_name(interpreters.own_version())
    return paths.roots_dir() / f"{name}-{key(spec)}-py{interpreters.find(spec.python).version}"


def is_current(root: Path, spec: ImageSpec) -> bool:
    """Whether this is where the image's root is."""
    with suppress(ImageBuildError):
        return root == folder(spec)
    return False


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
    python = interpreters.find(spec.python)
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
        foundation=foundation_key(*_foundation(python)),
        modules=manifest.modules,
        python_prefix=python.prefix,
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
    binary = bwrap.find_bwrap()
    lower = below(spec)
    beneath = ensure(lower, listener) if lower else None
    purpose = f"image {spec.name}"
    staging = paths.staging_dir() / lock_name(root)
    shutil.rmtree(staging, ignore_errors=True)  # left by a process that was killed; we hold its lock
    needed = spec.download_bytes + spec.installed_bytes
    disk.require(staging, needed, purpose)
    with disk.full_disk_explained(staging, needed, purpose):
        try:
            staging.mkdir(parents=True)
            _begin_venv(staging / "venv", beneath)
            _make_venv(spec, binary, staging, listener)
            root.parent.mkdir(parents=True, exist_ok=True)
            staging.chmod(0o755)
            shutil.rmtree(root, ignore_errors=True)  # there is one only if somebody damaged it
            staging.rename(root)
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def _begin_venv(venv: Path, beneath: BuiltImage | None) -> None:
    """An empty folder, or all that the image beneath holds, linked: no file takes disk twice."""
    if beneath is None:
        venv.mkdir()
    else:
        shutil.copytree(Path(beneath.reference) / "venv", venv, symlinks=True, copy_function=_link)
    venv.chmod(0o755)  # whatever our umask is: containers run as another user


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:  # a file system without hard links
        shutil.copy2(source, target, follow_symlinks=False)


def _make_venv(spec: ImageSpec, binary: Path, staging: Path, listener: Listener) -> None:
    python = interpreters.find(spec.python)
    target = host_target(python.version)
    wheel_set = WheelSet(spec=spec, target=target)
    recipe = recipe_of(spec, place=_PLACE, python_version=target.python_version, machine=target.machine)
    lock = wheels.fetch(wheel_set, listener)
    reader = RecipeReader(spec.name, listener)
    try:
        finished = process.run(
            _command(binary, python, recipe, venv=staging / "venv", wheel_folder=wheel_set.folder),
            limit_s=_BUILD_LIMIT_S,
            on_line=reader.hear,
        )
    finally:
        lock.release()
    if disk.speaks_of_full_disk(finished.output):
        raise disk.full_error(staging, spec.download_bytes + spec.installed_bytes, f"image {spec.name}")
    if not finished.ok or reader.manifest is None:
        raise _failed(spec, finished)


def _command(
    binary: Path, python: Interpreter, recipe: Recipe, *, venv: Path, wheel_folder: Path
) -> list[str]:
    """Wheels are unpacked in a sandbox without a network that sees no file of the user's."""
    prefix = str(python.prefix)
    ours = Path(__file__).parent
    files = [
        ("--ro-bind", str(ours / source), f"{_PLACE}/{target}") for target, source in recipe.files.items()
    ]
    return [
        *(str(binary), "--unshare-all", "--die-with-parent", "--clearenv"),
        *bwrap.system_binds(),
        *("--ro-bind", prefix, prefix),
        *("--dev", "/dev", "--tmpfs", "/tmp"),  # noqa: S108 - the sandbox's own
        *("--bind", str(venv), VENV),
        *("--ro-bind", str(wheel_folder), f"{_PLACE}/{WHEELS}"),
        *(word for words in files for word in words),
        *("--setenv", "PATH", "/usr/bin:/bin", "--setenv", "LC_ALL", "C.UTF-8"),
        *("--setenv", "HOME", "/tmp", "--chdir", "/"),  # noqa: S108 - the sandbox's own
        *(str(python.executable), *recipe.arguments),
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
