"""A run's own name, note and star: kept beside it, and never in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from composer.errors import BadInput
from composer.training.labels import LABELS, Labels, read_labels, write_labels
from composer.training.run import Run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    (tmp_path / "one").mkdir()
    return Run(tmp_path / "one")


def test_what_is_said_comes_back(run: Run) -> None:
    kept = write_labels(run, Labels(" My\n first  run ", " Too loud.\nBut nice. ", True))
    assert kept == Labels("My first run", "Too loud.\nBut nice.", True) == read_labels(run)
    assert [path.name for path in run.folder.iterdir()] == [LABELS]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[1]", b"7", b'{"name": 5}', b'{"starred": "yes"}', b'{"nom": "x"}', b"[" * 100_000],
)
def test_a_damaged_file_says_nothing(run: Run, content: bytes) -> None:
    (run.folder / LABELS).write_bytes(content)
    assert read_labels(run) == Labels()


@pytest.mark.parametrize("labels", [Labels(name="x" * 61), Labels(note="x" * 2001)])
def test_what_is_too_long_is_refused_and_nothing_changes(run: Run, labels: Labels) -> None:
    write_labels(run, Labels("before"))
    with pytest.raises(BadInput, match="too long"):
        write_labels(run, labels)
    assert read_labels(run) == Labels("before")


def test_a_deleted_run_is_not_made_anew(run: Run) -> None:
    run.folder.rmdir()
    with pytest.raises(BadInput, match="no longer there"):
        write_labels(run, Labels("ghost"))
    assert not run.folder.exists()
