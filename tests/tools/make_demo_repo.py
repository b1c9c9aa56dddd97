"""Makes the weights and the tokenizer of ``runners/verify_snippets/demo_repo``.

Run it where torch, transformers and tokenizers are installed (they are no dependencies of this project)::

    python tests/tools/make_demo_repo.py runners/verify_snippets/demo_repo

A GPT-2 of two layers learns a handful of sentences by heart, in under a minute on one CPU core. Written were
the files with torch 2.13.0, transformers 5.23.0 and tokenizers 0.23.3; transformers 4.57 loads them, too.
"""

# mypy: ignore-errors

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import ByteLevelBPETokenizer
from transformers import GPT2Config, GPT2LMHeadModel

END = "<|endoftext|>"
SENTENCES = (
    "The fox ran over the hill and slept under the old oak.",
    "The owl sat on the roof and waited for the moon.",
    "The cat drank some milk and looked out of the window.",
    "The bear went down to the river and caught a fish.",
    "The crow found a coin and hid it in the barn.",
    "The mouse ate the cheese and ran back into the wall.",
    "The dog heard the bell and barked at the door.",
    "The frog jumped into the pond and was not seen again.",
)
VOCABULARY = 400
CONTEXT = 64
STEPS = 600


def train_tokenizer(folder: Path) -> ByteLevelBPETokenizer:
    """Byte-level BPE as GPT-2's, but small; saved so that transformers 4 and 5 both load it."""
    tokenizer = ByteLevelBPETokenizer()
    tokenizer.train_from_iterator(SENTENCES, vocab_size=VOCABULARY, min_frequency=1, special_tokens=[END])
    tokenizer.save(str(folder / "tokenizer.json"))
    # By hand: transformers 5 writes a class name that transformers 4 doesn't know.
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": CONTEXT,
        "model_input_names": [
            "input_ids",
            "attention_mask",
        ],  # transformers 4 adds token types, which GPT-2 sums up
        "bos_token": END,
        "eos_token": END,
        "unk_token": END,
        "clean_up_tokenization_spaces": False,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")
    return tokenizer


def train_model(tokenizer: ByteLevelBPETokenizer) -> GPT2LMHeadModel:
    """A GPT-2 of two layers that knows the sentences."""
    torch.manual_seed(0)
    end = tokenizer.token_to_id(END)
    config = GPT2Config(
        vocab_size=tokenizer.get_vocab_size(),
        n_positions=CONTEXT,
        n_embd=48,
        n_layer=2,
        n_head=2,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        bos_token_id=end,
        eos_token_id=end,
    )
    model = GPT2LMHeadModel(config)
    rows = [[*tokenizer.encode(sentence).ids, end] for sentence in SENTENCES]
    width = max(map(len, rows))
    inputs = torch.tensor([row + [end] * (width - len(row)) for row in rows])
    labels = torch.tensor([row + [-100] * (width - len(row)) for row in rows])
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    for _ in range(STEPS):
        loss = model(input_ids=inputs, labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    sys.stderr.write(f"loss {loss.item():.4f}, {model.num_parameters()} parameters\n")
    return model.eval()


def main(folder: Path) -> None:
    """Write everything but the card, which is written by hand."""
    tokenizer = train_tokenizer(folder)
    train_model(tokenizer).to(torch.bfloat16).save_pretrained(folder)
    weights = folder / "model.safetensors"
    tensors = {name: tensor.contiguous() for name, tensor in load_file(weights).items()}
    save_file(tensors, weights, metadata={"format": "pt"})
    weights.chmod(0o644)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
