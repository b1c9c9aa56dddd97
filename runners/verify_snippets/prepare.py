"""From a target to a plan for this host."""

import os

import psutil

from snippet_sandbox.profile import Host, find_profile
from verify_snippets.card import Source
from verify_snippets.flavors import catalogue
from verify_snippets.options import Options, Screen
from verify_snippets.plan import Plan, make_plan
from verify_snippets.repo_files import read_facts
from verify_snippets.target import load_card


def prepare(target: str, options: Options, screen: Screen) -> Plan:
    """Read a card and decide what would run and under which profile, without running anything.

    Raises:
        UserFacingError: the card can't be had or read, or this host can't give the profile that was named.
    """
    host = this_host()
    profile = find_profile(options.profile, host, catalogue(ask=False)) if options.profile else None
    card = load_card(target, repo_id=options.repo_id, revision=options.revision, listener=screen.show)
    profiles = catalogue(ask=card.source is Source.HUB)  # a local card is planned without a network
    return make_plan(card, host, profile=profile, facts=read_facts(card), catalogue=profiles)


def this_host() -> Host:
    """What this machine has."""
    return Host(cpus=len(os.sched_getaffinity(0)), memory_bytes=psutil.virtual_memory().total)
