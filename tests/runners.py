"""A runner as tests need it, which drive single steps."""

import secrets
import threading

from snippet_images.built import BuiltImage
from snippet_images.progress import silent
from snippet_sandbox.engine import Engine
from snippet_sandbox.gateway.gateway import Gateway
from snippet_sandbox.profile import PROFILES, Profile
from verify_snippets.run import Runner


def runner_in(
    engine: Engine,
    gateway: Gateway,
    image: BuiltImage,
    *,
    time_limit_s: float,
    build_profile: Profile = PROFILES["cpu-basic"],
) -> Runner:
    """A runner that shows nothing and that nobody interrupts."""
    return Runner(
        engine=engine,
        gateway=gateway,
        image_named=lambda _: image,
        build_profile=build_profile,
        time_limit_s=time_limit_s,
        preloads=True,
        run_id=secrets.token_hex(8),
        listener=silent,
        cancel=threading.Event(),
    )
