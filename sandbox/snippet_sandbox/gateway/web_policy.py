"""Which web hosts a job may speak to. Pure: who resolves names is ``web``."""

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum

from snippet_images.errors import UsageError

WEB_PORTS = frozenset({80, 443})
_HOST = re.compile(r"\.?[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_][a-z0-9_-]{0,62})*")
_NAME_LIMIT = 254  # characters: RFC 1035's 253, and the dot that stands for every name below
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class WebMode(StrEnum):
    """How wide the door to the web stands open."""

    PUBLIC = "public"  # every public host, by HTTP and HTTPS
    HOSTS = "hosts"  # the hosts of a list
    HUB = "hub"  # what the gateway itself serves: the Hub
    NONE = "none"  # nothing, not even the Hub


@dataclass(frozen=True, kw_only=True)
class WebPolicy:
    """Which hosts a job may speak to.

    Attributes:
        mode: how wide the door stands open.
        hosts: for ``hosts``: names, lower case; ``.example.org`` stands for every name below it.
    """

    mode: WebMode = WebMode.PUBLIC
    hosts: frozenset[str] = frozenset()

    @classmethod
    def only(cls, *hosts: str) -> "WebPolicy":
        """Only these hosts."""
        return cls(mode=WebMode.HOSTS, hosts=frozenset(host.lower() for host in hosts))

    @classmethod
    def parse(cls, text: str) -> "WebPolicy":
        """Read ``public``, ``hub``, ``none`` or ``HOST[,HOST...]``; ``str`` of a policy gives it back.

        Raises:
            UsageError: a host is no name; an address with its scheme, path or port, for example.
        """
        word = text.strip().lower()
        if word in (WebMode.PUBLIC, WebMode.HUB, WebMode.NONE):
            return cls(mode=WebMode(word))
        hosts = [_host_name(part) for part in word.split(",")]
        return cls.only(*hosts)

    def __str__(self) -> str:
        return ",".join(sorted(self.hosts)) if self.mode is WebMode.HOSTS else self.mode.value

    @property
    def serves_hub(self) -> bool:
        """Whether the gateway answers requests to the Hub."""
        return self.mode is not WebMode.NONE

    def objection(self, host: str, port: int) -> str | None:
        """Why ``host`` may not be spoken to, before its name is resolved; None if it may."""
        if self.mode in (WebMode.HUB, WebMode.NONE):
            return "this job may not speak to web hosts"
        if port not in WEB_PORTS:
            return f"port {port} is closed: only 80 and 443 are open"
        if self.mode is WebMode.HOSTS and not self._listed(host):
            return f"{host} is not among the hosts that this job may speak to"
        return None

    def _listed(self, host: str) -> bool:
        return any(host == name or (name.startswith(".") and host.endswith(name)) for name in self.hosts)


PUBLIC = WebPolicy()


def _host_name(text: str) -> str:
    name = text.strip().removesuffix(".")
    try:
        ascii_name = name if name.isascii() else name.encode("idna").decode()
    except UnicodeError:
        ascii_name = ""
    if len(ascii_name) > _NAME_LIMIT or not _HOST.fullmatch(ascii_name):
        raise UsageError(
            f"{text.strip()!r} is no name of a host",
            hint="give names alone, such as example.org,cdn.example.org; .example.org is every name below it",
        )
    return ascii_name


def is_public(address: IpAddress) -> bool:
    """Whether ``address`` is a host of the public internet.

    Addresses that carry another address inside (IPv4-mapped, 6to4, NAT64, Teredo, ISATAP) count as the one
    inside, for that is where the packets go. Sources: the IANA special-purpose address registries (RFC 6890).
    """
    inner = _inner_address(address)
    if inner is not None:
        return is_public(inner)
    if isinstance(address, ipaddress.IPv6Address) and address not in _IPV6_UNICAST:
        return False
    if any(address in network for network in _SPECIAL if network.version == address.version):
        return False
    return address.is_global and not address.is_multicast


# Everything else of IPv6 is local, an embedding that nobody should still use, or given to nobody.
_IPV6_UNICAST = ipaddress.ip_network("2000::/3")
_SPECIAL = tuple(
    ipaddress.ip_network(network)
    for network in (
        "168.63.129.16/32",  # public by its number, yet the host agent of every virtual machine of Azure
        "192.0.0.0/24",  # protocol assignments; a cloud has its metadata at 192.0.0.192
        "192.88.99.0/24",  # relays of 6to4, withdrawn
        "3fff::/20",  # documentation; older Pythons don't know it
    )
)
_ISATAP = 0x00005EFE  # RFC 5214, section 6.1
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def _inner_address(address: IpAddress) -> IpAddress | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if int(address) >> 32 & 0xFDFFFFFF == _ISATAP:  # the bit left out says whether the inside is unique
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None
