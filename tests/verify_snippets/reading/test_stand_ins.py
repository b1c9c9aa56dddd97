"""What stands in for a placeholder, and what is left for the reader."""

import io
import struct
import wave
import zlib
from pathlib import Path, PurePosixPath

import pytest

from verify_snippets import samples
from verify_snippets.samples import Sample
from verify_snippets.stand_ins import Filled, fill_with_samples

FOLDER = PurePosixPath("/samples")


def _fill(code: str, *placeholders: str) -> Filled | None:
    return fill_with_samples(code, placeholders, "acme/tiny", folder=FOLDER)


@pytest.mark.parametrize(
    ("code", "placeholder", "sample"),
    [
        ("Image.open('path/to/a.jpg')", "path/to/a.jpg", Sample.JPEG),
        ("image = cv2.imread('a.png', 1)", "a.png", Sample.PNG),
        ("audio, rate = librosa.load('your.wav', sr=16000)", "your.wav", Sample.WAV),
        ("text = open('input.txt').read()", "input.txt", Sample.TEXT),
        ("text = open('input.txt', 'rb').read()", "input.txt", Sample.TEXT),
        ("path = 'a.wav'\nx = sf.read(path)\ny = load_audio(path)", "a.wav", Sample.WAV),
    ],
)
def test_a_file_that_is_only_read(code: str, placeholder: str, sample: Sample) -> None:
    path = FOLDER / sample.file_name
    assert _fill(code, placeholder) == Filled(
        code=code.replace(placeholder, str(path)),
        stand_ins={placeholder: str(path)},
        samples={path: sample},
    )


@pytest.mark.parametrize(
    ("code", "placeholder"),
    [
        ("open('out.txt', 'w').write('a')", "out.txt"),
        ("open('out.txt', mode)", "out.txt"),
        ("image.save('a.png')", "a.png"),
        ("path = 'a.png'\nx = Image.open(path)\nx.save(path)", "a.png"),
        ("path = 'a.png'\nx = Image.open(path)\nprint(path)", "a.png"),
        ("path = 'a.png'\npath = 'b.png'\nImage.open(path)", "a.png"),
        ("path = 'a.png'", "a.png"),
        ("Image.open('a.png')\n# a.png is yours", "a.png"),
        ("load('model.safetensors')", "model.safetensors"),
        ("librosa.load('a.mp3')", "a.mp3"),
        ("Image.open('a.png'", "a.png"),
    ],
)
def test_a_file_that_may_be_anything_else(code: str, placeholder: str) -> None:
    assert _fill(code, placeholder) is None


def test_a_model_and_a_file() -> None:
    filled = _fill("p = pipeline(model='your-model')\np(Image.open('a.png'))", "your-model", "a.png")
    assert filled is not None
    assert filled.code == "p = pipeline(model='acme/tiny')\np(Image.open('/samples/sample.png'))"


def test_one_placeholder_may_be_part_of_another() -> None:
    filled = _fill("load_image('a.png')\nload_image('x/a.png')", "a.png", "x/a.png")
    assert filled is None or "x/" not in filled.code


def test_one_open_placeholder_leaves_all_open() -> None:
    assert _fill("login('hf_xxx')\nImage.open('a.png')", "hf_xxx", "a.png") is None


def test_the_picture_is_a_png() -> None:
    content = Sample.PNG.content()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", content[16:24])
    start = content.index(b"IDAT")
    (length,) = struct.unpack(">I", content[start - 4 : start])
    rows = zlib.decompress(content[start + 4 : start + 4 + length])
    assert len(rows) == height * (1 + 3 * width)
    assert (
        zlib.crc32(content[start : start + 4 + length])
        == struct.unpack(">I", content[start + 4 + length : start + 8 + length])[0]
    )


def test_the_photograph_has_the_segments_of_a_jpeg() -> None:
    content = Sample.JPEG.content()
    assert content.startswith(b"\xff\xd8\xff\xe0")
    assert content.endswith(b"\xff\xd9")
    position, kinds = 2, []
    while (kind := content[position + 1]) != 0xDA:
        kinds.append(kind)
        position += 2 + int.from_bytes(content[position + 2 : position + 4], "big")
    assert kinds == [0xE0, 0xDB, 0xC0, 0xC4, 0xC4]


def test_the_sound_is_heard() -> None:
    with wave.open(io.BytesIO(Sample.WAV.content())) as file:
        assert (file.getnchannels(), file.getframerate()) == (1, samples.SAMPLE_RATE_HZ)
        assert file.getnframes() == samples.SAMPLE_RATE_HZ * samples.DURATION_S
        assert max(file.readframes(100)) > 0


def test_all_are_written(tmp_path: Path) -> None:
    written = samples.write(tmp_path)
    assert {path.name for path in written} == {sample.file_name for sample in Sample}
    assert all(path.read_bytes() for path in written.values())
    assert Sample.of("PNG") is Sample.PNG
    assert Sample.of("mp3") is None
