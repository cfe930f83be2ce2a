"""With this folder on its path, every Python process knows the dataset and the algorithm of the tests.

So the real algorithm can be trained in seconds in a server that a test starts, and in the processes that this starts;
and the pretended one, half a second an epoch, shows what the page does meanwhile.
"""

from dataclasses import dataclass

from composer.algorithms.registry import ALGORITHMS
from composer.data.registry import SOURCES
from composer.settings import setting
from tests.fake import FakeAlgorithm, FakeTrainSettings
from tests.fake_data import FAKE_SOURCE


@dataclass(frozen=True)
class SlowSettings(FakeTrainSettings):
    """Half a second an epoch."""

    epoch_ms: int = setting(500, "Milliseconds an epoch", minimum=0, maximum=60_000, step=1, advanced=True)


class SlowAlgorithm(FakeAlgorithm):
    """The pretended algorithm, slow enough to be watched."""

    TrainSettings = SlowSettings


SOURCES[FAKE_SOURCE.name] = FAKE_SOURCE
ALGORITHMS[SlowAlgorithm.name] = SlowAlgorithm()
