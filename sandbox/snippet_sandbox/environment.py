"""The environment variables that a job sees: a small set of our own, nothing of the host's."""

from snippet_sandbox.agent import AGENT_MOUNT, HOME, RELAY_PORT
from snippet_sandbox.job import IMAGE_PYTHON, Job

USER_ID = 10001
USER_NAME = "snippet"


def environment_of(job: Job) -> dict[str, str]:
    """Everything in a job's environment; the job's own variables come last and win."""
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
    way_out = proxy_variables() if job.gateway_dir else {}
    return {**basic, **way_out, **job.environment}


def proxy_variables(port: int = RELAY_PORT) -> dict[str, str]:
    """Send every client through the relay at a loopback ``port``, in both spellings that programs read."""
    proxy = f"http://127.0.0.1:{port}"
    lower = {"http_proxy": proxy, "https_proxy": proxy, "no_proxy": "127.0.0.1,localhost"}
    return lower | {name.upper(): value for name, value in lower.items()}
