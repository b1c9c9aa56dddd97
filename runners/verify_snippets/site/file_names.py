"""What the pages of models are called: names that every file system and every web host takes. Pure."""

import hashlib
import re
from collections import Counter
from collections.abc import Collection

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,95}")
_UNFIT = re.compile(r"[^A-Za-z0-9_-]+")
_OF_WINDOWS = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_MOST_PARTS = 2  # owner and name


def page_names(repo_ids: Collection[str]) -> dict[str, str]:
    """The path of each model's page without its ending, such as ``acme/tiny``; no two are the same.

    An id that is no plain path, or that differs from another only in upper and lower case, has a name made
    of what is plain in it and of its digest.
    """
    counts = Counter(repo_id.casefold() for repo_id in repo_ids)
    return {
        repo_id: repo_id if _is_plain(repo_id) and counts[repo_id.casefold()] == 1 else _made(repo_id)
        for repo_id in repo_ids
    }


def is_plain_id(repo_id: str) -> bool:
    """Whether it has an owner and a name, and only letters that a repo's id on the Hub may have."""
    parts = repo_id.split("/")
    return len(parts) <= _MOST_PARTS and all(_PLAIN.fullmatch(part) for part in parts)


def _is_plain(repo_id: str) -> bool:
    return is_plain_id(repo_id) and all(
        not part.endswith(".") and not _OF_WINDOWS.fullmatch(part) for part in repo_id.split("/")
    )


def _made(repo_id: str) -> str:
    owner, slash, name = repo_id.partition("/")
    digest = hashlib.sha256(repo_id.encode("utf-8", errors="surrogatepass")).hexdigest()[:10]
    words = _UNFIT.sub("-", name if slash else owner).strip("-")[:60]
    folder = f"{owner}/" if slash and _is_plain(owner) else ""
    return f"{folder}{words}~{digest}"
