"""What single sentences claim, and what they don't."""

import pytest

from verify_snippets.claims import Claim, read_claims

Wanted = set[tuple[str, float | str | bool, str]]


def _said(text: str) -> set[tuple[str, float | str | bool, str]]:
    return {(claim.kind.value, claim.value, claim.scope.value) for claim in _claims(text)}


def _claims(text: str) -> tuple[Claim, ...]:
    return read_claims(text, (), {})


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("At least 16 GB of VRAM are required.", {("vram", 16, "inference")}),
        ("32GB RAM and 20 GB of disk space.", {("ram", 32, "inference"), ("disk_size", 20, "inference")}),
        ("It fits on a 24 GB card.", {("vram", 24, "inference")}),
        (
            "Needs 8 GB VRAM or 2 CPU cores, 16 GB.",
            {("vram", 8, "inference"), ("ram", 16, "inference")},
        ),
        ("It runs on 4 vCPUs with 16 GB.", {("ram", 16, "inference")}),
        ("Tested with 8 cores and 24 GB of GPU memory.", {("vram", 24, "inference")}),
        (
            "An A10G with 9,216 CUDA cores, 24 GB.",
            {("gpu_model", "A10G", "inference"), ("vram", 24, "inference")},
        ),
        ("Only 1,5 Go de mémoire GPU.", {("vram", 1.5, "inference")}),
        ("Runs on 2x A100 80GB.", {("gpu_count", 2, "inference"), ("gpu_model", "A100 80GB", "inference")}),
        ("4 x 8 x A100 GPUs", {("gpu_count", 32, "inference"), ("gpu_model", "A100", "inference")}),
        ("Tested on an H100 or A100.", {("gpu_model", "H100 or A100", "inference")}),
        ("We used a TPU v3-8 for training.", {("gpu_model", "TPU v3-8", "training")}),
        ("It runs on GPUs and on any modern CPU.", {("cpu_ok", True, "inference")}),
        ("This requires a GPU.", {("cpu_ok", False, "inference")}),
        (
            "It can be executed on a V100 GPU or CPU.",
            {("gpu_model", "V100", "inference"), ("cpu_ok", True, "inference")},
        ),
        ("本地推理，CPU/GPU 均可。", {("cpu_ok", True, "inference")}),
        ("It supports fast CPU inference.", {("cpu_ok", True, "inference")}),
        ("# Tiny\n\n## Requirements\n\n- A CUDA-capable GPU", {("cpu_ok", False, "inference")}),
        ("Each call is processed on a single CPU core.", {("cpu_ok", True, "inference")}),
        ("A 4-bit version of the base model.", {("dtype", "4-bit", "inference")}),
        ("It is a native INT8 quantization model.", {("dtype", "INT8", "inference")}),
        (
            "Use the int8 quantized model or run in bf16.",
            {("dtype", "int8", "inference"), ("dtype", "bf16", "inference")},
        ),
        ("权重经过 int8 的量化。", {("dtype", "int8", "inference")}),
        ("We release it (FP16 / GGUF).", {("dtype", "FP16", "inference")}),
        ("Runs on a MacBook Pro (M3 Max).", {("gpu_model", "Apple M3 Max", "inference")}),
        ("Tested on an 8GB M1 Mac.", {("gpu_model", "Apple M1", "inference"), ("ram", 8, "inference")}),
        (
            "Runs on 2 NVIDIA 3090 GPUs.",
            {("gpu_model", "NVIDIA 3090", "inference"), ("gpu_count", 2, "inference")},
        ),
        ("在 A100 和 H100 上测试。", {("gpu_model", "A100, H100", "inference")}),
        (
            "可在单块消费级 H100 显卡上运行。",
            {("gpu_model", "H100", "inference"), ("gpu_count", 1, "inference")},
        ),
        ("Runs `acme-sft` on an A100.", {("gpu_model", "A100", "inference")}),
        ("# The best model on a single GPU", {("gpu_count", 1, "inference")}),
        ("Weights are stored in bfloat16.", {("dtype", "bfloat16", "inference")}),
        ("Load it in float16 precision, not float32.", {("dtype", "float16", "inference")}),
        (
            "It comes with 1.5B and 72B parameters.",
            {("parameters", 1.5, "inference"), ("parameters", 72, "inference")},
        ),
        ("它有 30 亿参数。", {("parameters", 3, "inference")}),
        ("The context length grew from 4K to 64K.", {("context_length", 64, "inference")}),
        ("Longer texts are truncated to 512 tokens.", {("context_length", 512, "inference")}),
        ("It has a million-token context window.", {("context_length", 1, "inference")}),
        ("支持百万词元上下文。", {("context_length", 1, "inference")}),
        (
            "Context length: 8,192 natively and 32,768 tokens with scaling.",
            {("context_length", 8192, "inference"), ("context_length", 32768, "inference")},
        ),
        ("It handles up to 12k+ input tokens.", {("context_length", 12, "inference")}),
        ("Acme-XL (4.3B) is our best.", {("parameters", 4.3, "inference")}),
        (
            "It has two models (1.3B and 14B).",
            {("parameters", 1.3, "inference"), ("parameters", 14, "inference")},
        ),
        ("We are releasing the 2B chat variant.", {("parameters", 2, "inference")}),
        ("面向端侧的 1B 稠密模型。", {("parameters", 1, "inference")}),
        (
            "| Model | Layers |\n|---|---|\n| 1.7B | 24 |\n| 3B | 32 |",
            {("parameters", 1.7, "inference"), ("parameters", 3, "inference")},
        ),
        ("It reaches 120 tokens/s.", {("throughput", 120, "inference")}),
        ("Loading takes 12 s.", {("latency", 12, "inference")}),
        (
            "Generation time:\n\n| GPU | 512x512 |\n|---|---|\n| small | about 45 s (1.75 s/it) |",
            {("latency", 45, "inference"), ("latency", 1.75, "inference")},
        ),
        ("Training took 1.5M GPU hours.", {("latency", 1_500_000, "training")}),
        ("Requires Python 3.8 or above.", {("python_version", "3.8", "inference")}),
        ("Needs cuDNN 8+.", {("library_version", "8", "inference")}),
        ("请安装 CUDA 12 以上。", {("library_version", "12", "inference")}),
        ("It was tested on libogg 1.3.5.", {("library_version", "1.3.5", "inference")}),
        ("Use the tinyrun package 0.4.2+.", {("library_version", "0.4.2", "inference")}),
        ("It needs GLIBC_2.35.", {("library_version", "2.35", "inference")}),
        (
            "Works with Python 3.9-3.12.",
            {("python_version", "3.9", "inference"), ("python_version", "3.12", "inference")},
        ),
        (
            "Use PyTorch 2.0+ and CUDA 12.4.",
            {("library_version", "2.0", "inference"), ("library_version", "12.4", "inference")},
        ),
    ],
)  # fmt: skip
def test_a_claim_is_read(text: str, wanted: Wanted) -> None:
    assert _said(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "The corpus holds 32 GB of text.",
        "It was trained on 30-second inputs.",
        "Runs on a mean input length of 7 seconds.",
        "时间是9月5日12时52分。",
        "| Model | Duration |\n|---|---|\n| Ours | 5s |",
        "If you use torch>=2.0, delete this line.",
        "For CUDA 11.8: use the other image.",
        "**Paper:** Scaling Tiny Models to 128K Context",
        "序列长度为 256K 令牌时，速度更快。",
        "The 3B model is slower here.",
        "Layers are moved between CPU and GPU when running.",
        "Convert the model to FP16 format.",
        "It doesn't support older cards such as the V100.",
        "# Tiny\n\n## Single GPU",
        "<summary>Loading it in half precision</summary>",
        "| Precision | Score |\n|---|---|\n| BF16 | 40.1 |\n| INT8 | 39.2 |",
        "The memory bandwidth is 2 TB/s.",
        "Clips of 30 seconds of audio at 16 kHz.",
        "It was trained on 960 hours of English speech.",
        "It is 2x faster and scores 61.3 on MMLU.",
        "Llama-2-7B and Qwen2.5-72B-Instruct are the bases.",
        "pip install transformers==4.37.0",
        "If you don't have an A100, wait.",
        "Images are 512x512, the batch size is 256.",
        "See the Apache License, Version 2.0.",
        "Released on 2024-05-17, see issue 4096.",
        "<!-- needs 16 GB of VRAM -->",
    ],
)
def test_no_claim_is_read_into_it(text: str) -> None:
    assert _claims(text) == ()


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("The model was trained on 8 H100 GPUs.", "training"),
        ("## Training\n\nWe used 8 H100 GPUs.", "training"),
        ("## Environmental Impact\n\n- Hardware: 8 H100 GPUs", "training"),
        ("## Training\n\nFor inference, 8 H100 GPUs are enough.", "inference"),
        ("# Fine-tuned Heron\n\nRuns on 8 H100 GPUs.", "inference"),
        ("This pre-trained model runs on 8 H100 GPUs.", "inference"),
        ("微调需要 8 张 H100。", "training"),
        ("推理需要 8 张 H100。", "inference"),
        ("Das Modell wurde auf 8 H100 trainiert.", "training"),
        ("Модель обучалась на 8 H100.", "training"),
    ],
)
def test_training_hardware_is_no_need_for_inference(text: str, scope: str) -> None:
    claims = [claim for claim in _claims(text) if claim.kind.value in {"gpu_model", "gpu_count"}]
    assert {claim.scope.value for claim in claims} == {scope}
    assert len(claims) == 2


@pytest.mark.parametrize(
    ("text", "comparator"),
    [
        ("needs at least 8 GB of VRAM", ">="),
        ("needs 8 GB of VRAM", ">="),
        ("needs about 8 GB of VRAM", "~"),
        ("runs within 8 GB of VRAM", "<="),
        ("needs only 8 GB of VRAM", "<="),
        ("uses less than 8 GB of VRAM", "<="),
        ("8 GB of VRAM or more", "~"),
        ("需要 8 GB 以上的显存", ">="),
        ("bis zu 8 GB Grafikspeicher", "<="),
    ],
)
def test_how_a_number_is_meant(text: str, comparator: str) -> None:
    (claim,) = _claims(text)
    assert claim.comparator.value == comparator
