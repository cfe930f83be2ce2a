"""The command line, as a person and a script meet it."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile
from PIL import Image

from composer import __version__
from composer.algorithms import models
from composer.algorithms.models import load_model
from composer.algorithms.registry import ALGORITHMS, learners
from composer.cli import COMMANDS, main
from composer.cli.runs import as_csv
from composer.music.midi import read_midi
from composer.music.musicxml import read_musicxml
from tests import fake, fake_data
from tests.data.own import files
from tests.fake import fake_world

__all__ = ["fake_world"]
pytestmark = pytest.mark.usefixtures("fake_world")
TUNE = "C4 D E F G:2 E:2"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A trained fake model's folder."""
    assert (
        main(["train", "fake", "--dataset", "fakes", "--epochs", "1", "--quiet", "--out", str(tmp_path / "model")]) == 0
    )
    return tmp_path / "model"


def compose(model: Path, out: Path, *more: str) -> int:
    return main(["compose", "--tune", TUNE, "-o", str(out), "--model", str(model), *more])


def test_help_lists_the_commands_and_exit_codes_at_once() -> None:
    start = time.perf_counter()
    told = subprocess.run(
        [sys.executable, "-m", "composer", "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert time.perf_counter() - start < 1.5, "heavy imports delay the help"
    assert all(name in told for name in COMMANDS)
    assert "exit codes: 0 done; 2" in told


def test_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out.strip() == __version__


@pytest.mark.parametrize("name", list(learners()))
def test_train_help_is_made_from_the_settings(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["train", name, "--help"])
    told = " ".join(capsys.readouterr().out.split())
    for about in ALGORITHMS[name].TrainSettings.fields():
        assert f"--{about.name.replace('_', '-')}" in told
        assert f"{about.label}: {about.help}".replace("-", "")[:40] in told.replace("-", "")


def test_train_prints_a_line_an_epoch_and_the_folder(capsys: pytest.CaptureFixture[str], fake_world: Path) -> None:
    assert main(["train", "fake", "--dataset", "fakes", "--epochs", "2", "--seed", "3"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines[:2]] == ["epoch 1", "epoch 2"]
    assert "generator 0.500" in lines[1]
    assert Path(lines[2]).is_relative_to(fake_world)
    assert load_model(Path(lines[2]))


def test_train_again_goes_on_where_it_stopped(capsys: pytest.CaptureFixture[str]) -> None:
    main(["train", "fake", "--dataset", "fakes", "--epochs", "2"])
    capsys.readouterr()
    assert main(["train", "fake", "--dataset", "fakes", "--epochs", "3"]) == 0
    assert [line.split(":")[0] for line in capsys.readouterr().out.splitlines()[:-1]] == ["epoch 3"]


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C can't be sent to one process on Windows")
def test_ctrl_c_keeps_what_was_learned(fake_world: Path) -> None:
    command = [
        sys.executable,
        fake.__file__,
        "train",
        "fake",
        "--dataset",
        "fakes",
        "--epochs",
        "500",
        "--epoch-ms",
        "150",
    ]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("epoch 1:")
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert load_model(Path(told.splitlines()[-1]))


def test_compose_writes_four_parts_around_the_melody(model: Path, tmp_path: Path) -> None:
    assert compose(model, tmp_path / "out.mid") == 0
    score = read_midi((tmp_path / "out.mid").read_bytes())
    assert [track.name for track in score.tracks] == ["Melody", *fake_data.PARTS[1:]]
    assert score.tracks[0].notes["pitch"].tolist() == [60, 62, 64, 65, 67, 64]


def test_compose_takes_a_file_a_tempo_and_instruments(model: Path, tmp_path: Path) -> None:
    compose(model, tmp_path / "first.mid")
    flags = ["--tempo", "90", "--instruments", "0,1,2,3", "--model", str(model), "--track", "1"]
    assert main(["compose", str(tmp_path / "first.mid"), "-o", str(tmp_path / "again.mid"), *flags]) == 0
    score = read_midi((tmp_path / "again.mid").read_bytes())
    assert [track.program for track in score.tracks] == [0, 1, 2, 3]
    assert score.tempos[0].bpm == pytest.approx(90, rel=1e-5)


def test_same_seed_composes_the_same_and_takes_differ(model: Path, tmp_path: Path) -> None:
    for name, flags in {"a": [], "b": [], "take": ["--take", "2"], "seed": ["--seed", "1"]}.items():
        assert compose(model, tmp_path / f"{name}.mid", *flags) == 0
    content = {name: (tmp_path / f"{name}.mid").read_bytes() for name in ("a", "b", "take", "seed")}
    assert content["a"] == content["b"]
    assert content["a"] != content["take"]
    assert content["take"] == content["seed"], "the fake's second take is the first of the next seed"


def test_compose_writes_whatever_the_ending_asks_for(model: Path, tmp_path: Path) -> None:
    for kind in ("wav", "flac", "mp3"):
        assert compose(model, tmp_path / f"out.{kind}") == 0
        sound, rate = soundfile.read(tmp_path / f"out.{kind}")
        assert len(sound) / rate > 4 and np.abs(sound).max() > 0.05
    assert compose(model, tmp_path / "out.musicxml") == 0
    assert len(read_musicxml((tmp_path / "out.musicxml").read_bytes()).tracks) == 4
    assert compose(model, tmp_path / "out.png") == 0
    assert Image.open(io.BytesIO((tmp_path / "out.png").read_bytes())).format == "PNG"


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--take", "9"], "There is no take 9 of 2"),
        (["--takes", "99"], "Takes must be between 1 and 6"),
        (["--tempo", "fast"], "fast"),
        (["--tempo", "1000000"], "Tempo in quarter notes a minute must be between"),
        (["--instruments", "0,1"], "This model has 4 parts"),
        (["--track", "2"], "Track 2 can't be the melody; choose one of: 1 "),
        (["--instruments", "0,1,2,500"], "must be between 0 and 127"),
        (["--model", "nobody"], "There is no run called “nobody”"),
        (["--tune", "C4 H"], "H"),
        (["nothing.mid"], "Give one melody"),
        (["-o", "out.docx"], "must end in one of"),
        (["-o", "no/such/folder/out.mid"], "can't be written"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    model: Path, tmp_path: Path, flags: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    try:
        code = compose(model, tmp_path / "out.mid", *flags)
    except SystemExit as error:
        code = int(error.code or 0)
    assert code == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert sentence in last
    assert not (tmp_path / "out.mid").exists()


@pytest.mark.parametrize("content", [b"", b"MThd", b"no music", b"\x00" * 1000])
def test_bad_file_is_one_line_and_exit_code_2(
    model: Path, tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.mid").write_bytes(content)
    capsys.readouterr()
    assert main(["compose", str(tmp_path / "bad.mid"), "-o", str(tmp_path / "out.mid"), "--model", str(model)]) == 2
    told = capsys.readouterr()
    assert len(told.err.splitlines()) == 1 and told.err.startswith("composer: ")
    assert told.out == ""


def test_without_a_shipped_model_compose_says_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(models, "assets", lambda: tmp_path)
    assert main(["compose", "--tune", TUNE, "-o", str(tmp_path / "out.mid")]) == 2
    assert "composer train" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="0"):
        main(["compose", "--help"])
    assert "--takes" in capsys.readouterr().out


def test_datasets_are_listed_with_their_terms(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["datasets", "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert "public domain" in rows["chorales"]["terms"]
    assert not rows["fakes"]["built"]
    assert main(["datasets"]) == 0
    assert "Bach chorales" in capsys.readouterr().out


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with nine songs and a picture."""
    found = tmp_path / "songs"
    found.mkdir()
    for seed in range(9):
        (found / f"{seed}.mid").write_bytes(files.midi(seed, 8))
    (found / "cover.jpg").write_bytes(b"x")
    return found


class TestOwnDatasets:
    def test_files_become_a_dataset_that_can_be_trained_on(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["datasets", "add", "My Songs", str(folder)]) == 0
        told = capsys.readouterr()
        assert "my-songs: Band" in told.out and "9 pieces, 72 bars" in told.out
        assert "left out: cover.jpg: It is not a MIDI" in told.err
        assert main(["train", "fake", "--dataset", "my-songs", "--epochs", "1", "--quiet"]) == 0

    def test_layout_and_json_are_for_scripts(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["datasets", "add", "x", str(folder), "--layout", "melody", "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["name"], told["parts"], told["own"]) == ("x", ["Melody"], True)
        assert sum(row["kept"] for row in told["files"]) == 9 and len(told["files"]) == 10

    def test_renamed_it_is_found_by_both_names(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        main(["datasets", "add", "One", str(folder)])
        assert main(["datasets", "rename", "one", "Two"]) == 0
        capsys.readouterr()
        assert main(["datasets", "rename", "Two", "Three"]) == 0
        assert capsys.readouterr().out == "one: Three\n"

    def test_deleting_says_which_run_keeps_its_model(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        main(["datasets", "add", "Gone", str(folder)])
        main(["train", "fake", "--dataset", "gone", "--epochs", "1"])
        run = Path(capsys.readouterr().out.splitlines()[-1])
        assert main(["datasets", "delete", "gone"]) == 0
        assert f"The model of {run.name} stays" in capsys.readouterr().out
        assert (run / "model.safetensors").exists()
        assert main(["datasets", "delete", "gone"]) == 2

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (["add", "x", "/nowhere"], "nothing at /nowhere"),
            (["add", "chorales", "."], "already a dataset"),
            (["rename", "chorales", "x"], "comes with the studio"),
            (["delete", "fakes"], "comes with the studio"),
            (["delete", "polkas"], "no dataset called"),
        ],
    )
    def test_what_can_not_be_done_is_said(
        self, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["datasets", *words]) == 2
        assert told in capsys.readouterr().err

    def test_too_little_music_is_not_kept(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        for seed in range(3, 9):
            (folder / f"{seed}.mid").unlink()
        assert main(["datasets", "add", "Small", str(folder)]) == 2
        assert "please add 5 more pieces and 40 more bars" in capsys.readouterr().err


def test_runs_are_listed_deleted_and_brought_back(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    main(["runs", "--json"])
    [row] = json.loads(capsys.readouterr().out)
    assert (row["state"], row["epoch"], row["epochs"]) == ("finished", 1, 1)
    assert row["bytes"] > 0
    assert main(["runs"]) == 0
    assert row["id"] in capsys.readouterr().out
    assert main(["runs", "delete", row["id"]]) == 0
    assert not Path(row["folder"]).exists()
    assert main(["runs", "delete", row["id"]]) == 2
    assert main(["runs", "undo"]) == 0
    assert Path(row["folder"]).exists()
    assert main(["runs", "undo"]) == 2


@pytest.mark.parametrize("name", ["..", ".", "", "../datasets", "/etc"])
def test_only_runs_are_deleted(model: Path, name: str) -> None:
    assert main(["runs", "delete", name]) == 2


def test_runs_are_exported_with_every_setting(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs", "export", "--out", str(tmp_path / "runs.csv")]) == 0
    [row] = csv.DictReader((tmp_path / "runs.csv").read_text().splitlines())
    assert (row["algorithm"], row["state"], row["setting_learning_rate"]) == ("fake", "finished", "0.001")
    assert float(row["generator"]) == 1.0
    capsys.readouterr()
    main(["runs", "export"])
    assert capsys.readouterr().out == (tmp_path / "runs.csv").read_text()
    assert main(["runs", "export", "--out", str(tmp_path / "runs.csv" / "below")]) == 2


def test_a_cell_that_a_spreadsheet_would_compute_stays_a_text() -> None:
    assert as_csv([{"name": "=1+1", "figure": -1.5}]) == "name,figure\n'=1+1,-1.5\n"


def test_a_model_goes_out_as_a_zip_and_comes_in_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "choir.zip")
    assert main(["models", "export", "musegan-chorales", out]) == 0
    assert main(["models", "import", out]) == 2, "it is here already"
    main(["train", "fake", "--dataset", "fakes", "--epochs", "1", "--quiet"])
    main(["runs", "--json"])
    [run] = json.loads(capsys.readouterr().out)
    assert main(["models", "export", run["id"], out]) == 0
    assert main(["models", "import", out]) == 0
    assert compose(Path("choir"), tmp_path / "out.mid") == 0
    capsys.readouterr()
    main(["models", "--json"])
    rows = json.loads(capsys.readouterr().out)
    assert {row["name"]: row["from"] for row in rows}["choir"] == "imported"
    assert main(["models", "delete", "choir"]) == 0
    assert main(["models", "delete", "choir"]) == 2
    assert main(["models", "delete", "bach-unet-gan"]) == 2
    assert main(["models", "import", str(tmp_path / "missing.zip")]) == 2


def test_midi_written_is_read_by_another_program(model: Path, tmp_path: Path) -> None:
    compose(model, tmp_path / "out.mid")
    assert mido.MidiFile(tmp_path / "out.mid").length == pytest.approx(8 * 60 / 100, abs=0.1)
