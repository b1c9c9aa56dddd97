"""Makes ``hub_code/generator.js`` anew; run it as ``python -m tests.tools.bundle_hub_code``.

The Hub's generator of code is the npm package ``@huggingface/tasks``. To take a newer one, change ``TASKS``
here, run this, and run the tests. Needs Node and npm, and asks npm's registry for two packages, whose bytes
are checked against the hashes below.
"""

import base64
import hashlib
import json
import platform
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
OUT = HERE.parent.parent / "runners" / "verify_snippets" / "hub_code"
ENTRY = "hub_code_entry.js"


@dataclass(frozen=True, kw_only=True)
class Package:
    """A package of npm's registry, exactly."""

    name: str
    version: str
    integrity: str


TASKS = Package(
    name="@huggingface/tasks",
    version="0.21.54",
    integrity="sha512-OVFpVlLV6SSjG67Vdo98+qLvs/5yki0Ni1EWzbLrlBfZ+N6t4kM6aAeJLkFhikYYOZQyVNcWUN8UtPTs3Km05g==",
)
ESBUILD = Package(
    name="@esbuild/linux-x64",
    version="0.28.2",
    integrity="sha512-4xTZr1FUmSoQW4XIWmit3tzQrUTZM+N3P0XV8xROKYF50XfI7xeO90+1bZvNwxIufQ9hDQVRJH5YhgPVF8A/HQ==",
)


def main() -> None:
    """Bundle the package, and write its licence and its version beside it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bundle(folder, OUT / "generator.js")
        shutil.copyfile(package_folder(folder, TASKS) / "LICENSE", OUT / "generator.LICENSE")
    told = {"package": TASKS.name, "version": TASKS.version, "integrity": TASKS.integrity, "license": "MIT"}
    (OUT / "generator.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def bundle(folder: Path, out: Path) -> None:
    """Fetch what is needed into a folder, and write the script."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise SystemExit("esbuild is pinned for Linux on x86-64")
    for package in (TASKS, ESBUILD):
        fetch(folder, package)
    shutil.copyfile(HERE / ENTRY, folder / ENTRY)
    esbuild = package_folder(folder, ESBUILD) / "bin" / "esbuild"
    asked = [ENTRY, "--bundle", "--format=iife", "--target=es2022", "--charset=utf8", "--log-level=warning"]
    subprocess.run([esbuild, *asked, f"--outfile={out}"], cwd=folder, check=True)


def package_folder(folder: Path, package: Package) -> Path:
    """Where a package lies."""
    return folder / "node_modules" / package.name


def fetch(folder: Path, package: Package) -> None:
    """Download a package, check it, and lay it where its importers look for it; none of its scripts run."""
    place = package_folder(folder, package)
    if place.exists():
        return
    named = f"{package.name}@{package.version}"
    packed = subprocess.run(
        ["npm", "pack", "--json", named], cwd=folder, check=True, capture_output=True, text=True
    )
    archive = folder / json.loads(packed.stdout)[0]["filename"]
    found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if f"sha512-{found}" != package.integrity:
        raise SystemExit(f"{named} is not what it was: sha512-{found}")
    place.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as files:
        files.extractall(folder, filter="data")
    (folder / "package").rename(place)


if __name__ == "__main__":
    main()
