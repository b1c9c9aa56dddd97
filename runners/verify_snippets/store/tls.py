"""Encrypted connections to PostgreSQL, asked for in the words of its own clients (``sslmode`` ...).

https://www.postgresql.org/docs/current/libpq-ssl.html
"""

import ssl
from typing import Any

from snippet_images.errors import UsageError

_VERIFIED = ("verify-ca", "verify-full")
_MODES = ("disable", "require", *_VERIFIED)
_UNSURE = {
    "allow": "say sslmode=require, or sslmode=disable",
    "prefer": "say sslmode=require, or sslmode=disable",
}


def context(options: dict[str, str]) -> ssl.SSLContext | None:
    """How to encrypt, from a URL's options, which lose what they say of it; None for not at all.

    A client of PostgreSQL's own would encrypt by default where the server can, and go on in the open where it
    can't. That protects nobody, so here it is one or the other.

    Raises:
        UsageError: no such mode, or a certificate that can't be read.
    """
    mode = options.pop("sslmode", None)
    root, certificate, key = (options.pop(name, None) for name in ("sslrootcert", "sslcert", "sslkey"))
    if mode is None:
        mode = "verify-full" if root else "disable"
    if mode not in _MODES:
        known = ", ".join(_MODES)
        raise UsageError(
            f"sslmode={mode} is not known here", hint=_UNSURE.get(mode, f"the modes are: {known}")
        )
    if mode == "disable":
        return None
    try:
        made = ssl.create_default_context(cafile=None if root == "system" else root)
        if certificate:
            made.load_cert_chain(certificate, key)
    except OSError as error:  # SSLError is one
        told: Any = error.strerror or error
        raise UsageError(f"the certificate for the store can't be read: {told}") from error
    made.check_hostname = mode == "verify-full"
    if mode not in _VERIFIED and not root:
        made.verify_mode = ssl.CERT_NONE
    return made
