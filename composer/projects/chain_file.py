"""The chain in a project file: a few words on each step, and beside them the results that aren't the file's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load

from composer.projects.chain import MOST_STEPS, Chain, ChainStep
from composer.projects.checking import LONGEST_NAME, check_melody, check_programs, check_result
from composer.projects.request import score_as_dict, score_from_dict
from composer.projects.result_file import MOST_TAKES, Result, pack_result, unpack_result


def chain_words(chain: Chain, place: int) -> dict[str, Any]:
    """What a project file says of its chain, in plain values; `place` is the number of the file's own result."""
    steps = [{"take": step.take, "part": step.part, "programs": step.programs} for step in chain.steps]
    return {"melody": score_as_dict(chain.melody), "place": place, "steps": steps}


def chain_tensors(chain: Chain, place: int) -> dict[str, NDArray[np.uint8]]:
    """The results of the other steps: each a file of its own, as bytes of shape (n,)."""
    others = {_name(number): step.result for number, step in enumerate(chain.steps) if number != place}
    return {name: np.frombuffer(pack_result(result), np.uint8) for name, result in others.items()}


def read_chain(words: Mapping[str, Any], data: bytes, result: Result) -> tuple[Chain, int]:
    """The chain that `words` tell of, around the file's own `result`, and that one's place; `data` is the whole file.

    Whether each step was made from the one before isn't asked: a chain that is out of date is a chain as well. Raises
    BadInput for music that makes no sense, KeyError, TypeError, ValueError or AttributeError for words that don't.
    """
    place, told, tensors = int(words["place"]), words["steps"], load(data)
    if not 0 <= place < len(told) <= MOST_STEPS:
        raise ValueError("no such place")
    melody = score_from_dict(words["melody"])
    check_melody(melody, "project file")
    results = [result if number == place else _other(tensors[_name(number)]) for number in range(len(told))]
    return Chain(melody, tuple(_step(words, result) for words, result in zip(told, results, strict=True))), place


def _name(number: int) -> str:
    return f"step_{number}"


def _other(content: NDArray[Any]) -> Result:
    result, _ = unpack_result(content.tobytes())
    check_result(result)
    return result


def _step(words: Mapping[str, Any], result: Result) -> ChainStep:
    take, part, programs = words["take"], words["part"], tuple(words["programs"])
    if not 0 <= int(take) < MOST_TAKES or not isinstance(part, str) or len(part) > LONGEST_NAME:
        raise ValueError("no such part")
    check_programs(programs, "project file")
    return ChainStep(result, int(take), part, programs)
