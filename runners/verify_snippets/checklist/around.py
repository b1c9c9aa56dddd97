"""What belongs to a release and happens around its card. Pure."""

from collections.abc import Sequence

from verify_snippets.checklist.item import Group, Item, Topic
from verify_snippets.checklist.links import links_of
from verify_snippets.checklist.material import Material

_DEMO = Topic(key="demo", group=Group.AROUND, title="A demo (Space)")
_COLLECTION = Topic(key="collection", group=Group.AROUND, title="A collection with its siblings")
_COMMUNITY = Topic(key="community", group=Group.AROUND, title="Told where people are, questions answered")


def items(material: Material) -> Sequence[Item]:
    """All of what is around."""
    return [
        _linked(material, _DEMO, "/spaces/", "whether there is one; the card names none"),
        _linked(
            material, _COLLECTION, "/collections/", "whether it has siblings; the card names no collection"
        ),
        _COMMUNITY.human("the community tab, posts, papers"),
    ]


def _linked(material: Material, topic: Topic, part: str, otherwise: str) -> Item:
    hosts = ("huggingface.co", "hf.co")
    for link in links_of(material):
        if part in link.address and any(host in link.address for host in hosts):
            return topic.done(link.address, line=link.line)
    return topic.human(otherwise)
