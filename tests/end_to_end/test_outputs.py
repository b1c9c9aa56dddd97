"""What a card shows as output, held against what its snippets print in real containers."""

from pathlib import Path

import pytest

from tests.end_to_end.conftest import Outcome, Verify, files_of
from tests.hub_server import HubServer

pytestmark = [pytest.mark.image, pytest.mark.usefixtures("cpu_image")]

CARD = """
Scores come with three digits:

```python
import sys
print("loading", file=sys.stderr)
scores = {"good": 2 / 3, "bad": 1 / 3}
print(scores)
# {'bad': 0.333, 'good': 0.667}
```

The label is the better one:

```python
label = max(scores, key=scores.get)
print("label:", label)
```

Output:

```
label: bad
```

It can also write:

```python
class Model:
    def generate(self, prompt, do_sample=False):
        return prompt + str(id(self))

print(Model().generate("Once ", do_sample=True))  # 'Once upon a time'
```

```python
>>> [n / 3 for n in (1, 2)]
[0.3333, 0.6667]
>>> "a" + "b"
'ab'
>>> for n in (1, 2):
...     n * 10
10
20
```

```python
1 + 1
# 2
```

```python
def unused():
    return 1
```
"""
SCORES, LABEL, SAMPLED, SESSION, EXPRESSION, UNUSED = "L4", "L14", "L27", "L35", "L46", "L51"


def _output(outcome: Outcome, snippet_id: str) -> str:
    return str(outcome.run_of(snippet_id)["output"]["verdict"])


def test_a_difference_is_told_and_decides_where_it_is_asked_to(
    tmp_path: Path, verify: Verify, engine_name: str
) -> None:
    card = tmp_path / "README.md"
    card.write_text(CARD)
    told = verify(card, "--engine", engine_name)
    assert (told.exit_code, set(told.verdicts())) == (0, {"passed"})
    assert _output(told, SCORES) == _output(told, SESSION) == "as documented"
    assert _output(told, LABEL) == "differs"
    assert _output(told, SAMPLED) == _output(told, EXPRESSION) == "not comparable"
    assert "sampling" in told.run_of(SAMPLED)["output"]["reason"]
    assert "printed nothing" in told.run_of(EXPRESSION)["remarks"][0]
    assert told.run_of(UNUSED)["output"] is None
    assert "only defines" in told.run_of(UNUSED)["remarks"][0]
    assert "-label: bad" in told.stdout
    assert "+label: good" in told.stdout

    strict = verify(card, "--engine", engine_name, "--strict-output")  # on what is known from before
    assert strict.run_of(LABEL)["reused_from"]
    assert (strict.exit_code, strict.verdicts().count("contradicted")) == (1, 1)
    assert strict.run_of(LABEL)["verdict"] == "contradicted"

    card.write_text(CARD.replace("label: bad", "label: good"))
    mended = verify(card, "--engine", engine_name, "--strict-output")
    assert mended.run_of(LABEL)["reused_from"]
    assert (mended.exit_code, _output(mended, LABEL)) == (0, "as documented")


MINILM = "sentence-transformers/all-MiniLM-L6-v2"
MINILM_CARD = f"""
```python
from sentence_transformers import SentenceTransformer

model = SentenceTransformer("{MINILM}")
sentences = ["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."]
embeddings = model.encode(sentences)
print(embeddings.shape)
# [3, 384]
similarities = model.similarity(embeddings, embeddings)
print(similarities)
# tensor([[1.0000, 0.6660, 0.1046],
#         [0.6660, 1.0000, 0.1411],
#         [0.1046, 0.1411, 1.0000]])
print(similarities[0, 2] > 0.5)  # True
```
"""


@pytest.mark.parametrize("engine_name", ["bubblewrap"], indirect=True)  # the model is slow, and no engine's
def test_what_a_real_model_gives_is_what_its_authors_saw(
    hub: HubServer, minilm: Path, tmp_path: Path, verify: Verify, engine_name: str
) -> None:
    """Similarities as the library's own documentation prints them, and a false one."""
    hub.add(MINILM, files_of(minilm))
    card = tmp_path / "README.md"
    card.write_text(MINILM_CARD)
    told = verify(card, "--engine", engine_name, hub=hub)
    output = told.run_of("L2")["output"]
    assert output["verdict"] == "differs", output
    assert output["diff"].endswith("-True\n+tensor(False)"), output
