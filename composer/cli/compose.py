"""`composer compose`: a melody in, an arrangement out, as notes, sound or a picture."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from composer.algorithms.base import ModelInfo
from composer.algorithms.models import load_model, read_info
from composer.algorithms.registry import find_algorithm
from composer.cli.flags import add_model, add_seed, add_settings, given_settings, model_folder, named_model
from composer.errors import BadInput
from composer.music.audio import AUDIO_FORMATS
from composer.music.grid import fit_to_grid, propose_melody, to_score
from composer.music.instruments import DEFAULT_PROGRAMS
from composer.music.midi import write_midi
from composer.music.notation import parse_tune
from composer.music.reading import read_score
from composer.music.score import Score
from composer.settings import Setting


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """The flags of `composer compose`, with those of the algorithm whose model `arguments` choose."""
    parser.add_argument("melody", type=Path, nargs="?", help="a MIDI or MusicXML file")
    parser.add_argument("--tune", metavar="LETTERS", help='a tune typed as note letters in place of a file: "C4 D E:2"')
    kinds = ", ".join(f".{extension}" for extension in WRITERS)
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="FILE", help=f"where to; ending in {kinds}")
    parser.add_argument("--track", type=int, metavar="N", help="the melody's track, from 1 (default: the likeliest)")
    parser.add_argument("--take", type=int, default=1, metavar="N", help="which of the takes to save (default 1)")
    parser.add_argument("--tempo", type=float, metavar="BPM", help=f"{_TEMPO.label} (default: the melody's own)")
    parser.add_argument("--instruments", metavar="N,N,...", help="a General MIDI program 0..127 for each part")
    add_seed(parser)
    add_model(parser)
    algorithm = find_algorithm(read_info(model_folder(named_model(arguments))).algorithm)
    add_settings(parser, algorithm.GenerateSettings, f"settings of {algorithm.name}")
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Arrange the melody and write the take that was asked for; raises BadInput for whatever can't be used."""
    write = WRITERS.get(chosen.out.suffix.lower().removeprefix("."))
    if write is None:
        raise BadInput(f"“{chosen.out.name}” must end in one of: {', '.join('.' + kind for kind in WRITERS)}.")
    folder = model_folder(chosen.model)
    info = read_info(folder)
    settings = given_settings(chosen, find_algorithm(info.algorithm).GenerateSettings)
    takes = int(settings.as_dict()["takes"])
    if not 1 <= chosen.take <= takes:
        raise BadInput(f"There is no take {chosen.take} of {takes}; ask for more with --takes.")
    programs = _programs(chosen.instruments, info)
    score = _read_melody(chosen)
    melody = fit_to_grid(score, chosen.track - 1 if chosen.track else propose_melody(score))
    print(*melody.messages, sep="\n", end="\n" if melody.messages else "", file=sys.stderr)
    voices = load_model(folder).generate(melody.voices, settings, chosen.seed)[chosen.take - 1]
    result = to_score(melody, voices, info.part_names, programs)
    content = write(result.with_tempo(_TEMPO.parse(chosen.tempo)) if chosen.tempo else result)
    try:
        chosen.out.write_bytes(content)
    except OSError as error:
        raise BadInput(f"“{chosen.out}” can't be written ({error.strerror}); choose another place.") from None


def _read_melody(chosen: argparse.Namespace) -> Score:
    if (chosen.melody is None) == (chosen.tune is None):
        raise BadInput('Give one melody: a file, or a tune with --tune "C4 D E".')
    if chosen.tune is not None:
        return parse_tune(chosen.tune)
    try:
        return read_score(chosen.melody.read_bytes())
    except OSError as error:
        raise BadInput(f"“{chosen.melody}” can't be read ({error.strerror}).") from None


def _programs(text: str | None, info: ModelInfo) -> list[int]:
    """General MIDI programs of all parts, from `--instruments` or the default ones."""
    if text is None:
        return [DEFAULT_PROGRAMS.get(name, 0) for name in info.part_names]
    programs = [_PROGRAM.parse(word) for word in text.split(",")]
    if len(programs) != len(info.part_names):
        raise BadInput(f"This model has {len(info.part_names)} parts; give as many instruments, split by commas.")
    return programs


def _musicxml(score: Score) -> bytes:
    from composer.music.musicxml_writer import write_musicxml

    return write_musicxml(score)


def _picture(score: Score) -> bytes:
    from composer.plots.picture import pianoroll_png

    return pianoroll_png(score)


def _sound(kind: str) -> Callable[[Score], bytes]:
    def write(score: Score) -> bytes:
        from composer.music.synthesis import mix, open_synthesiser

        synthesiser = open_synthesiser()
        print(synthesiser.note, end="\n" if synthesiser.note else "", file=sys.stderr)
        return AUDIO_FORMATS[kind].encode(mix(synthesiser.render_stems(score)))

    return write


_TEMPO = Setting("tempo", float, 100.0, "Tempo in quarter notes a minute", minimum=20, maximum=300)
_PROGRAM = Setting("instruments", int, 0, "An instrument", minimum=0, maximum=127)
WRITERS: dict[str, Callable[[Score], bytes]] = {
    "mid": write_midi,
    "musicxml": _musicxml,
    "png": _picture,
    **{kind: _sound(kind) for kind in AUDIO_FORMATS},
}
"""What writes a Score as a file, by the ending of the file's name."""
