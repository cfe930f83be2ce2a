"""How long a person waits for the Runs page where hundreds of trainings lie on the disk, in a real Chromium."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save

from composer.algorithms.base import ModelInfo
from composer.algorithms.models import WEIGHTS
from composer.algorithms.registry import learners
from composer.evaluation.bench_page import PATIENCE_MS, Row, chromium, seconds, serve
from composer.paths import write_atomically
from composer.training.run import SAMPLES, Run, write_config, write_metrics

COMPARED = 6
_SAMPLE = bytes(600)
"""About as much as a sample of music takes."""
_ALL_SHOW = """runs => {
  const charts = [...document.querySelectorAll("[class*=st-key-compare_] .js-plotly-plot")];
  return charts.length === 4 && charts.every(chart => chart.data?.length === runs);
}"""


def measure_runs(count: int, epochs: int) -> list[Row]:
    """Seconds for the table of `count` runs of `epochs` epochs to be there, and for six of them to be compared.

    The studio was opened before, as is a server's first page; the runs have not been looked at. Raises BadInput where
    there is no Chromium or no Playwright.
    """
    with tempfile.TemporaryDirectory() as home:
        runs = write_runs(Path(home), count, epochs)
        with serve(home) as (_, address), chromium() as browser:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(address)
            page.get_by_text("Take home").first.wait_for(timeout=PATIENCE_MS)
            page.wait_for_timeout(8000)  # torch, the first model and what else the studio loads beside
            page.get_by_role("link", name="Datasets").click()
            page.get_by_text("Bring your own music").first.wait_for(timeout=PATIENCE_MS)
            page.wait_for_timeout(3000)  # the page settles
            first = seconds(lambda: _open_table(page, count))
            page.get_by_role("link", name="Datasets").click()
            page.get_by_text("Bring your own music").first.wait_for(timeout=PATIENCE_MS)
            page.wait_for_timeout(1500)
            again = seconds(lambda: _open_table(page, count))
            compared = _compare(page, address, [run.id for run in runs[:COMPARED]])
    return [
        (f"Table of {count} runs of {epochs} epochs, first time", first, "s", "at most 1.5"),
        ("... and again", again, "s", "at most 1.5"),
        (f"Comparison of {COMPARED} runs", compared, "s", "at most 1"),
    ]


def write_runs(home: Path, count: int, epochs: int) -> list[Run]:
    """`count` made-up runs in the data folder `home`, with all files that a training of `epochs` epochs leaves."""
    random = np.random.default_rng(0)
    algorithm = next(iter(learners().values()))
    weights = save({"weight": torch.zeros(1000)})
    runs = []
    for number in range(count):
        settings = {"epochs": epochs, "learning_rate": float(random.choice([5e-4, 1e-3, 2e-3])), "update_ratio": 1}
        run = Run(home / "runs" / f"{algorithm.name}-chorales-{number:010x}")
        all_settings = algorithm.TrainSettings.from_dict(settings).as_dict()
        info = ModelInfo(algorithm.name, algorithm.version, "chorales", "none", ("Soprano", "Bass"), all_settings)
        write_config(run, info, {"similarity_floor": 0.11})
        write_metrics(run, _metrics(random, epochs))
        write_atomically(run.folder / WEIGHTS, weights)
        (run.folder / SAMPLES).mkdir()
        for epoch in range(1, epochs + 1):
            (run.folder / SAMPLES / f"epoch-{epoch:04d}.mid").write_bytes(_SAMPLE)
        runs.append(run)
    return runs


def _metrics(random: np.random.Generator, epochs: int) -> list[dict[str, float]]:
    falling = np.exp(-np.arange(epochs) / 40)
    names = ("generator", "reconstruction", "attack", "noise", "critic", "similarity", "chord_rate", "seconds")
    values = falling[:, None] + 0.05 * random.random((epochs, len(names))) + 0.1
    return [{"epoch": epoch, **dict(zip(names, row, strict=True))} for epoch, row in enumerate(values.tolist(), 1)]


def _open_table(page: Any, count: int) -> None:
    page.get_by_role("link", name="Runs").click()
    page.get_by_text(f"{count} runs · together they use").wait_for(timeout=PATIENCE_MS)
    page.locator("[data-testid=stDataFrame] canvas").first.wait_for(timeout=PATIENCE_MS)


def _compare(page: Any, address: str, ids: list[str]) -> float:
    """Seconds from choosing the last of these runs until all four charts show all of them."""
    page.goto(f"{address}/Runs?chosen={','.join(ids[:-1])}")
    page.wait_for_function(_ALL_SHOW, arg=len(ids) - 1, timeout=PATIENCE_MS)
    page.wait_for_timeout(1500)
    box = page.get_by_role("combobox", name="Chosen")
    box.click()
    box.fill(ids[-1][-4:])
    page.get_by_role("option").first.wait_for(timeout=PATIENCE_MS)
    start = time.perf_counter()
    box.press("Enter")
    page.wait_for_function(_ALL_SHOW, arg=len(ids), timeout=PATIENCE_MS)
    return time.perf_counter() - start
