"""Where a model's critic is found: in a run's checkpoint, in a file beside the model, or nowhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from composer.algorithms.models import CONFIG
from composer.algorithms.unet_gan import UNetGAN, UNetGANSettings
from composer.errors import BadInput
from composer.training.critic_file import CRITIC, copy_critic, critic_weights, load_judge
from composer.training.run import CHECKPOINT, Run
from tests.app.untrained import write_untrained_run
from tests.made_up import hymn, tiny_dataset


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run as a training leaves it, with a checkpoint."""
    found = write_untrained_run(tmp_path)
    state = UNetGAN().trainer(tiny_dataset(), UNetGANSettings(), 0).state()
    save_file(state, found.folder / CHECKPOINT)
    return found


def test_a_runs_critic_is_read_from_its_checkpoint_and_copied_out_whole(run: Run, tmp_path: Path) -> None:
    copy_critic(run.folder, tmp_path)
    assert (tmp_path / CRITIC).stat().st_size < 1_000_000
    inside = critic_weights(run.folder)
    (tmp_path / CONFIG).write_bytes((run.folder / CONFIG).read_bytes())
    outside = critic_weights(tmp_path)
    assert inside is not None and outside is not None and "dense.weight" in inside
    assert inside.keys() == outside.keys() and all(torch.equal(inside[name], outside[name]) for name in inside)
    judge = load_judge(run.folder)
    assert judge is not None and len(judge.wishes(hymn(1, 2)))


def test_a_model_without_one_says_none(run: Run, tmp_path: Path) -> None:
    (run.folder / CHECKPOINT).unlink()
    assert critic_weights(run.folder) is None and load_judge(run.folder) is None
    copy_critic(run.folder, tmp_path)
    assert not (tmp_path / CRITIC).exists()


def test_a_critic_that_never_learned_is_none(run: Run) -> None:
    config = json.loads((run.folder / CONFIG).read_text())
    config["settings"]["update_ratio"] = 0
    (run.folder / CONFIG).write_text(json.dumps(config))
    assert load_judge(run.folder) is None


@pytest.mark.parametrize("name", [CRITIC, CHECKPOINT])
def test_a_damaged_one_is_told(run: Run, name: str) -> None:
    (run.folder / name).write_bytes(b"not a critic")
    with pytest.raises(BadInput, match="damaged; train"):
        load_judge(run.folder)
