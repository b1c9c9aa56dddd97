"""What the steps of one card run on: hardware, image, and whether their time counts. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from snippet_images.catalogue import Device
from snippet_images.catalogue import choose as choose_image
from snippet_sandbox.profile import Host, Profile, devices_for
from verify_snippets import gpu, hardware
from verify_snippets.claims import Claim, ClaimKind, Scope
from verify_snippets.facts import RepoFacts
from verify_snippets.gpu import Demand
from verify_snippets.hardware import Choice
from verify_snippets.named_hardware import GpusAtWork, hardware_named
from verify_snippets.plan import DEFAULT_IMAGE
from verify_snippets.snippets import Origin, Snippet

_OF_TIME = (ClaimKind.LATENCY, ClaimKind.THROUGHPUT)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What one card's steps can run on.

    Attributes:
        claims: the card's.
        facts: what the files of its repo say, if known.
        repo_id: the card's own repo; None where nobody named it.
        lines: of the card.
        host: what this machine has.
        profile: what the user named; None to follow the card.
        catalogue: the profiles there are.
        libraries: requirements that the user named.
        python: version that the user named; None for the engine's own.
    """

    claims: Sequence[Claim]
    facts: RepoFacts | None
    repo_id: str | None
    lines: Sequence[str]
    host: Host
    profile: Profile | None
    catalogue: Mapping[str, Profile]
    libraries: tuple[str, ...] = ()
    python: str | None = None
    _of_any: dict[tuple[bool, Demand], Choice] = field(default_factory=dict)  # of what no claim speaks of
    _images: dict[Device, str] = field(default_factory=dict)
    _timed_under: dict[Profile, frozenset[Claim]] = field(default_factory=dict)

    def choice(self, together: Sequence[Snippet]) -> Choice:
        """For a snippet with those that run before it: what was named, else what they ask for."""
        needs_gpu = any(snippet.needs_gpu for snippet in together)
        demand = _demanded(together) if needs_gpu else gpu.NO_DEMAND
        if self.profile:
            return hardware.asked_for(self.profile, demand, self.host)
        if marked := together[-1].marks.profile:
            choice = hardware.asked_for(self.catalogue[marked], demand, self.host)
            return replace(choice, reason=f"the card's own mark names {marked}")
        if any(self._claims_on(snippet) for snippet in together):
            return self._choose(together, needs_gpu, demand)
        if (needs_gpu, demand) not in self._of_any:
            self._of_any[needs_gpu, demand] = self._choose((), needs_gpu, demand)
        return self._of_any[needs_gpu, demand]

    def image(self, profile: Profile) -> str:
        """The image with what the user named; a dependency layer brings what it lacks."""
        device: Device = "cuda" if profile.gpus else "cpu"
        if device == "cpu" and not self.libraries and self.python is None:
            return DEFAULT_IMAGE  # at once: to choose takes reading the locks of all images
        if device not in self._images:
            self._images[device] = choose_image(self.libraries, device=device, python=self.python).name
        return self._images[device]

    def _choose(self, together: Sequence[Snippet], needs_gpu: bool, demand: Demand) -> Choice:
        return hardware.choose(
            snippet_ids={snippet.id for snippet in together},
            needs_gpu=needs_gpu,
            claims=self.claims,
            facts=self.facts,
            host=self.host,
            demand=demand,
            catalogue=self.catalogue,
        )

    def is_timed(self, together: Sequence[Snippet], profile: Profile) -> bool:
        """Whether a time is promised here: of these snippets, or of the model that the last one loads."""
        if profile not in self._timed_under:
            self._timed_under[profile] = frozenset(c for c in self.claims if self._is_time_here(c, profile))
        promised = self._timed_under[profile]
        if any(claim in promised for part in together for claim in self._claims_on(part)):
            return True
        last = together[-1]
        loads = self.repo_id is not None and self.repo_id in last.code and last.origin is Origin.CARD
        return loads and any(not claim.snippets for claim in promised)

    def _is_time_here(self, claim: Claim, profile: Profile) -> bool:
        """Whether a claim is of the time that running takes on this machine under a profile."""
        if claim.kind not in _OF_TIME or claim.scope is not Scope.INFERENCE:
            return False
        models = [device.name for device in devices_for(profile, self.host)]
        return hardware_named(
            claim,
            self.lines,
            profile=profile.name,
            profiles=self.catalogue.keys() | {profile.name},
            cpu_model=self.host.cpu_model,
            gpus=GpusAtWork(models=models, flavor=profile.gpu_model) if profile.gpus else None,
        ).is_here

    def _claims_on(self, snippet: Snippet) -> Sequence[Claim]:
        """The claims that speak of this very snippet."""
        return self._by_snippet.get(snippet.id, ())

    @cached_property
    def _by_snippet(self) -> Mapping[str, Sequence[Claim]]:
        found: defaultdict[str, list[Claim]] = defaultdict(list)
        for claim in self.claims:
            for snippet_id in claim.snippets:
                found[snippet_id].append(claim)
        return found


def _demanded(together: Sequence[Snippet]) -> Demand:
    return gpu.demanded([snippet.block.code.tree for snippet in together if snippet.block.code])
