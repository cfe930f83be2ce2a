"""`composer compose`: a melody in, an arrangement out, as notes, sound or a picture."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from composer.algorithms.models import load_model, read_info
from composer.algorithms.registry import find_algorithm
from composer.cli.flags import add_model, add_seed, add_settings, algorithm_asked_for, given_settings, model_folder
from composer.cli.then import add_then, go_on, parts_of, steps_asked_for
from composer.errors import BadInput
from composer.music.audio import AUDIO_FORMATS
from composer.music.grid import melody_choices, propose_melody
from composer.music.midi import write_midi
from composer.music.notation import parse_tune
from composer.music.reading import read_score
from composer.music.score import Score
from composer.projects.chain import Chain
from composer.projects.melody import Melody
from composer.projects.performance import first_programs, perform
from composer.projects.request import Request
from composer.projects.results import Result
from composer.settings import Setting


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """The flags of `composer compose`, with those of the algorithm whose model `arguments` choose."""
    parser.add_argument("melody", type=Path, nargs="?", help="a MIDI or MusicXML file")
    parser.add_argument("--tune", metavar="LETTERS", help='a tune typed as note letters in place of a file: "C4 D E:2"')
    kinds = ", ".join(f".{extension}" for extension in WRITERS)
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="FILE", help=f"where to; ending in {kinds}")
    parser.add_argument("--track", type=int, metavar="N", help="the melody's track, from 1 (default: the likeliest)")
    parser.add_argument(
        "--take",
        type=int,
        default=1,
        metavar="N",
        help="which of the takes to save (default 1); with --then, of each step",
    )
    parser.add_argument("--tempo", type=float, metavar="BPM", help=f"{_TEMPO.label} (default: the melody's own)")
    parser.add_argument("--instruments", metavar="N,N,...", help="a General MIDI program 0..127 for each part")
    add_seed(parser)
    add_model(parser)
    add_then(parser)
    algorithm = algorithm_asked_for(arguments)
    add_settings(parser, algorithm.GenerateSettings, f"settings of {algorithm.name}")
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Arrange the melody and write the take that was asked for; raises BadInput for whatever can't be used."""
    write = WRITERS.get(chosen.out.suffix.lower().removeprefix("."))
    if write is None:
        raise BadInput(f"“{chosen.out.name}” must end in one of: {', '.join('.' + kind for kind in WRITERS)}.")
    folder, later = model_folder(chosen.model), steps_asked_for(chosen.then)
    info = read_info(folder)
    settings = given_settings(chosen, find_algorithm(info.algorithm).GenerateSettings)
    takes = int(settings.as_dict()["takes"])
    if not 1 <= chosen.take <= takes:
        raise BadInput(f"There is no take {chosen.take} of {takes}; ask for more with --takes.")
    melody = _chosen_melody(_read_melody(chosen), chosen.track)
    request = Request(melody.alone, folder.name, settings.as_dict(), chosen.seed)
    bpm = _TEMPO.parse(chosen.tempo) if chosen.tempo else melody.bpm
    programs = _programs(chosen.instruments, len(parts_of(later[-1][0] if later else folder)))
    for sentence in melody.grid.messages:
        print(sentence, file=sys.stderr)
    voices = load_model(folder).generate(melody.grid.voices, settings, chosen.seed)
    chain = Chain.of(Result(request, tuple(voices), {"parts": info.part_names}))
    result = go_on(chain, later, chosen.take - 1, chosen.seed).steps[-1].result
    content = write(perform(result, chosen.take - 1, programs or first_programs(result), bpm))
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


def _chosen_melody(score: Score, number: int | None) -> Melody:
    """Track `number` (from 1), or the likeliest where that is None."""
    choices = melody_choices(score)
    if number is not None and number - 1 not in choices:
        told = "; ".join(f"{index + 1} {label}" for index, label in choices.items())
        raise BadInput(f"Track {number} can't be the melody; choose one of: {told}.")
    return Melody(score, propose_melody(score) if number is None else number - 1)


def _programs(text: str | None, count: int) -> list[int]:
    """General MIDI programs of all `count` parts, from `--instruments`; none where nothing is said."""
    programs = [_PROGRAM.parse(word) for word in text.split(",")] if text else []
    if text and len(programs) != count:
        raise BadInput(f"This model has {count} parts; give as many instruments, split by commas.")
    return programs


def _musicxml(score: Score) -> bytes:
    from composer.music.musicxml_writer import write_musicxml

    return write_musicxml(score)


def _picture(score: Score) -> bytes:
    from composer.plots.picture import pianoroll_png

    return pianoroll_png(score)


def _sound(kind: str) -> Callable[[Score], bytes]:
    def _write(score: Score) -> bytes:
        from composer.music.synthesis import mix, open_synthesiser

        synthesiser = open_synthesiser()
        print(synthesiser.note, end="\n" if synthesiser.note else "", file=sys.stderr)
        return AUDIO_FORMATS[kind].encode(mix(synthesiser.render_stems(score)))

    return _write


_TEMPO = Setting("tempo", float, 100.0, "Tempo in quarter notes a minute", minimum=20, maximum=300)
_PROGRAM = Setting("instruments", int, 0, "An instrument", minimum=0, maximum=127)
WRITERS: dict[str, Callable[[Score], bytes]] = {
    "mid": write_midi,
    "musicxml": _musicxml,
    "png": _picture,
    **{kind: _sound(kind) for kind in AUDIO_FORMATS},
}
"""What writes a Score as a file, by the ending of the file's name."""
