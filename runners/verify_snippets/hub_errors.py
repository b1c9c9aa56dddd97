"""What went wrong between us and the Hub, in plain words. Pure."""

from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

from snippet_images.errors import InfrastructureError, UsageError


class BadTokenError(UsageError):
    """The Hub doesn't accept the user's token."""


def account(token: str | bool | None) -> str:
    """Why an account sees less than others."""
    return "your account has no access to it" if token else "you are not logged in"


def is_bad_token(error: Exception) -> bool:
    """Whether the Hub refused the user's token itself."""
    if not isinstance(error, HfHubHTTPError) or error.response.status_code != 401:
        return False
    return "invalid credentials" in error.response.headers.get("X-Error-Message", "").lower()


def bad_token(endpoint: str) -> BadTokenError:
    """What to say then."""
    return BadTokenError(
        f"the Hub at {endpoint} doesn't accept your token",
        hint="log in again with `hf auth login`, or remove HF_TOKEN from the environment",
    )


def trouble(error: Exception, endpoint: str) -> InfrastructureError:
    """What to say where the Hub, or the way to it, has let us down."""
    if isinstance(error, OfflineModeIsEnabled):
        return InfrastructureError(
            "HF_HUB_OFFLINE is set, so the Hub is not asked", hint="unset it, or verify a local folder"
        )
    if isinstance(error, HfHubHTTPError):
        return InfrastructureError(
            f"the Hub at {endpoint} answered {error.response.status_code}", hint=_when_to_retry(error)
        )
    if isinstance(error, OSError) and error.errno is not None and error.filename is not None:
        return InfrastructureError(
            f"the Hub cache can't be written: {error.strerror}: {error.filename}",
            hint="make room, or name another cache with HF_HUB_CACHE",
        )
    reason = " ".join(str(error).split())[:200] or type(error).__name__
    return InfrastructureError(
        f"the Hub at {endpoint} can't be reached: {reason}",
        hint="check the network, the proxy settings and HF_ENDPOINT",
    )


def _when_to_retry(error: HfHubHTTPError) -> str:
    wait = error.response.headers.get("Retry-After", "")
    if error.response.status_code == 429:
        return f"too many requests: try again {f'in {wait} s' if wait.isdigit() else 'later'}"
    return "the Hub has trouble: see https://status.huggingface.co and try again later"
