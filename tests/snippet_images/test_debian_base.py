"""Which mirror a base is made from."""

import pytest

from snippet_images.debian_base import DEFAULT_MIRROR, mirror

pytestmark = pytest.mark.apart

DEB822 = """\
Types: deb
# http://snapshot.debian.org/archive/debian/20250520T000000Z
URIs: https://mirror.example/debian
Suites: bookworm bookworm-updates

Types: deb
URIs: https://mirror.example/debian-security
"""


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ([DEB822], "https://mirror.example/debian"),
        (
            ["deb [signed-by=/x.gpg] http://ftp.de.debian.org/debian/ bookworm main"],
            "http://ftp.de.debian.org/debian",
        ),
        (["# deb http://old.example/debian stretch main", DEB822], "https://mirror.example/debian"),
        (["deb http://archive.ubuntu.com/ubuntu noble main"], DEFAULT_MIRROR),
        (["deb http://security.debian.org/debian-security bookworm-security main"], DEFAULT_MIRROR),
        ([], DEFAULT_MIRROR),
    ],
)
def test_the_hosts_own_debian_mirror_is_used(sources: list[str], expected: str) -> None:
    """And Debian's, where the host has none."""
    assert mirror(sources) == expected
