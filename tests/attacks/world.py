"""The world that attacks find: a Hub with secrets, a web with traps, and bait all over the host.

Names of the web are resolved by a table, and what is dialled at the one public address there is leads to a
server of ours. Every address that this process dials is noted: that is the gateway's every word to anybody.
"""

import ctypes
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import parse_qs, urlsplit

from tests.hub_server import HubServer

PUBLIC = "93.184.215.14"
METADATA = "169.254.169.254"
# each look-up of a name takes the next row, and the last one for good
NAMES: dict[str, tuple[tuple[str, ...], ...]] = {
    "evil.example": ((PUBLIC,),),
    "huggingface.co.evil.example": ((PUBLIC,),),
    "metadata.example": ((METADATA,),),
    "metadata.google.internal": ((METADATA,),),
    "inside.example": (("127.0.0.1",),),
    "mixed.example": ((PUBLIC, "127.0.0.1"),),
    "mapped.example": (("::ffff:127.0.0.1",),),
    "rebind.example": ((PUBLIC,), ("127.0.0.1",)),
}
SHARED_MEMORY_KEY = 0x0BA17
_ABSTRACT_SOCKETS = ("\0bait-abstract", "\0/containerd-shim/bait")
_IPC_CREAT, _IPC_RMID = 0o1000, 0

