"""The image of the generation before transformers 5: what only it can do, and a layer upon it."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from snippet_images.catalogue import IMAGES, resource_text
from snippet_images.lockfile import linux_environment, pins_for
from snippet_images.progress import silent
from snippet_images.wheels import host_target
from snippet_sandbox import layer
from snippet_sandbox.engine import Engine
from snippet_sandbox.gateway.gateway import Gateway
from snippet_sandbox.installed import met_by
from snippet_sandbox.job import Job, Measurement, Part
from snippet_sandbox.layer import Layer
from snippet_sandbox.profile import PROFILES
from tests.end_to_end.conftest import open_or_skip

pytestmark = [pytest.mark.image, pytest.mark.timeout(2400)]

BASIC = PROFILES["cpu-basic"]
OLDER = "cpu-transformers4"
# A model of random weights: what it says means nothing, but it takes every step of a real one.
SUMMARY = """
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import BartConfig, BartForConditionalGeneration, PreTrainedTokenizerFast, pipeline

words = ["<s>", "<pad>", "</s>", "<unk>", "the", "house", "is", "red"]
tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(words)}, unk_token="<unk>"))
tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
fast = PreTrainedTokenizerFast(
    tokenizer_object=tokenizer, bos_token="<s>", pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
)
small = {f"{side}_{what}": 1 for side in ("encoder", "decoder") for what in ("layers", "attention_heads")}
config = BartConfig(
    vocab_size=len(words), d_model=8, encoder_ffn_dim=8, decoder_ffn_dim=8, **small
)
summarizer = pipeline("summarization", model=BartForConditionalGeneration(config), tokenizer=fast)
(said,) = summarizer("the house is red", max_new_tokens=4)
print(sorted(said))
"""
VERSIONS = "from importlib.metadata import version; print(version('humanize'), version('transformers'))"


@pytest.fixture
def engine(engine_name: str) -> Iterator[Engine]:
    """Each engine that answers here, with the image built."""
    opened = open_or_skip(engine_name)
    opened.ensure_image(OLDER, silent)
    yield opened
    opened.close()


def run(engine: Engine, image: str, code: str, upon: Layer | None = None) -> Measurement:
    """Run code in a fresh container."""
    upon = upon or Layer()
    part = Part(name="snippet", source=code)
    return engine.run(Job(image=image, profile=BASIC, parts=(part,), mounts=upon.mounts, python=upon.python))


def test_what_transformers_5_removed_works_in_the_image_of_before(engine: Engine) -> None:
    """The image holds what is locked for it, and nothing of the image below that isn't."""
    built = engine.ensure_image(OLDER, silent)
    spec = IMAGES[OLDER]
    python = built.python_version.rpartition(".")[0]
    pins = pins_for(resource_text(spec.lock), linux_environment(python, host_target().machine))
    locked = {pin.name: pin.version for pin in pins}
    beside = {"torch", *(name.partition("==")[0] for name in spec.companions)}
    assert {name: version for name, version in built.versions.items() if name not in beside} == locked
    seen = run(engine, OLDER, SUMMARY)
    assert seen.stdout.splitlines() == ["['summary_text']"], seen.stderr


def test_a_layer_goes_upon_it(tmp_path: Path) -> None:
    """What is installed finds the libraries of before, and leaves them as they are."""
    engine = open_or_skip("bubblewrap")
    image = engine.ensure_image(OLDER, silent)
    assert met_by(["transformers<5", "huggingface_hub<1"], image)
    with Gateway(endpoint="http://127.0.0.1:9", token=None, hub_cache=tmp_path / "hub") as gateway:
        upon = layer.ensure(
            ["humanize==4.13.0", "transformers>=4.40,<5"],
            image=image,
            engine=engine,
            gateway=gateway,
            profile=BASIC,
            listener=silent,
            cancel=threading.Event(),
        )
    seen = run(engine, OLDER, VERSIONS, upon)
    engine.close()
    assert seen.stdout.split() == ["4.13.0", image.versions["transformers"]], seen.stderr
    assert set(upon.versions) == {"humanize"}
