"""Encrypted connections to PostgreSQL, asked for in the words of its own clients (``sslmode`` ...).

https://www.postgresql.org/docs/current/libpq-ssl.html
"""

import ssl
from typing import Literal

from snippet_images.errors import UsageError

_MODES = ("disable", "prefer", "require", "verify-ca", "verify-full")

Encryption = ssl.SSLContext | Literal[False] | None
"""As the driver takes it: False for none, and None for one that checks nothing, where the server can."""


def encryption(options: dict[str, str]) -> Encryption:
    """How to encrypt, from a URL's options, which lose what they say of it.

    Raises:
        UsageError: no such mode, or a certificate that can't be read.
    """
    root, certificate, key = (options.pop(name, None) for name in ("sslrootcert", "sslcert", "sslkey"))
    mode = options.pop("sslmode", "verify-full" if root else "prefer")
    if mode not in _MODES:
        raise UsageError(f"sslmode={mode} is not known here", hint=f"the modes are: {', '.join(_MODES)}")
    if mode == "disable":
        return False
    if mode == "prefer" and not root and not certificate:
        return None
    try:
        context = ssl.create_default_context(cafile=None if root == "system" else root)
        if certificate:
            context.load_cert_chain(certificate, key)
    except OSError as error:  # SSLError is one
        raise UsageError(f"the certificate for the store can't be read: {error.strerror or error}") from error
    context.check_hostname = mode == "verify-full"
    if not root and not mode.startswith("verify"):
        context.verify_mode = ssl.CERT_NONE
    return context
