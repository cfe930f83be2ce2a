"""The wheel: carries the whole app, and works where there is no checkout."""

from __future__ import annotations

import email
import os
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import mido
import pytest

import composer
from tests.terminal import free_port, start_in_terminal

ROOT = Path(__file__).resolve().parent.parent
MELODY = [(60, 1.0), (62, 0.5), (64, 0.5), (65, 1.0), (67, 1.0), (64, 2.0), (62, 1.0), (60, 1.0)]
"""MIDI pitch and quarter notes of each note of a two-bar tune."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout with the hatchling that is installed here."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts folder of an environment with the wheel, and of this environment only what it requires.

    The requirements come by a .pth file, which does not lead on to the link to the checkout that lies beside them.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=os.name != "nt")
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    pip = [sys.executable, "-m", "pip", "--python", str(scripts / "python"), "--quiet", "install"]
    subprocess.run([*pip, "--no-deps", "--no-index", str(wheel)], check=True)
    places = sysconfig.get_paths(vars={"base": str(folder), "platbase": str(folder)})
    Path(places["purelib"], "requirements.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    return scripts


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder outside the checkout to run in, as HOME and COMPOSER_HOME too, and no PYTHONPATH."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("COMPOSER_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PYTHONPATH", raising=False)
    return tmp_path


def write_melody(path: Path) -> None:
    """Writes MELODY as a MIDI file of one track at 480 ticks a quarter note."""
    track = mido.MidiTrack()
    for pitch, quarters in MELODY:
        track.append(mido.Message("note_on", note=pitch, velocity=80))
        track.append(mido.Message("note_off", note=pitch, time=round(quarters * 480)))
    mido.MidiFile(ticks_per_beat=480, tracks=[track]).save(path)


def pitches(track: mido.MidiTrack) -> list[int]:
    """MIDI pitches in the order in which they sound."""
    return [event.note for event in track if event.type == "note_on" and event.velocity > 0]


def test_wheel_carries_the_app(wheel: Path) -> None:
    tracked = subprocess.run(["git", "-C", str(ROOT), "ls-files"], capture_output=True, text=True, check=False)
    if tracked.returncode:
        pytest.skip("this is no git checkout, so there is no list of what belongs to it")
    files = tracked.stdout.splitlines()
    app = {f"composer/_app/{file}" for file in files if re.match(r"streamlit_app|pages/|assets/|\.streamlit/c", file)}
    code = {file for file in files if file.startswith("composer/")}
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert "composer/_app/streamlit_app.py" in app
    assert (app | code) - names == set()
    assert {name.split("/")[0] for name in names} == {"composer"}
    assert not any("__pycache__" in name for name in names)


def test_wheel_says_what_it_is(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    about = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    facts = email.message_from_bytes(archive.read(about))
    pins = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if re.match(r"\w", line)]
    assert facts["Version"] == composer.__version__
    needed = [line for line in facts.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert sorted(needed) == sorted(pins)
    assert facts.get_all("Provides-Extra") == ["singing", "tensorboard"]


def test_changelog_begins_with_this_version() -> None:
    latest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert latest and latest[1] == composer.__version__


def test_installed_package_is_not_the_checkout(installed: Path, outside: Path) -> None:
    question = "import composer.paths as p; print(p.__file__); print(p.assets())"
    answer = subprocess.check_output([installed / "python", "-c", question], text=True).splitlines()
    assert all(Path(line).is_relative_to(installed.parent) and Path(line).exists() for line in answer)


def test_installed_command_composes(installed: Path, outside: Path) -> None:
    write_melody(outside / "melody.mid")
    command = [installed / "composer", "compose", "melody.mid", "-o", "out.mid"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    parts = [notes for track in mido.MidiFile(outside / "out.mid").tracks if (notes := pitches(track))]
    assert len(parts) == 4
    assert [pitch for pitch, _ in MELODY] in parts


def test_installed_command_opens_the_studio_and_asks_nothing(installed: Path, outside: Path) -> None:
    port = free_port()
    command = [installed / "composer", "studio", "--port", str(port)]
    _, shown = start_in_terminal(command, cwd=outside, home=outside, port=port)
    assert "Email" not in shown
