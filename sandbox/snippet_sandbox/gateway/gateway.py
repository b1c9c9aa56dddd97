"""The gateway: one background thread that stands behind every container's only door."""

import re
import secrets
import shutil
import ssl
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from huggingface_hub import constants, get_token

from snippet_images.progress import Listener, silent
from snippet_sandbox.errors import GatewayError
from snippet_sandbox.gateway.contacts import Ledger
from snippet_sandbox.gateway.dialer import Dialer, PublicDialer
from snippet_sandbox.gateway.door import Door, DoorService, Limits
from snippet_sandbox.gateway.folder_repo import FolderRepo, read_folder
from snippet_sandbox.gateway.hub_client import HubClient
from snippet_sandbox.gateway.hub_service import HubService
from snippet_sandbox.gateway.hub_source import HubSource, HubTroubleError
from snippet_sandbox.gateway.mounts import mounted_where_needed
from snippet_sandbox.gateway.names import RepoName
from snippet_sandbox.gateway.package_releases import Release
from snippet_sandbox.gateway.packages import PackageIndex
from snippet_sandbox.gateway.pip_settings import PipSettings
from snippet_sandbox.gateway.rundir import RunFolders
from snippet_sandbox.gateway.tape.mediation import Mediation, Tape, hub_by, open_mediation, packages_by
from snippet_sandbox.gateway.threads import BackgroundLoop
from snippet_sandbox.gateway.view import HubView
from snippet_sandbox.gateway.web_policy import WebPolicy
from snippet_sandbox.job import Mount

_START_TIMEOUT_S = 30.0
_CLOSE_TIMEOUT_S = 10.0
_PAGE_TIMEOUT_S = 120.0
_UNFIT = re.compile(r"[^A-Za-z0-9_.]+")


