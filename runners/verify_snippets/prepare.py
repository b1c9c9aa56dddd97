"""From a target to a plan for this host."""

import os

import psutil

from snippet_sandbox.profile import DEFAULT_PROFILE, PROFILES, Host, Profile, find_profile, shortfall
from verify_snippets.options import Options, Screen
from verify_snippets.plan import Plan, make_plan
from verify_snippets.target import load_card


def prepare(target: str, options: Options, screen: Screen) -> tuple[Plan, Profile]:
    """Read a card and decide what would run and under which profile, without running anything.

    Raises:
        UserFacingError: the card can't be had or read.
    """
    profile = choose_profile(options.profile, this_host(), screen)
    card = load_card(target, repo_id=options.repo_id, revision=options.revision, listener=screen.show)
    return make_plan(card, profile), profile


def this_host() -> Host:
    """What this machine has."""
    return Host(cpus=len(os.sched_getaffinity(0)), memory_bytes=psutil.virtual_memory().total)


def choose_profile(name: str | None, host: Host, screen: Screen) -> Profile:
    """The profile that was asked for; without one, the default, or all of a host that is smaller than that.

    Raises:
        ProfileError: there is no such profile, or this host can't give it.
    """
    if name:
        return find_profile(name, host)
    default = PROFILES[DEFAULT_PROFILE]
    missing = shortfall(default, host)
    if missing is None:
        return default
    screen.say(f"{missing}: snippets run under all that this host has")
    return Profile(name="this-host", cpus=host.cpus, memory_bytes=host.memory_bytes)