Address = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request that reached the web server of the strangers."""

    path: str
    headers: str


@dataclass(kw_only=True)
class World:
    """What the attacks find, and what came of it so far.

    Attributes:
        hub: a Hub whose user's token is ``token``.
        token: must never be seen by anybody but the Hub.
        bait: other secrets; where each lies.
        folder: stands in for the repo ``REPO_ID``; traps around it.
        packages: wheels and source archives, for pip.
        asked: what reached the web server of the strangers.
        dialled: every address that this process connected to.
        reached: how often somebody came in at the host's own sockets.
    """

    hub: HubServer
    token: str
    bait: dict[str, str]
    folder: Path
    packages: Path
    asked: list[Asked] = field(default_factory=list)
    dialled: list[Address] = field(default_factory=list)
    reached: list[str] = field(default_factory=list)

    @property
    def secrets(self) -> dict[str, str]:
        """Everything that must never be seen in a container, and where it lies."""
        return {self.token: "the Hub user's token", **self.bait}

    def foreign_addresses(self) -> set[str]:
        """Where the gateway has been, apart from the Hub and the public address."""
        ours = {urlsplit(self.hub.endpoint).netloc, urlsplit(self.hub.lfs_endpoint).netloc}
        ours |= {f"{PUBLIC}:80", f"{PUBLIC}:443"}
        return {f"{host}:{port}" for host, port, *_ in self.dialled} - ours

    def forget(self) -> None:
        """Begin anew to note what comes."""
        for notes in (self.asked, self.dialled, self.reached, self.hub.seen):
            notes.clear()


@contextmanager
def opened(root: Path) -> Iterator[World]:
    """A world with its files below ``root``; all of it is gone afterwards."""
    with ExitStack() as stack:
        token = f"hf_{secrets.token_hex(16)}"
        hub = stack.enter_context(HubServer(tokens={token: "user"}))
        world = World(
            hub=hub, token=token, bait={}, folder=root / "repos" / "attacked", packages=root / "packages"
        )
        _fill_hub(world)
        _fill_folder(world)
        stack.enter_context(_strangers_web(world))
        for planted in (_files, _environment, _process, _sockets, _shared_memory):
            stack.enter_context(planted(world))
        yield world


def _new_bait(world: World, place: str) -> str:
    secret = f"bait-{secrets.token_hex(8)}"
    world.bait[secret] = place
    return secret


def _fill_hub(world: World) -> None:
    mine = frozenset({world.token})
    files: dict[str, str | bytes] = {"config.json": '{"model_type": "true"}', "weights.bin": b"w" * 100_000}
    world.hub.add("acme/gated", files, gated=True, readers=mine)
    secret = _new_bait(world, "a private repo of the user")
    world.hub.add("other/private", {"secret.txt": secret}, private=True, readers=mine)
    secret = _new_bait(world, "a private dataset of the user")
    data: dict[str, str | bytes] = {"secret.txt": secret}
    world.hub.add("other/private-data", data, type="dataset", private=True, readers=mine)


def _fill_folder(world: World) -> None:
    folder = world.folder
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "config").write_text(
        f"url = https://u:{_new_bait(world, '.git/config')}@git.example\n"
    )
    (folder.parent / "beside.txt").write_text(_new_bait(world, "a file beside the repo"))
    outside = folder.parent / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text(_new_bait(world, "a folder that a link in the repo leads to"))
    (folder / "config.json").write_text("{}")
    (folder / "link.txt").symlink_to(folder.parent / "beside.txt")
    (folder / "folder").symlink_to(outside, target_is_directory=True)


# --- the web


@contextmanager
def _strangers_web(world: World) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            world.asked.append(Asked(path=self.path, headers=str(self.headers)))
            target = parse_qs(urlsplit(self.path).query).get("to")
            self.send_response(302 if target else 200)
            if target:
                self.send_header("Location", target[0])
            self.send_header("Content-Length", "5")
            self.end_headers()
            self.wfile.write(b"hello")

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the base class has it
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with _names_resolved(), _connections_noted(world, server.server_address[1]):
            yield
        server.shutdown()


@contextmanager
def _names_resolved() -> Iterator[None]:
    resolve = socket.getaddrinfo
    asked: dict[str, int] = {}

    def getaddrinfo(host: Any, port: Any, *args: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host)
        name = name.rstrip(".").lower()
        if name not in NAMES:
            if name.endswith(".example"):
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            return resolve(host, port, *args, **options)
        turn = asked[name] = asked.get(name, -1) + 1
        rows = NAMES[name]
        return [_entry(address, port) for address in rows[min(turn, len(rows) - 1)]]

    with mock.patch.object(socket, "getaddrinfo", getaddrinfo):
        yield


def _entry(address: str, port: Any) -> tuple[Any, ...]:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    where = (address, port, 0, 0) if family is socket.AF_INET6 else (address, port)
    return family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", where


@contextmanager
def _connections_noted(world: World, port: int) -> Iterator[None]:
    connect = socket.socket.connect

    def noting(self: socket.socket, address: Any) -> None:
        if self.family not in (socket.AF_INET, socket.AF_INET6):
            return connect(self, address)
        world.dialled.append(address)
        return connect(self, ("127.0.0.1", port) if address[0] == PUBLIC else address)

    with mock.patch.object(socket.socket, "connect", noting):
        yield


# --- bait on the host


@contextmanager
def _files(world: World) -> Iterator[None]:
    with ExitStack() as stack:
        for folder in (Path.home(), Path(tempfile.gettempdir()), Path("/var/tmp"), Path("/dev/shm")):  # noqa: S108 - the host's
            file = stack.enter_context(tempfile.NamedTemporaryFile("w", dir=folder, prefix=".bait-"))
            file.write(_new_bait(world, f"a file in the host's {folder}"))
            file.flush()
            Path(file.name).chmod(0o644)
        yield


@contextmanager
def _environment(world: World) -> Iterator[None]:
    with mock.patch.dict(os.environ, BAIT=_new_bait(world, "the host's environment"), HF_TOKEN=world.token):
        yield


@contextmanager
def _process(world: World) -> Iterator[None]:
    sleep = [sys.executable, "-c", "import time; time.sleep(3600)", _new_bait(world, "a host's command line")]
    process = subprocess.Popen(sleep)
    try:
        yield
    finally:
        process.kill()
        process.wait()


@contextmanager
def _sockets(world: World) -> Iterator[None]:
    with ExitStack() as stack:
        for name in _ABSTRACT_SOCKETS:
            server = stack.enter_context(socket.socket(socket.AF_UNIX))
            server.bind(name)
            server.listen()
            threading.Thread(target=_note_guests, args=(server, name, world.reached), daemon=True).start()
            stack.callback(server.shutdown, socket.SHUT_RDWR)
        yield


def _note_guests(server: socket.socket, name: str, reached: list[str]) -> None:
    while True:
        try:
            guest, _ = server.accept()
        except OSError:  # closed
            return
        reached.append(name.lstrip("\0"))
        guest.close()


@contextmanager
def _shared_memory(world: World) -> Iterator[None]:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype = ctypes.c_void_p
    segment = libc.shmget(SHARED_MEMORY_KEY, 4096, _IPC_CREAT | 0o666)
    if segment < 0:
        raise OSError(ctypes.get_errno(), "shmget")
    address = ctypes.c_void_p(libc.shmat(segment, None, 0))
    secret = _new_bait(world, "the host's shared memory").encode()
    ctypes.memmove(address, secret, len(secret))
    try:
        yield
    finally:
        libc.shmdt(address)
        libc.shmctl(segment, _IPC_RMID, None)