class Gateway:
    """Opens doors. A context manager for a whole run; everything it made is gone afterwards.

    Args:
        endpoint: the Hub's address; the user's own by default.
        token: the user's Hub token, which stays here; True for the one they are logged in with.
        hub_cache: the user's Hub cache, shared by all doors.
        pins: models whose commit is known already: they are served at it.
        folders: local folders that stand in for models, by repo id.
        allowed: ids of others' private and gated models that jobs may read with the token, too.
        web: which web hosts jobs may speak to, unless their door says otherwise.
        limits: what each door lets through.
        dialer: opens connections to web hosts.
        pip: where doors with packages find them; as the user's pip is configured by default.
        listener: hears what is downloaded.
        tape: where all answers are recorded, or where they come from instead of the world.
        tls: how web hosts are checked while their answers are recorded; as this machine does it by default.
    """

    def __init__(
        self,
        *,
        endpoint: str | None = None,
        token: str | bool | None = True,
        hub_cache: Path | None = None,
        pins: Mapping[str, str] | None = None,
        folders: Mapping[str, Path] | None = None,
        allowed: Collection[str] = (),
        web: WebPolicy | None = None,
        limits: Limits | None = None,
        dialer: Dialer | None = None,
        pip: PipSettings | None = None,
        listener: Listener = silent,
        tape: Tape | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._endpoint = (endpoint or constants.ENDPOINT).rstrip("/")
        self._token = get_token() if token is True else (token or None)
        self._hub_cache = (hub_cache or Path(constants.HF_HUB_CACHE)).absolute()
        self._pins = {RepoName(id=repo_id): commit for repo_id, commit in (pins or {}).items()}
        self._folder_paths = {RepoName(id=repo_id): folder for repo_id, folder in (folders or {}).items()}
        self._allowed = frozenset(RepoName(id=repo_id) for repo_id in allowed)
        self._web = web or WebPolicy()
        self._limits = limits or Limits()
        self._dialer = dialer or PublicDialer()
        self._pip = pip
        self._listener = listener
        self._tape = tape
        self._tls = tls
        self._doors: set[DoorService] = set()
        self._stack = ExitStack()
        self._opened: _Opened | None = None

    def __enter__(self) -> "Gateway":
        with ExitStack() as stack:
            folders = {name: _read_folder(name, path) for name, path in self._folder_paths.items()}
            run_folders = stack.enter_context(RunFolders(self._hub_cache))
            mounted = mounted_where_needed(folders, run_folders.views, self._listener)
            client = hub_by(self._tape, self._hub_client(), self._endpoint)
            mediation = self._open_mediation(run_folders.views)
            loop = stack.enter_context(BackgroundLoop(self._abandon_doors))
            packages = PackageIndex(self._pip, packages_by(self._tape))
            stack.callback(_close_packages, loop, packages)
            stack.callback(client.close)  # before the loop: downloads stop, then what waits for them
            hub = HubService(
                client=client,
                endpoint=self._endpoint,
                pins=self._pins,
                folders=mounted.folders,
                allowed=self._allowed,
            )
            self._opened = _Opened(
                loop=loop,
                folders=run_folders,
                hub=hub,
                client=client,
                mounts=(*mounted.mounts, *([mediation.mount] if mediation else [])),
                packages=packages,
                mediation=mediation,
            )
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._opened = None
        self._stack.close()

    def _hub_client(self) -> HubClient:
        return HubClient(
            endpoint=self._endpoint, token=self._token, cache_dir=self._hub_cache, listener=self._listener
        )

    def _open_mediation(self, folder: Path) -> Mediation | None:
        try:
            return open_mediation(self._tape, self._dialer, self._tls, folder)
        except OSError as error:
            raise GatewayError(
                f"the run's certificates can't be written: {error.strerror}", hint="make room on the disk"
            ) from error

    async def _abandon_doors(self) -> None:
        """The loop ends; doors that are open then are open no more."""
        for door in tuple(self._doors):
            await door.abandon()

    def releases(self, project: str, python_version: str) -> tuple[Release, ...]:
        """What the user's package index holds of a project for a version of Python, the oldest first.

        Raises:
            GatewayError: the index doesn't answer.
        """
        opened = self._opened
        if opened is None:
            raise GatewayError("the gateway is closed")
        try:
            asked = opened.packages.releases(project, python_version)
            return opened.loop.run(asked, timeout_s=_PAGE_TIMEOUT_S)
        except (HubTroubleError, TimeoutError, CancelledError) as error:
            raise GatewayError(
                f"the package index does not say what it holds of {project}: {error or 'no answer'}",
                hint="check the network and pip's settings",
            ) from error

    @contextmanager
    def open_door(
        self,
        name: str,
        *,
        packages: bool = False,
        packages_as_of: datetime | None = None,
        web: WebPolicy | None = None,
    ) -> Iterator[Door]:
        """Open a door for one job; it is closed, and its view gone, afterwards.

        Args:
            name: for people; it becomes part of folder names.
            packages: whether the door serves the user's package index.
            packages_as_of: the moment at which it stood as the door shows it; None for now.
            web: which web hosts the job may speak to; the gateway's own policy by default.

        Raises:
            GatewayError: the door can't be opened.
        """
        opened = self._opened
        if opened is None:
            raise GatewayError("the gateway is closed")
        folder = f"{_UNFIT.sub('-', name)[:40]}-{secrets.token_hex(4)}"
        socket_dir, view_dir = opened.folders.sockets / folder, opened.folders.views / folder
        ledger = Ledger(bytes_limit=self._limits.bytes)
        opened.client.forget_trouble()
        try:
            socket_dir.mkdir()
            socket_dir.chmod(0o755)
            view = HubView(view_dir)
            service = DoorService(
                hub=opened.hub,
                view=view,
                ledger=ledger,
                policy=web or self._web,
                limits=self._limits,
                dialer=self._dialer,
                packages=opened.packages if packages else None,
                packages_as_of=packages_as_of,
                mediator=opened.mediation.mediator(door=name, ledger=ledger, idle_limit_s=self._limits.idle_s)
                if opened.mediation
                else None,
            )
            opened.loop.run(service.start(socket_dir), timeout_s=_START_TIMEOUT_S)
            self._doors.add(service)
        except CancelledError as error:
            _remove(socket_dir, view_dir)
            raise GatewayError("the gateway died", hint="run again; what is known by now is kept") from error
        except (OSError, TimeoutError) as error:
            _remove(socket_dir, view_dir)
            raise GatewayError(
                f"the door {name!r} can't be opened: {error}", hint="look for a full disk or closed folders"
            ) from error
        try:
            yield Door(
                name=name,
                socket_dir=socket_dir,
                hub_view=view_dir,
                extra_mounts=opened.mounts,
                ledger=ledger,
                is_served=opened.loop.is_alive,
                more_environment=opened.mediation.environment() if opened.mediation else {},
            )
        finally:
            self._doors.discard(service)
            with suppress(TimeoutError, CancelledError):
                opened.loop.run(service.stop(), timeout_s=_CLOSE_TIMEOUT_S)
            _remove(socket_dir, view_dir)


@dataclass(frozen=True, kw_only=True)
class _Opened:
    """What an open gateway has."""

    loop: BackgroundLoop
    folders: RunFolders
    hub: HubService
    client: HubSource
    mounts: tuple[Mount, ...]
    packages: PackageIndex
    mediation: Mediation | None


def _read_folder(name: RepoName, folder: Path) -> FolderRepo:
    try:
        return read_folder(name, folder)
    except OSError as error:
        raise GatewayError(
            f"the folder {folder} can't stand in for {name}: {error.strerror or error}",
            hint="name a readable folder that holds the repo's files",
        ) from error


def _close_packages(loop: BackgroundLoop, packages: PackageIndex) -> None:
    with suppress(TimeoutError, CancelledError):  # of a loop that died there is nothing left to close
        loop.run(packages.close(), timeout_s=_CLOSE_TIMEOUT_S)


def _remove(*folders: Path) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
