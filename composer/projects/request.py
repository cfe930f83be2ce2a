"""What a person asked for, in plain values: the same request has the same name wherever and whenever it is made."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from composer.music.score import NOTE, Key, Meter, Score, Tempo, Track


@dataclass(frozen=True)
class Request:
    """An arrangement asked for. `melody` is a score of one track; `model` names the model and its weights' content.

    `settings` are the plain values of the algorithm's GenerateSettings.
    """

    melody: Score
    model: str
    settings: Mapping[str, Any]
    seed: int

    @cached_property
    def id(self) -> str:
        """16 hex digits that stand for all that decides the notes, and for the melody's own timing and name."""
        return hashlib.sha256(json.dumps(self.as_dict(), sort_keys=True).encode()).hexdigest()[:16]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, from which `from_dict` makes an equal request."""
        return {
            "melody": score_as_dict(self.melody),
            "model": self.model,
            "settings": dict(self.settings),
            "seed": self.seed,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Request:
        """The request of `as_dict`; raises KeyError, TypeError or ValueError for anything else."""
        return cls(
            score_from_dict(values["melody"]), str(values["model"]), dict(values["settings"]), int(values["seed"])
        )


def score_as_dict(score: Score) -> dict[str, Any]:
    """A score as plain values for JSON, exact: numbers come back as they were."""
    return {
        "title": score.title,
        "tracks": [_track_as_dict(track) for track in score.tracks],
        "tempos": [dataclasses.astuple(tempo) for tempo in score.tempos],
        "meters": [dataclasses.astuple(meter) for meter in score.meters],
        "key": dataclasses.astuple(score.key) if score.key else None,
        "pickup": score.pickup,
    }


def score_from_dict(values: Mapping[str, Any]) -> Score:
    """The score of `score_as_dict`; raises KeyError, TypeError or ValueError for anything else."""
    return Score(
        tracks=tuple(_track_from_dict(track) for track in values["tracks"]),
        tempos=tuple(Tempo(*tempo) for tempo in values["tempos"]),
        meters=tuple(Meter(*meter) for meter in values["meters"]),
        key=Key(*values["key"]) if values["key"] else None,
        pickup=values["pickup"],
        title=values["title"],
    )


def _track_as_dict(track: Track) -> dict[str, Any]:
    notes = {name: track.notes[name].tolist() for name in NOTE.names or ()}
    return {"name": track.name, "program": track.program, "is_drum": track.is_drum, **notes}


def _track_from_dict(values: Mapping[str, Any]) -> Track:
    notes = np.empty(len(values["onset"]), NOTE)
    for name in NOTE.names or ():
        notes[name] = values[name]
    return Track(values["name"], notes, values["program"], values["is_drum"])
