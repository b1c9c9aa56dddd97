"""The environment variables that a job sees: a small set of our own, nothing of the host's."""

from collections.abc import Mapping

from snippet_sandbox.agent import AGENT_MOUNT, HOME, RELAY_PORT
from snippet_sandbox.job import IMAGE_PYTHON, Job

USER_ID = 10001
USER_NAME = "snippet"
NOTHING: Mapping[str, str] = {}


def environment_of(job: Job, of_engine: Mapping[str, str] = NOTHING) -> dict[str, str]:
    """Everything in a job's environment; the job's own variables come last and win.

    Args:
        job: what will run.
        of_engine: what its engine adds.
    """
    folders = dict.fromkeys(
        (str(job.python.parent), str(IMAGE_PYTHON.parent))
    )  # a layer's before the image's
    basic = {
        "PATH": ":".join([*folders, str(AGENT_MOUNT / "bin"), "/usr/local/bin", "/usr/bin", "/bin"]),
        "HOME": str(HOME),
        "USER": USER_NAME,
        "LOGNAME": USER_NAME,
        "LANG": "C.UTF-8",
        "TMPDIR": "/tmp",  # noqa: S108 - the container's own
        "PYTHONUNBUFFERED": "1",  # what was printed before a kill is kept
        "MPLBACKEND": "Agg",  # as matplotlib chooses itself where there is no display, after a look
    }
    if job.kernel:
        del basic["MPLBACKEND"]  # a kernel shows figures among a cell's outputs
    way_out = proxy_variables() if job.gateway_dir else {}
    return {**basic, **way_out, **of_engine, **job.environment}


def proxy_variables(port: int = RELAY_PORT) -> dict[str, str]:
    """Send every client through the relay at a loopback ``port``, in both spellings that programs read."""
    proxy = f"http://127.0.0.1:{port}"
    lower = {"http_proxy": proxy, "https_proxy": proxy, "no_proxy": "127.0.0.1,localhost"}
    return lower | {name.upper(): value for name, value in lower.items()}
