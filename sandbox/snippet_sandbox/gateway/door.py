"""A door: one job's way out, one Unix socket."""

import asyncio
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

from aiohttp import web

from snippet_sandbox.gateway.contacts import Contacts, Ledger
from snippet_sandbox.gateway.dialer import Dialer
from snippet_sandbox.gateway.doorman import NEXT_HEAD_TIMEOUT_S, Doorman
from snippet_sandbox.gateway.hub_service import HubService
from snippet_sandbox.gateway.hub_source import ClosedError, HubTroubleError, NotServedError
from snippet_sandbox.gateway.names import RefusedError
from snippet_sandbox.gateway.packages import PackageIndex
from snippet_sandbox.gateway.replies import BrokenOffError, refusal_reply, text_reply
from snippet_sandbox.gateway.tape.hub import NotRecordedHubError
from snippet_sandbox.gateway.tape.mediator import Mediator
from snippet_sandbox.gateway.view import HubView
from snippet_sandbox.gateway.web_door import WebDoor
from snippet_sandbox.gateway.web_policy import WebPolicy
from snippet_sandbox.job import Mount

SOCKET_NAME = "gateway.sock"
DIED = "the gateway died while the job ran"
_BACKLOG = 128
# What the server makes of malformed requests, it logs with their own bytes, and what nobody else takes Python
# shows on the user's terminal: a job could write there.
_UNHEARD = logging.getLogger(f"{__name__}.unheard")
_UNHEARD.disabled = True


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one door lets through.

    Attributes:
        bytes: in both directions together; files that a job finds in its Hub view are not counted.
        connections: at a time.
        all_connections: from the first to the last.
        idle_s: how long a connection to a web host may be silent, in seconds.
    """

    bytes: int = 50 * 10**9
    connections: int = 64
    all_connections: int = 20_000
    idle_s: float = 300.0


@dataclass(frozen=True, kw_only=True)
class Door:
    """One job's way out.

    Attributes:
        name: what the door was opened for.
        socket_dir: the folder that holds ``gateway.sock``; to be mounted in the container.
        hub_view: to be mounted read-only in the container as its ``HF_HUB_CACHE``.
        extra_mounts: files that could not be linked into the view, to be mounted as said.
        ledger: where the gateway notes what it sees.
        is_served: whether the gateway behind it is alive.
        more_environment: variables of the job beside those that every job has.
    """

    name: str
    socket_dir: Path
    hub_view: Path
    extra_mounts: tuple[Mount, ...]
    ledger: Ledger = field(repr=False)
    is_served: Callable[[], bool] = field(repr=False)
    more_environment: Mapping[str, str] = field(default_factory=dict)

    def contacts(self) -> Contacts:
        """What the job has asked of the world so far."""
        return self.ledger.contacts()

    def trouble(self) -> str | None:
        """Why the gateway could not answer, if that happened and the job has no part in it."""
        if not self.is_served():
            return DIED
        return self.ledger.first_trouble()

    def environment(self, *, port: int, hub_cache: PurePosixPath) -> dict[str, str]:
        """What a job's environment needs beside the proxy, which every job with a door has.

        Args:
            port: of the loopback relay in the container.
            hub_cache: where ``hub_view`` is mounted in the container.
        """
        address = f"http://127.0.0.1:{port}"
        return {
            "HF_ENDPOINT": address,
            "HF_HUB_CACHE": str(hub_cache),
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_UPDATE_CHECK": "1",
            "DISABLE_SAFETENSORS_CONVERSION": "1",
            # HEAD is answered once the file is there, and that takes as long as its download.
            "HF_HUB_ETAG_TIMEOUT": "86400",
            "HF_HUB_DOWNLOAD_TIMEOUT": "300",
            **self.more_environment,
        }


class DoorService:
    """Serves one door's socket. Lives in the gateway's event loop."""

    def __init__(
        self,
        *,
        hub: HubService,
        packages: PackageIndex | None,
        view: HubView,
        ledger: Ledger,
        policy: WebPolicy,
        limits: Limits,
        dialer: Dialer,
        mediator: Mediator | None = None,
        packages_as_of: datetime | None = None,
    ) -> None:
        self._hub = hub
        self._packages = packages
        self._packages_as_of = packages_as_of
        self._view = view
        self._ledger = ledger
        self._policy = policy
        self._limits = limits
        self._web = WebDoor(
            policy=policy, dialer=dialer, ledger=ledger, idle_limit_s=limits.idle_s, mediator=mediator
        )
        self._connections: set[Doorman] = set()
        self._entered = 0
        self._server: asyncio.Server | None = None
        self._http: web.Server | None = None
        self._folder: int | None = None

    async def start(self, socket_dir: Path) -> None:
        """Listen on ``gateway.sock`` in ``socket_dir``.

        Raises:
            OSError: the socket can't be made.
        """
        self._http = web.Server(
            self._answer, access_log=None, logger=_UNHEARD, keepalive_timeout=NEXT_HEAD_TIMEOUT_S
        )
        # By way of an open folder, because the path of a socket may have 107 bytes only, and because the
        # kernel shows the paths of all sockets to all users.
        self._folder = os.open(socket_dir, os.O_RDONLY | os.O_DIRECTORY)
        self._server = await asyncio.get_running_loop().create_unix_server(
            self._doorman, f"/proc/self/fd/{self._folder}/{SOCKET_NAME}", backlog=_BACKLOG
        )
        # Any user may connect who can reach the folder: the container's user is not ours.
        (socket_dir / SOCKET_NAME).chmod(0o666)

    async def stop(self) -> None:
        """Close the socket and every connection."""
        if self._server is not None:
            self._server.close()
        for connection in tuple(self._connections):
            connection.abort()
        if self._http is not None:
            await self._http.shutdown(timeout=1.0)
        if self._folder is not None:
            os.close(self._folder)
            self._folder = None

    async def abandon(self) -> None:
        """Close everything because the gateway dies: the job must not wait for answers that never come."""
        self._ledger.trouble(DIED)
        await self.stop()

    def _doorman(self) -> Doorman:
        if self._http is None:
            raise RuntimeError("the door is not open")
        return Doorman(http=self._http, tunnel=self._web.serve, enter=self._enter, leave=self._leave)

    def _enter(self, connection: Doorman) -> bool:
        limits = self._limits
        if len(self._connections) >= limits.connections:
            self._ledger.cut(f"connections above {limits.connections} at a time")
            return False
        if self._entered >= limits.all_connections:
            self._ledger.cut(f"connections above {limits.all_connections:,} in all")
            return False
        self._entered += 1
        self._connections.add(connection)
        return True

    def _leave(self, connection: Doorman) -> None:
        self._connections.discard(connection)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        with self._kept_open(request):
            try:
                return await self._serve(request)
            except ConnectionError:  # the job went away: nobody is left to be told
                raise
            except BrokenOffError as error:
                self._explain(error.cause)
                raise ConnectionAbortedError from error
            except Exception as error:  # noqa: BLE001 - whatever it is, the job is told something
                return self._explain(error)

    @contextmanager
    def _kept_open(self, request: web.BaseRequest) -> Iterator[None]:
        """While a request is answered its connection may be silent."""
        doorman = next((one for one in self._connections if one.serves(request.protocol)), None)
        if doorman is not None:
            doorman.busy()
        try:
            yield
        except ConnectionAbortedError:
            if doorman is not None:
                doorman.abort()
            raise
        finally:
            if doorman is not None:
                doorman.idle()

    def _explain(self, error: Exception) -> web.Response:
        """What the job is told of ``error``; what is no fault of the job's is noted as trouble."""
        match error:
            case RefusedError():
                return text_reply(str(error), status=403)
            case NotServedError():
                return refusal_reply(error)
            case NotRecordedHubError():
                self._ledger.not_recorded(str(error.asked))
                return text_reply(error.message, status=error.status)
            case HubTroubleError():
                self._ledger.trouble(error.message)
                return text_reply(error.message, status=error.status)
            case ClosedError():
                return text_reply("the gateway is closing", status=503)
            case _:  # a mistake of ours is never held against the job
                self._ledger.trouble(f"the gateway made a mistake: {type(error).__name__}: {error}")
                return text_reply("the gateway made a mistake", status=500)

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        self._ledger.check_bytes()
        if request.raw_path.startswith("/pypi/"):
            if self._packages is None:
                raise RefusedError("this job has no package index")
            return await self._packages.answer(request, self._ledger, self._packages_as_of)
        if not self._policy.serves_hub:
            self._ledger.refused(self._hub.host)
            raise RefusedError("this job may not speak to the Hub")
        return await self._hub.answer(request, self._view, self._ledger)
