"""Makes tiny repos for several tasks, inside the cpu image: ``make_tiny_library_repos.py FOLDER [NAME]...``.

``FOLDER/acme/NAME`` is a repo as its library saves it, with random weights and a card that holds metadata and
no code; the names are those of ``MAKERS``.
"""

# mypy: ignore-errors

import sys
import tempfile
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertForSequenceClassification,
    BertForTokenClassification,
    BertModel,
    GPT2Config,
    GPT2LMHeadModel,
    PreTrainedTokenizerFast,
    ViTConfig,
    ViTForImageClassification,
    ViTImageProcessor,
)

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
CHAT_TEMPLATE = "{% for message in messages %}{{ message['content'] }} {% endfor %}"


def make_tokenizer(template: str | None = None) -> PreTrainedTokenizerFast:
    """A tokenizer of letters, written by hand so that transformers 4 and 5 load it."""
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    words = [*SPECIAL, *letters, *(f"##{letter}" for letter in letters)]
    tokenizer = Tokenizer(models.WordPiece({word: n for n, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    names = {f"{name}_token": f"[{name.upper()}]" for name in ("pad", "unk", "cls", "sep", "mask")}
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_max_length=64, eos_token="[SEP]", **names
    )
    fast.chat_template = template
    return fast


def small_bert(**more: object) -> BertConfig:
    """BERT of one layer."""
    sizes = {"vocab_size": 57, "hidden_size": 32, "intermediate_size": 37}
    layers = {"num_hidden_layers": 1, "num_attention_heads": 4, "max_position_embeddings": 64}
    return BertConfig(**sizes, **layers, pad_token_id=0, **more)


def save(folder: Path, model: object, *, template: str | None = None) -> None:
    """What transformers saves: the model and its tokenizer."""
    model.save_pretrained(folder)
    make_tokenizer(template).save_pretrained(folder)


def small_gpt2() -> GPT2LMHeadModel:
    """GPT-2 of one layer, with room for the 256 tokens that a pipeline generates by itself."""
    sizes = {"vocab_size": 57, "n_positions": 512, "n_embd": 32, "n_layer": 1, "n_head": 2}
    return GPT2LMHeadModel(GPT2Config(**sizes, bos_token_id=2, eos_token_id=3))


def zero_shot(folder: Path) -> None:
    """A classifier that says what follows from what."""
    labels = {0: "contradiction", 1: "neutral", 2: "entailment"}
    config = small_bert(id2label=labels, label2id={label: number for number, label in labels.items()})
    save(folder, BertForSequenceClassification(config))


def image_classification(folder: Path) -> None:
    """ViT of one layer."""
    sizes = {"hidden_size": 32, "intermediate_size": 37, "num_hidden_layers": 1, "num_attention_heads": 4}
    ViTForImageClassification(ViTConfig(**sizes, image_size=32, patch_size=16)).save_pretrained(folder)
    ViTImageProcessor(size={"height": 32, "width": 32}).save_pretrained(folder)


def sentence_similarity(folder: Path) -> None:
    """Embeddings of sentences."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer

    with tempfile.TemporaryDirectory() as plain:
        save(Path(plain), BertModel(small_bert()))
        words = Transformer(plain)
    modules = [words, Pooling(words.get_embedding_dimension())]
    SentenceTransformer(modules=modules, device="cpu").save_pretrained(str(folder))


def text_ranking(folder: Path) -> None:
    """A reranker."""
    from sentence_transformers import CrossEncoder

    with tempfile.TemporaryDirectory() as plain:
        save(Path(plain), BertForSequenceClassification(small_bert(num_labels=1)))
        CrossEncoder(plain, device="cpu").save_pretrained(str(folder))


MAKERS = {
    "text-generation": lambda folder: save(folder, small_gpt2()),
    "chat": lambda folder: save(folder, small_gpt2(), template=CHAT_TEMPLATE),
    "fill-mask": lambda folder: save(folder, BertForMaskedLM(small_bert())),
    "feature-extraction": lambda folder: save(folder, BertModel(small_bert())),
    "text-classification": lambda folder: save(folder, BertForSequenceClassification(small_bert())),
    "token-classification": lambda folder: save(folder, BertForTokenClassification(small_bert())),
    "zero-shot-classification": zero_shot,
    "image-classification": image_classification,
    "sentence-similarity": sentence_similarity,
    "text-ranking": text_ranking,
}


def main(root: Path, names: list[str]) -> None:
    """Make those that are named; all, where none is."""
    torch.manual_seed(0)
    for name in names or MAKERS:
        folder = root / "acme" / name
        folder.mkdir(parents=True)
        MAKERS[name](folder)
        library = (
            "sentence-transformers" if name in ("sentence-similarity", "text-ranking") else "transformers"
        )
        task = "text-generation" if name == "chat" else name
        front = f"library_name: {library}\npipeline_tag: {task}\n"
        (folder / "README.md").write_text(f"---\n{front}---\n# {name}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
