"""Makes the tiny repos that tests verify: run inside the cpu image, as ``make_tiny_repos.py FOLDER``.

``FOLDER/acme/tiny-gpt2`` is a text-generation repo (transformers), ``FOLDER/acme/tiny-diffusion`` a
text-to-image repo (diffusers), both with random weights. Tokenizers are written by hand, so that transformers
4 and 5 load them.
"""

# mypy: ignore-errors

import json
import sys
from pathlib import Path

import torch
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from tokenizers import ByteLevelBPETokenizer
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer, GPT2Config, GPT2LMHeadModel

END = "<|endoftext|>"
TEXT = ["The quick brown fox jumps over the lazy dog.", "A photo of a cat that sits on a mat."]


def make_gpt2(folder: Path) -> None:
    """GPT-2 of two layers."""
    folder.mkdir(parents=True)
    tokenizer = ByteLevelBPETokenizer()
    tokenizer.train_from_iterator(TEXT, vocab_size=300, min_frequency=1, special_tokens=[END])
    tokenizer.save(str(folder / "tokenizer.json"))
    names = {"bos_token": END, "eos_token": END, "unk_token": END}
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 64, **names}
    config["model_input_names"] = ["input_ids", "attention_mask"]
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    end = tokenizer.token_to_id(END)
    sizes = {
        "vocab_size": tokenizer.get_vocab_size(),
        "n_positions": 64,
        "n_embd": 32,
        "n_layer": 2,
        "n_head": 2,
    }
    GPT2LMHeadModel(GPT2Config(**sizes, bos_token_id=end, eos_token_id=end)).save_pretrained(folder)


def make_clip_tokenizer(folder: Path) -> CLIPTokenizer:
    """CLIP's tokenizer with letters only, from vocab.json and merges.txt."""
    folder.mkdir(parents=True)
    letters = [chr(c) for c in range(ord("a"), ord("z") + 1)]
    words = ["<|startoftext|>", END, *letters, *(f"{letter}</w>" for letter in letters)]
    (folder / "vocab.json").write_text(json.dumps({word: n for n, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    return CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=16)


def make_diffusion(folder: Path) -> None:
    """Stable Diffusion with one block a side."""
    clip = folder.with_name("clip")
    tokenizer = make_clip_tokenizer(clip)
    text = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=37,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=16,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
    )
    pipeline = StableDiffusionPipeline(
        vae=AutoencoderKL(
            block_out_channels=(16, 16),
            norm_num_groups=8,
            latent_channels=4,
            down_block_types=("DownEncoderBlock2D",) * 2,
            up_block_types=("UpDecoderBlock2D",) * 2,
        ),
        text_encoder=CLIPTextModel(text),
        tokenizer=tokenizer,
        unet=UNet2DConditionModel(
            block_out_channels=(16, 32),
            norm_num_groups=8,
            layers_per_block=1,
            sample_size=16,
            cross_attention_dim=32,
            attention_head_dim=8,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        ),
        scheduler=DDIMScheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.save_pretrained(folder)
    for name in ("vocab.json", "merges.txt"):
        (folder / "tokenizer" / name).write_text((clip / name).read_text())
        (clip / name).unlink()
    clip.rmdir()
    config = {"tokenizer_class": "CLIPTokenizer", "model_max_length": 16, "pad_token": END, "unk_token": END}
    config |= {"bos_token": "<|startoftext|>", "eos_token": END}
    (folder / "tokenizer" / "tokenizer_config.json").write_text(json.dumps(config))
    (folder / "tokenizer" / "tokenizer.json").unlink(missing_ok=True)


if __name__ == "__main__":
    torch.manual_seed(0)
    root = Path(sys.argv[1])
    make_gpt2(root / "acme" / "tiny-gpt2")
    make_diffusion(root / "acme" / "tiny-diffusion")
