"""A person's datasets are kept, found, renamed and deleted like files on a shelf."""

from __future__ import annotations

from pathlib import Path

import pytest

from composer.data.own.assembling import Assembly, assemble
from composer.data.own.library import delete, rename, save, slug
from composer.data.own.parts import LAYOUTS
from composer.data.own.portrait import portrait
from composer.data.registry import SOURCES, find_source, sources
from composer.errors import BadInput
from tests.data.own.files import songs


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMPOSER_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def assembly() -> Assembly:
    return assemble(songs(10), LAYOUTS["band"])


def test_what_is_saved_is_a_dataset_like_any_other(assembly: Assembly) -> None:
    source = save("  My  Jazz ", assembly)
    assert (source.name, source.title, source.part_names) == ("my-jazz", "My Jazz", LAYOUTS["band"].parts)
    assert list(sources()) == [*SOURCES, "my-jazz"]
    dataset = find_source("my-jazz").load()
    assert [piece.name for piece in dataset.pieces] == [f"song-{n:02d}" for n in range(10)]
    assert all((a.music.notes == b.music.notes).all() for a, b in zip(dataset.pieces, assembly.pieces, strict=True))
    assert {len(dataset.rolls(split)) for split in ("valid", "test")} == {1}
    assert "10 pieces, 120 bars" in source.summary and source.terms.endswith(".")


def test_it_is_found_by_its_title_too(assembly: Assembly) -> None:
    save("My Jazz", assembly)
    assert find_source("my JAZZ").name == "my-jazz"


@pytest.mark.parametrize("title", ["My Jazz", "my jazz", "MY-JAZZ", "chorales", "Bach Chorales"])
def test_a_name_is_given_once(assembly: Assembly, title: str) -> None:
    save("My jazz", assembly)
    with pytest.raises(BadInput, match="already a dataset called"):
        save(title, assembly)


@pytest.mark.parametrize(("title", "words"), [("", "needs a name"), (" \n", "needs a name"), ("x" * 61, "too long")])
def test_a_name_must_be_usable(assembly: Assembly, title: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        save(title, assembly)


def test_any_alphabet_and_any_path_make_a_safe_file(home: Path, assembly: Assembly) -> None:
    for title in ("音楽", "../../x", "日本 mix", "Ça va"):
        save(title, assembly)
    files = {path.name for path in (home / "datasets" / "own").iterdir()}
    assert len(files) == 4 and {"x.safetensors", "ca-va.safetensors"} <= files
    assert {source.title for source in sources().values()} >= {"音楽", "../../x", "日本 mix", "Ça va"}
    assert slug("音楽") != slug("日本")


def test_too_little_is_not_kept() -> None:
    with pytest.raises(BadInput, match="please add 6 more pieces and 40 more bars"):
        save("Small", assemble(songs(2), LAYOUTS["band"]))


def test_renaming_changes_the_title_and_leaves_the_music(assembly: Assembly) -> None:
    source = save("Old", assembly)
    before = source.load().fingerprint
    rename(source, "New")
    found = find_source("old")
    assert found.title == "New" and found.load().fingerprint == before and found.part_names == source.part_names
    rename(found, "new")
    with pytest.raises(BadInput, match="already a dataset"):
        save("new", assembly)
    with pytest.raises(BadInput, match="already a dataset"):
        rename(find_source("old"), "chorales")


def test_deleting_is_for_good_and_frees_the_name(assembly: Assembly) -> None:
    delete(save("Gone", assembly))
    assert list(sources()) == list(SOURCES)
    save("Gone", assembly)


def test_what_comes_with_the_program_stays() -> None:
    for change in (lambda: delete(find_source("chorales")), lambda: rename(find_source("chorales"), "x")):
        with pytest.raises(BadInput, match="comes with the studio"):
            change()


def test_damaged_files_are_passed_over_or_said(home: Path, assembly: Assembly) -> None:
    source = save("Good", assembly)
    (home / "datasets" / "own" / "bad.safetensors").write_bytes(b"rubbish")
    assert list(sources()) == [*SOURCES, "good"]
    source.path.write_bytes(source.path.read_bytes()[:-50])
    with pytest.raises(BadInput, match="damaged or gone"):
        source.load()


def test_portrait_counts_what_there_is(assembly: Assembly) -> None:
    found = portrait(assembly.pieces, assembly.layout.parts)
    assert (found.pieces, found.bars, found.windows) == (10, 120, 30)
    assert found.splits == {"train": 8, "valid": 1, "test": 1}
    assert sum(found.keys.values()) == 10 and found.notes == found.pitches.sum() == 10 * (96 + 48 + 144 + 48)
    assert found.pitches[assembly.layout.parts.index("Drums"), 36] == 480
