"""Sample files that stand in for what a reader would supply: a picture, a sound, a text.

Made of the standard library alone, the same bytes each time.
"""

import io
import math
import struct
import wave
import zlib
from enum import StrEnum
from pathlib import Path, PurePosixPath

from snippet_images import paths
from snippet_images.errors import InfrastructureError

SIDE = 224  # pixels: what most vision models resize to
SAMPLE_RATE_HZ = 16_000
DURATION_S = 3.0
TONE_HZ = 440.0


class Sample(StrEnum):
    """A kind of sample file; its value is the file's name."""

    PNG = "sample.png"
    JPEG = "sample.jpg"
    WAV = "sample.wav"
    TEXT = "sample.txt"

    @property
    def file_name(self) -> str:
        """The name of the file, with the ending that libraries go by."""
        return self.value

    @staticmethod
    def of(ending: str) -> "Sample | None":
        """The sample for files of an ending without its dot; None if there is no certain one."""
        return _OF_ENDING.get(ending.lower())

    def content(self) -> bytes:
        """What is in the file."""
        match self:
            case Sample.PNG:
                return _png()
            case Sample.JPEG:
                return _jpeg()
            case Sample.WAV:
                return _wav()
            case Sample.TEXT:
                return _TEXT.encode()


_OF_ENDING = {
    "png": Sample.PNG,
    "jpg": Sample.JPEG,
    "jpeg": Sample.JPEG,
    "wav": Sample.WAV,
    "txt": Sample.TEXT,
}
_TEXT = (
    "The lighthouse stands on a rock in the bay. Every evening its keeper climbs the stairs and lights\n"
    "the lamp, so that the fishing boats find their way home.\n"
)


def kept() -> Path:
    """The folder of this host that holds every sample; written where it isn't there yet.

    Raises:
        InfrastructureError: it can't be written.
    """
    folder = paths.cache_dir() / "samples"
    try:
        if not all((folder / sample.file_name).exists() for sample in Sample):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o755)  # the container's user is not ours
            for path in write(folder).values():
                path.chmod(0o644)
    except OSError as error:
        raise InfrastructureError(
            f"the sample files can't be written: {error}", hint="look at the disk"
        ) from error
    return folder


def write(folder: Path) -> dict[PurePosixPath, Path]:
    """Write every sample into a folder of the host; gives each file by its name.

    Raises:
        OSError: if the folder can't be written.
    """
    written: dict[PurePosixPath, Path] = {}
    for sample in Sample:
        path = folder / sample.file_name
        path.write_bytes(sample.content())
        written[PurePosixPath(sample.file_name)] = path
    return written


def _png() -> bytes:
    """A gradient in colour, 8 bits a channel (PNG specification, https://www.w3.org/TR/png-3/).

    Red grows to the right, green downwards, blue upwards; each row is written as the differences
    between neighbours (filter 1).
    """
    rows = b"".join(bytes([1, 0, y, 255 - y]) + bytes([1, 0, 0]) * (SIDE - 1) for y in range(SIDE))
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _jpeg() -> bytes:
    """A picture of one grey, in three channels (baseline JPEG, ITU-T T.81).

    In 8x8 blocks of the middle grey every coefficient is 0: each block is the code for "no difference
    in brightness" and the code for "end of block". With one code in each table, both are the bit 0.
    """
    table = bytes([1]) + bytes(15) + bytes([0])  # one code, of one bit, for the value 0
    components = b"".join(bytes([number, 0x11, 0]) for number in (1, 2, 3))
    segments = (
        (0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
        (0xDB, bytes([0]) + bytes([1] * 64)),
        (0xC0, struct.pack(">BHHB", 8, SIDE, SIDE, 3) + components),
        (0xC4, bytes([0x00]) + table),
        (0xC4, bytes([0x10]) + table),
        (0xDA, bytes([3, 1, 0, 2, 0, 3, 0, 0, 63, 0])),
    )
    blocks = (SIDE // 8) ** 2
    bits = blocks * 3 * 2
    scan = bytes(bits // 8) + (bytes([(1 << (8 - bits % 8)) - 1]) if bits % 8 else b"")
    marked = b"".join(struct.pack(">BBH", 0xFF, kind, len(data) + 2) + data for kind, data in segments)
    return b"\xff\xd8" + marked + scan + b"\xff\xd9"


def _wav() -> bytes:
    """A tone of 440 Hz at half the volume: mono, 16 bits, 16 kHz, which speech models take."""
    count = int(SAMPLE_RATE_HZ * DURATION_S)
    step = 2 * math.pi * TONE_HZ / SAMPLE_RATE_HZ
    frames = struct.pack(f"<{count}h", *(int(16_000 * math.sin(step * n)) for n in range(count)))
    stream = io.BytesIO()
    with wave.open(stream, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes(frames)
    return stream.getvalue()
