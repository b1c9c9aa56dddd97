"""The Hub's community tabs as one user sees them, and what can be done on one."""

from dataclasses import dataclass
from enum import StrEnum

from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError

from snippet_images.errors import UsageError
from verify_snippets.hub_errors import is_bad_token, trouble
from verify_snippets.nightly.patience import Patience

REFUSED = frozenset({401, 403})
"""Statuses with which the Hub says that the user may not."""
_HINT = "log in with a token that may write discussions: `hf auth login`"


class Deed(StrEnum):
    """What was done on a model's community tab."""

    OPENED = "opened"
    UPDATED = "updated"
    CLOSED = "closed with thanks"
    UNCHANGED = "up to date"
    LEFT_ALONE = "closed by somebody, and left alone"
    NOT_OURS = "not told: it belongs to somebody else"
    REFUSED = "not told"


@dataclass(frozen=True, kw_only=True)
class Told:
    """What became of telling one model's community tab.

    Attributes:
        repo_id: the model.
        deed: what was done, or would be.
        url: of the discussion; empty where there is none.
        trouble: why it could not be done; empty where it was.
    """

    repo_id: str
    deed: Deed
    url: str = ""
    trouble: str = ""


@dataclass(frozen=True, kw_only=True)
class Community:
    """The Hub's community tabs, as one user.

    Attributes:
        api: the Hub, as the user.
        user: the user's name.
        patience: how long the Hub is asked again.
        dry_run: whether nothing is to be written.
    """

    api: HfApi
    user: str
    patience: Patience
    dry_run: bool = False


def join(*, endpoint: str, token: str | None, patience: Patience, dry_run: bool = False) -> Community:
    """The community tabs of the Hub at ``endpoint``, as the user of ``token``.

    Raises:
        UsageError: there is no token, or the Hub doesn't know it.
        InfrastructureError: the Hub doesn't answer.
    """
    if not token:
        raise UsageError("discussions can only be opened by somebody who is logged in", hint=_HINT)
    api = HfApi(endpoint=endpoint, token=token)
    try:
        user = patience.ask(api.whoami)["name"]
    except HfHubHTTPError as error:
        if is_bad_token(error) or error.response.status_code in REFUSED:
            raise UsageError(f"the Hub at {endpoint} doesn't accept your token", hint=_HINT) from error
        raise trouble(error, endpoint) from error
    except OSError as error:
        raise trouble(error, endpoint) from error
    return Community(api=api, user=user, patience=patience, dry_run=dry_run)
