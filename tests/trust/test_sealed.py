"""A sealed file comes back as it was, from any place, and says so when it cannot."""

from __future__ import annotations

import io
import random

import pytest

from samhandla.trust.sealed import HEADER, PIECE, TAG, Damaged, OtherKey, SealedReader, Sealer, is_sealed

SECRET, BOUND = "en hemlighet", "file of batch 1"


def sealed(content: bytes, step: int = 70_001) -> bytes:
    out = io.BytesIO()
    sealer = Sealer(out, SECRET, bound_to=BOUND)
    for start in range(0, len(content), step):
        sealer.write(content[start : start + step])
    sealer.finish()
    return out.getvalue()


def opened(data: bytes, secret: str = SECRET, bound: str = BOUND) -> SealedReader:
    return SealedReader(io.BytesIO(data), secret, bound_to=bound)


@pytest.mark.parametrize("length", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 17])
def test_what_was_sealed_comes_back(length):
    content = random.Random(length).randbytes(length)
    data = sealed(content)
    assert is_sealed(data)
    assert not is_sealed(content[:8])
    reader = opened(data)
    assert reader.size == length
    assert io.BufferedReader(reader).read() == content


def test_any_place_can_be_read():
    content = random.Random(3).randbytes(2 * PIECE + 500)
    reader = io.BufferedReader(opened(sealed(content)))
    for place, length in ((PIECE - 3, 9), (0, 4), (2 * PIECE + 490, 100), (PIECE, 1)):
        reader.seek(place)
        assert reader.read(length) == content[place : place + length]
    reader.seek(-5, io.SEEK_END)
    assert reader.read() == content[-5:]


def test_memory_holds_one_piece_whatever_the_size():
    class Sink(io.BytesIO):
        largest = 0

        def write(self, data):
            self.largest = max(self.largest, len(data))
            return len(data)

    sink = Sink()
    sealer = Sealer(sink, SECRET, bound_to=BOUND)
    for _ in range(40):
        sealer.write(b"x" * PIECE)
        assert len(sealer._waiting) <= PIECE
    sealer.finish()
    assert sink.largest == PIECE + TAG


def test_another_key_is_told_apart_from_damage():
    with pytest.raises(OtherKey, match="en annan nyckel"):
        opened(sealed(b"Alma"), secret="en annan")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:-1],
        lambda data: data[: HEADER + PIECE + TAG],  # cut where a piece ends
        lambda data: data[:-3] + b"abc",
        lambda data: data[:HEADER] + data[HEADER + PIECE + TAG :],
        lambda data: data[: HEADER - 2],
        lambda data: data[:HEADER],
        lambda data: b"id;namn\n1;Alma\n",
    ],
)
def test_what_is_cut_changed_or_no_sealed_file_is_refused(spoil):
    data = spoil(sealed(random.Random(5).randbytes(2 * PIECE)))
    with pytest.raises(Damaged, match="skadat"):
        io.BufferedReader(opened(data)).read()


def test_a_file_moved_to_another_batch_is_refused():
    with pytest.raises(Damaged):
        opened(sealed(b"Alma"), bound="file of batch 2").read()
