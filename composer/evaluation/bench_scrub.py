"""How soon a person sees another epoch's roll when they move the slider of “Hear it learn”, in a real Chromium."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from composer.algorithms.base import ModelInfo
from composer.algorithms.registry import learners
from composer.data.dataset import Dataset
from composer.evaluation.bench_page import PATIENCE_MS, Row, chromium, serve
from composer.music.voices import Voices
from composer.training.run import Run, write_config, write_metrics
from composer.training.samples import BARS, write_sample

_DRAGS = 12
# A drag's end is the time stamp of its last event; the roll is seen in the frame after the one that drew it. In every
# frame the canvas is looked at: where no pixel of it has colour, the roll has flashed.
_WATCH = """hear => {
  const slider = hear.querySelector("input[type=range]");
  const canvas = hear.querySelector("canvas.notes");
  const seen = (window.scrubbed = { waits: [], blank: 0, frames: 0, hear, canvas });
  slider.addEventListener("change", event => {
    const arrived = () => hear.dataset.epoch === slider.getAttribute("aria-valuetext").split(" ")[1];
    const look = () => arrived()
      ? requestAnimationFrame(() => seen.waits.push(performance.now() - event.timeStamp))
      : requestAnimationFrame(look);
    requestAnimationFrame(look);
  });
  const frame = () => {
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    seen.frames += 1;
    seen.blank += !pixels.some((value, i) => i % 4 === 3 && value);
    seen.blank += hear.querySelector("canvas.notes") !== canvas;
    requestAnimationFrame(frame);
  };
  frame();
}"""


def measure_scrub(dataset: Dataset, epochs: int) -> list[Row]:
    """Milliseconds from the end of a drag of the slider to the new roll, and frames without a roll while dragging.

    The run is made up: a held-out piece of which ever fewer notes are wrong. Raises BadInput where there is no Chromium
    or no Playwright.
    """
    with tempfile.TemporaryDirectory() as home:
        run = write_run(Path(home), dataset, epochs)
        with serve(home) as (_, address), chromium() as browser:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"{address}/Train?run={run.id}")
            hear = page.locator(".hear[data-epoch]")
            hear.wait_for(timeout=PATIENCE_MS)
            hear.scroll_into_view_if_needed()
            page.wait_for_timeout(3000)  # the page settles
            hear.evaluate(_WATCH)
            for place in np.random.default_rng(0).uniform(0.02, 0.98, _DRAGS).tolist():
                _drag(page, place)
            seen = page.evaluate("({ ...window.scrubbed, hear: 0, canvas: 0 })")
    waits = np.array(seen["waits"])
    return [
        (f"Scrubbing {epochs} epochs: drag's end to the new roll (median)", float(np.median(waits)), "ms", ""),
        ("... the slowest", float(waits.max()), "ms", "at most 150"),
        (f"... frames without a roll, of {seen['frames']}", float(seen["blank"]), "", "0"),
    ]


def write_run(home: Path, dataset: Dataset, epochs: int) -> Run:
    """A made-up run in the data folder `home` with a sample of each epoch, ever nearer to a piece of the dataset."""
    random = np.random.default_rng(0)
    algorithm = next(iter(learners().values()))
    run = Run(home / "runs" / f"{algorithm.name}-{dataset.name}-{0:010x}")
    names = (algorithm.name, algorithm.version, dataset.name, dataset.fingerprint)
    settings = algorithm.TrainSettings.from_dict({"epochs": epochs}).as_dict()
    info = ModelInfo(*names, dataset.part_names, settings)
    write_config(run, info, {"similarity_floor": 0.1})
    piece = dataset.split("valid")[0].window(0, BARS * 16)
    for epoch in range(1, epochs + 1):
        write_sample(run, epoch, _with_wrong_notes(piece, 1 / epoch, random), dataset)
    rows = [
        {"epoch": e, "generator": 1 + 1 / e, "critic": -1 / e, "similarity": 0.1 + 0.2 / e}
        for e in range(1, epochs + 1)
    ]
    write_metrics(run, rows)
    return run


def _with_wrong_notes(piece: Voices, share: float, random: np.random.Generator) -> Voices:
    """The piece with such a share of its steps moved by up to a fifth, in all voices but the first."""
    wrong = (random.random(piece.pitch.shape) < share) & (piece.pitch > 20)
    wrong[0] = False
    return Voices(piece.pitch + wrong * random.integers(-7, 8, piece.pitch.shape), piece.attack, piece.steps_per_bar)


def _drag(page: Any, place: float) -> None:
    """Take the slider's thumb to a `place`, 0..1, of its way in a dozen moves, and wait until all is drawn."""
    slider = page.locator(".hear input[type=range]")
    box = slider.bounding_box()
    now = float(slider.evaluate("s => s.value / s.max"))
    middle = box["y"] + box["height"] / 2
    thumb = 16

    def at(share: float) -> float:
        return float(box["x"] + thumb / 2 + share * (box["width"] - thumb))

    page.mouse.move(at(now), middle)
    page.mouse.down()
    page.mouse.move(at(place), middle, steps=12)
    page.mouse.up()
    page.wait_for_timeout(400)
