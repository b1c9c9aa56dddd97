"""From a target to a plan for this host."""

import os
import platform
from contextlib import suppress
from pathlib import Path

from snippet_sandbox.errors import InfrastructureError
from snippet_sandbox.gateway.tape.recorder import Recorder
from snippet_sandbox.gateway.tape.replay import Replay
from snippet_sandbox.profile import Host, Profile, find_profile
from verify_snippets import host_gpus, taping
from verify_snippets.card import Card, Source
from verify_snippets.flavors import catalogue
from verify_snippets.hub_code.finding import find_hub_code
from verify_snippets.hub_code.model import HubCode
from verify_snippets.notebook_files import find_notebooks
from verify_snippets.options import Options, Screen
from verify_snippets.plan import Plan
from verify_snippets.planner import make_plan
from verify_snippets.repo_files import read_facts
from verify_snippets.taping import Inputs
from verify_snippets.target import is_local, load_card


def prepare(target: str, options: Options, screen: Screen, tape: Recorder | Replay | None = None) -> Plan:
    """Read a card and decide what would run and under which profile, without running anything.

    Args:
        target: what the user named.
        options: likewise.
        screen: where it is said what happens.
        tape: where what the Hub says of the card is recorded, or where it comes from.

    Raises:
        UserFacingError: the card can't be had or read, or this host can't give the profile that was named.
    """
    profile_of(options)  # before a card is read for nothing
    inputs = read_inputs(target, options, screen, tape)
    return plan_card(inputs.card, inputs, options)


def plan_card(card: Card, inputs: Inputs, options: Options) -> Plan:
    """The plan for a card, which may be another than the one that was read with the other inputs.

    Raises:
        UserFacingError: this host can't give the profile that the user named.
    """
    return make_plan(
        card,
        this_host(),
        profile=profile_of(options),
        facts=inputs.facts,
        catalogue=inputs.catalogue,
        libraries=options.libraries,
        python=options.python,
        notebooks=inputs.notebooks if options.notebooks else (),
        hub_code=inputs.hub_code if options.hub_code else None,
    )


def profile_of(options: Options) -> Profile | None:
    """What the user named; None for nothing.

    Raises:
        UserFacingError: there is no such profile, or this host can't give it.
    """
    if not options.profile:
        return None
    profiles = catalogue(ask=False)
    if options.one_of_several and options.profile in profiles:
        return profiles[options.profile]  # where this host can't give it, that is said snippet by snippet
    return find_profile(options.profile, this_host(), profiles)


def read_inputs(
    target: str, options: Options, screen: Screen, tape: Recorder | Replay | None = None
) -> Inputs:
    """Read a card, and what its plan is made from beside it.

    Raises:
        UserFacingError: the card can't be had or read.
    """
    if isinstance(tape, Replay) and not is_local(target):
        return taping.find(target, options.revision, tape.folder)
    card = load_card(target, repo_id=options.repo_id, revision=options.revision, listener=screen.show)
    profiles = catalogue(ask=card.source is Source.HUB)  # a local card is planned without a network
    facts = read_facts(card)
    inputs = Inputs(
        target=target,
        revision=options.revision,
        card=card,
        facts=facts,
        catalogue=profiles,
        notebooks=find_notebooks(card, facts.notebooks) if facts and options.notebooks else (),
        hub_code=_hub_code(card, options, screen) if options.hub_code else None,
    )
    if isinstance(tape, Recorder) and card.source is Source.HUB:
        taping.keep(inputs, tape.folder)
    return inputs


def _hub_code(card: Card, options: Options, screen: Screen) -> HubCode | None:
    """What the Hub shows for the model; a card is verified without it where it can't be made."""
    try:
        return find_hub_code(card, is_newest=options.revision is None)
    except InfrastructureError as error:
        screen.say(error.message)
        return None


def this_host() -> Host:
    """What this machine has."""
    found = host_gpus.usable()
    return Host(
        cpus=len(os.sched_getaffinity(0)),
        memory_bytes=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        cpu_model=_cpu_model(),
        gpu_devices=found.devices,
        gpu_trouble=found.trouble,
    )


def _cpu_model() -> str:
    """The processor by its own name, as Linux tells it; elsewhere what kind it is."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.machine()
