"""What libraries say when a GPU is missing, full, too old or out of order; and whose fault that is. Pure."""

from enum import Enum, auto

from verify_snippets.pattern import Pattern

_ABSENT = (
    "Torch not compiled with CUDA enabled",
    "No CUDA GPUs are available",
    "Found no NVIDIA driver",
    "CUDA is not available",
    "no CUDA-capable device is detected",
    "requires a GPU",
    "No GPU found",
    "torch.cuda.is_available() is False",
    "requires accelerator, but not found",
    "cuda not supported. Supported strategies are",
)
_UNSEEN = Pattern(
    r"No CUDA GPUs are available|Found no NVIDIA driver|no CUDA-capable device is detected|"
    r"libcuda\.so(?:\.1)?: cannot open"
)
_OUT_OF_ORDER = Pattern(
    r"NVIDIA driver on your system is too old|driver version is insufficient for CUDA runtime|"
    r"forward compatibility was attempted|system not yet initialized|system has unsupported display driver|"
    r"CUDA unknown error|CUDA error: unknown error|device\(s\) is/are busy or unavailable|"
    r"uncorrectable (?:NVLink |ECC )?error|GPU is lost|fallen off the bus|CUDA driver initialization failed|"
    r"Unexpected error from cudaGetDeviceCount|the provided PTX was compiled with an unsupported toolchain"
)
_OTHER_MODEL = Pattern(
    r"no kernel image is available for execution|is not compatible with the current PyTorch installation|"
    r"only supports? (?:Ampere|Hopper|Blackwell|Ada)\w* GPUs or newer|"
    r"supported on GPUs with compute capability|requires? (?:a GPU with )?compute capability|"
    r"requires? (?:CUDA )?(?:device|GPU)s? with (?:compute )?capability"
)
_MORE_OF_THEM = Pattern(r"invalid device ordinal|device >= 0 && device < num_gpus|Invalid device id")
_FULL = Pattern(
    r"(?:CUDA|HIP) out of memory|CUDA error: out of memory|CUBLAS_STATUS_ALLOC_FAILED|"
    r"cudaErrorMemoryAllocation|CUDA_ERROR_OUT_OF_MEMORY|out of memory on device|"
    r"[Mm]ake sure you have enough GPU RAM"
)
_UNITS = {"bytes": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "KB": 10**3, "MB": 10**6, "GB": 10**9}
_AMOUNT = r"(\d+(?:\.\d+)?) (bytes|[KMG]i?B)"
_ASKED = Pattern(rf"[Tt]ried to allocate {_AMOUNT}")
_HELD = (
    Pattern(rf"this process has {_AMOUNT} memory in use"),
    Pattern(rf"{_AMOUNT} reserved in total by PyTorch"),
)
_ALLOWED = Pattern(rf"{_AMOUNT} allowed")
_MARGIN = 0.9  # a GPU is never full to its last byte: pieces that are too small remain


class Fault(Enum):
    """What is wrong, where an error says that it is not the code."""

    UNSEEN = auto()  # there is no GPU, as far as the libraries see
    OUT_OF_ORDER = auto()  # the driver or the GPU does not work
    OTHER_MODEL = auto()  # the code or the libraries want a newer GPU, or an older one
    MORE_OF_THEM = auto()  # the code wants more GPUs


def only_lacks_gpu(message: str) -> bool:
    """Whether an exception says that there is no GPU, and nothing else."""
    small = message.lower()
    return any(sign.lower() in small for sign in _ABSENT)


def fault_of(message: str) -> Fault | None:
    """What an exception says is wrong with the GPU that was given; None where it speaks of the code."""
    signs = (
        (_OUT_OF_ORDER, Fault.OUT_OF_ORDER),  # first: some of these errors name the others' as well
        (_OTHER_MODEL, Fault.OTHER_MODEL),
        (_MORE_OF_THEM, Fault.MORE_OF_THEM),
        (_UNSEEN, Fault.UNSEEN),
    )
    return next((fault for sign, fault in signs if sign.search(message)), None)


def is_full(message: str) -> bool:
    """Whether an exception says that a GPU has no memory left."""
    return bool(_FULL.search(message))


def asked_for(message: str) -> str:
    """How much a snippet asked for when a GPU's memory was full, as its library writes it; else empty."""
    found = _ASKED.search(message)
    return f"{found[1]} {found[2]}" if found else ""


def others_took_it(message: str, limit_bytes: int) -> bool:
    """Whether what was asked for, with all that the process held, is well within its limit.

    Then other programs on this host have filled the GPU.

    Args:
        message: of an exception that says that the memory is full.
        limit_bytes: what the process was promised of one GPU.
    """
    asked = _bytes(_ASKED, message)
    held = next((amount for sign in _HELD if (amount := _bytes(sign, message)) is not None), None)
    if asked is None or held is None or _ALLOWED.search(message):
        return False
    return asked + held < limit_bytes * _MARGIN


def _bytes(sign: Pattern, message: str) -> float | None:
    found = sign.search(message)
    return float(found[1]) * _UNITS[found[2]] if found else None
