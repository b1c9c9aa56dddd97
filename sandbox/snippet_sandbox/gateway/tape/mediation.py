"""What an open gateway has where answers are recorded or replayed."""

import ssl
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from snippet_sandbox.gateway.contacts import Ledger
from snippet_sandbox.gateway.dialer import Dialer
from snippet_sandbox.gateway.hub_source import HubSource
from snippet_sandbox.gateway.package_fetch import LivePackages, PackageSource
from snippet_sandbox.gateway.tape.authority import Authority
from snippet_sandbox.gateway.tape.hub import RecordedHub, ReplayedHub
from snippet_sandbox.gateway.tape.live_sites import LiveSites
from snippet_sandbox.gateway.tape.mediator import Mediator
from snippet_sandbox.gateway.tape.packages import RecordedPackages, ReplayedPackages
from snippet_sandbox.gateway.tape.recorder import Recorder
from snippet_sandbox.gateway.tape.replay import Replay
from snippet_sandbox.gateway.tape.sites import Sites
from snippet_sandbox.gateway.tape.taped_sites import RecordedSites, ReplayedSites
from snippet_sandbox.job import Mount

Tape = Recorder | Replay

BUNDLE = PurePosixPath("/run/authorities.pem")
_BUNDLE_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO")


class Mediation:
    """Makes a mediator for each door; all have the authority of the run in common.

    Attributes:
        mount: what jobs need to trust it.

    Args:
        sites: where requests go to.
        folder: of the run; jobs' certificates are put there.
    """

    def __init__(self, sites: Sites, folder: Path) -> None:
        self._sites = sites
        self._authority = Authority()
        bundle = folder / "authorities.pem"
        bundle.write_bytes(self._authority.bundle())
        bundle.chmod(0o644)
        self.mount = Mount(source=bundle, target=BUNDLE)

    def mediator(self, *, door: str, ledger: Ledger, idle_limit_s: float) -> Mediator:
        """A mediator for one door."""
        return Mediator(
            sites=self._sites,
            authority=self._authority,
            ledger=ledger,
            door=door,
            idle_limit_s=idle_limit_s,
        )

    @staticmethod
    def environment() -> Mapping[str, str]:
        """What a job's environment needs so that its programs find the certificates."""
        return dict.fromkeys(_BUNDLE_VARIABLES, str(BUNDLE))


def open_mediation(
    tape: Tape | None, dialer: Dialer, tls: ssl.SSLContext | None, folder: Path
) -> Mediation | None:
    """The way to the web by ``tape``; None where nothing is recorded or replayed.

    Raises:
        OSError: the disk is full.
    """
    match tape:
        case None:
            return None
        case Recorder():
            return Mediation(RecordedSites(LiveSites(dialer, tls), tape), folder)
        case Replay():
            return Mediation(ReplayedSites(tape), folder)


def hub_by(tape: Tape | None, hub: HubSource, endpoint: str) -> HubSource:
    """The Hub by ``tape``; itself where nothing is recorded or replayed."""
    match tape:
        case None:
            return hub
        case Recorder():
            return RecordedHub(hub, tape, endpoint)
        case Replay():
            return ReplayedHub(tape, endpoint)


def packages_by(tape: Tape | None) -> PackageSource:
    """What packages are fetched with."""
    match tape:
        case None:
            return LivePackages()
        case Recorder():
            return RecordedPackages(LivePackages(), tape)
        case Replay():
            return ReplayedPackages(tape)
