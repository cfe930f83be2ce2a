"""What a person brings is gone through safely: the good is read, the rest is refused with its reason."""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from composer.data.own import archive
from composer.data.own.archive import Entry, open_files, open_path
from composer.errors import BadInput
from tests.data.own.files import zipped

GOOD = {"a.mid": b"MThd one", "deep/b.MIDI": b"MThd two"}


def opened(data: bytes, name: str = "music.zip") -> dict[str, Entry]:
    return {entry.name: entry for entry in open_files([(name, io.BytesIO(data))])}


def test_files_of_a_zip_come_with_their_bytes_and_hidden_ones_do_not_come() -> None:
    found = opened(zipped({**GOOD, "__MACOSX/._a.mid": b"x", ".DS_Store": b"x", "deep/.b.mid": b"x"}))
    assert {name: entry.data for name, entry in found.items()} == GOOD
    assert not any(entry.refusal for entry in found.values())


def test_what_is_not_music_is_refused_and_the_rest_kept() -> None:
    found = opened(zipped({**GOOD, "notes.txt": b"hello", "cover.jpg": b"x"}))
    assert found["notes.txt"].refusal == found["cover.jpg"].refusal == "It is not a MIDI, MusicXML or .npz file."
    assert found["a.mid"].data == GOOD["a.mid"]


@pytest.mark.parametrize(
    "name", ["../../evil.mid", "/etc/evil.mid", "a/../../evil.mid", "C:\\evil.mid", "..\\evil.mid"]
)
def test_a_path_that_leads_out_is_refused(name: str) -> None:
    found = opened(zipped({name: b"MThd", **GOOD}))
    assert [entry.refusal for entry in found.values() if entry.name not in GOOD] == [
        "Its path leads out of the zip, which isn't safe."
    ]
    assert found["a.mid"].data


def test_a_link_in_a_zip_is_refused() -> None:
    found = opened(zipped({"link.mid": b"/etc/passwd"}, external_attr=(stat.S_IFLNK | 0o777) << 16))
    assert found["link.mid"].refusal == "It is a link, and links are not followed."


def test_a_zip_in_a_zip_is_refused() -> None:
    found = opened(zipped({"inner.zip": zipped(GOOD), **GOOD}))
    assert "A zip inside another" in found["inner.zip"].refusal and found["a.mid"].data


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    found = opened(zipped({"bomb.mid": bytes(5_000_000), **GOOD}))
    assert "200 times" in found["bomb.mid"].refusal and not found["bomb.mid"].data and found["a.mid"].data


def test_a_size_that_lies_does_not_help_a_bomb() -> None:
    data = bytearray(zipped({"bomb.mid": os.urandom(100) + bytes(30_000_000)}))
    real = struct.pack("<L", 30_000_100)
    lied = bytes(data).replace(real, struct.pack("<L", 90_000))
    assert lied != bytes(data)
    entry = opened(lied)["bomb.mid"]
    assert entry.refusal and len(entry.data) == 0


def test_a_locked_zip_is_refused_file_by_file() -> None:
    data = bytearray(zipped({"a.mid": b"MThd"}))
    place = data.index(b"PK\x01\x02")
    data[6] |= 1
    data[place + 8] |= 1
    assert "password" in opened(bytes(data))["a.mid"].refusal


def test_too_many_entries_are_refused_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_ENTRIES", 20)
    data = zipped({f"{number}.mid": b"" for number in range(60)})
    assert list(opened(data)) == ["music.zip"] and "more than 10,000 files" in opened(data)["music.zip"].refusal


@pytest.mark.slow
def test_a_hundred_thousand_tiny_entries_are_refused_at_once() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as writer:
        for number in range(100_000):
            writer.writestr(f"{number}.mid", b"")
    assert "more than 10,000 files" in opened(out.getvalue())["music.zip"].refusal


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip at all", zipped(GOOD)[:-30]])
def test_a_damaged_zip_is_one_refused_entry(data: bytes) -> None:
    found = opened(data)
    assert list(found) == ["music.zip"] and "damaged" in found["music.zip"].refusal


def test_a_damaged_entry_spoils_only_itself() -> None:
    data = bytearray(zipped({"a.mid": os.urandom(5000), "b.mid": b"MThd"}))
    data[200:220] = bytes(20)
    found = opened(bytes(data))
    assert "damaged" in found["a.mid"].refusal and found["b.mid"].data == b"MThd"


def test_after_the_total_nothing_more_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_TOTAL_BYTES", 10)
    found = opened(zipped({"a.mid": b"12345678", "b.mid": b"12345678"}))
    assert found["a.mid"].data and "came before it" in found["b.mid"].refusal


def test_a_large_file_is_refused_unread() -> None:
    class Large(io.BytesIO):
        def seek(self, place: int, whence: int = 0) -> int:
            return 50_000_000 if whence == os.SEEK_END else super().seek(place, whence)

        def read(self, size: int | None = -1) -> bytes:
            raise AssertionError("it was read")

    [entry] = open_files([("a.mid", Large())])
    assert entry.refusal == "It is larger than 10 MB."


def test_a_folder_is_read_below_too_without_following_links(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.mid").write_bytes(b"MThd")
    (tmp_path / "a.mid").symlink_to("/etc/passwd")
    (tmp_path / "round").symlink_to(tmp_path)
    found = {entry.name: entry for entry in open_path(tmp_path)}
    assert found["deep/b.mid"].data == b"MThd"
    assert "link" in found["a.mid"].refusal and "link" in found["round"].refusal and len(found) == 3


def test_shares_rise_to_the_end() -> None:
    files = [("a.mid", io.BytesIO(b"MThd")), ("b.zip", io.BytesIO(zipped(GOOD)))]
    shares = [entry.share for entry in open_files(files)]
    assert shares == sorted(shares) and shares[-1] == 1.0 and len(shares) == 3


def test_nothing_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="nothing at"):
        list(open_path(tmp_path / "missing"))
