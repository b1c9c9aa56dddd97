"""The versions of libraries that a card itself allows."""

import pytest

from snippet_sandbox.gateway.package_releases import Release
from snippet_sandbox.profile import GB, Host
from verify_snippets.card import Card, Source
from verify_snippets.facts import RepoFacts
from verify_snippets.matrix.claimed import claimed_libraries
from verify_snippets.plan import Plan
from verify_snippets.planner import make_plan

HOST = Host(cpus=2, memory_bytes=16 * GB)
INDEX = {
    "transformers": ("4.36.2", "4.37.0", "4.37.2", "4.57.6", "5.0.0rc1", "5.23.0"),
    "peft": ("0.9.0", "0.10.0", "0.20.0"),
    "humanize": ("4.0", "4.13"),
    "torch": ("2.1.0", "2.13.0"),
}
CODE = "```python\nimport transformers, peft\n```\n"


def plan_of(text: str, facts: RepoFacts | None = None) -> Plan:
    card = Card(text=text + CODE, sha256="0" * 64, source=Source.FILE, location="README.md")
    return make_plan(card, HOST, facts=facts)


def releases(project: str) -> tuple[Release, ...]:
    return tuple(Release(version=version) for version in INDEX.get(project, ()))


@pytest.mark.parametrize(
    ("text", "variants"),
    [
        ("Needs transformers>=4.37.\n\n", [("transformers==4.37.0",), ("transformers==5.23.0",)]),
        ("Tested with transformers 4.37\n\n", [("transformers==4.37.0",), ("transformers==4.37.2",)]),
        (
            '```bash\npip install "transformers>=4.40,<5" "peft>=0.10" torch>=2.1\n```\n\n',
            [("peft==0.10.0", "transformers==4.57.6"), ("peft==0.20.0", "transformers==4.57.6")],
        ),
        ("```bash\npip install humanize==4.13 unheard-of>=1\n```\n\n", [("humanize==4.13",)]),
        ("Needs CUDA 12.1 and some-engine version 3.2.\n\n", []),
        ("## Training procedure\n\n### Framework versions\n\n- Transformers 4.37.2\n- Pytorch 2.1.0\n\n", []),
        ("", []),
    ],
)
def test_the_oldest_and_the_newest(text: str, variants: list[tuple[str, ...]]) -> None:
    """What is said of training, or is no package of the image, does not count."""
    assert list(claimed_libraries(plan_of(text), releases)) == variants


def test_what_saved_the_model_counts_where_nothing_else_is_said() -> None:
    facts = RepoFacts(transformers_version="4.37.0.dev0")
    assert claimed_libraries(plan_of("", facts), releases)[0] == ("transformers==4.37.0",)
    said = claimed_libraries(plan_of("Needs transformers>=4.57.\n\n", facts), releases)
    assert said[0] == ("transformers==4.57.6",)
    assert claimed_libraries(plan_of("", RepoFacts(transformers_version="<script>")), releases) == ()
