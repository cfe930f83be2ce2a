"""With this folder on its path, every Python process knows the small dataset of tests.fake_data.

So a test can train the real algorithm in seconds in a server of its own, and in the processes that it starts.
"""

from composer.data.registry import SOURCES
from tests.fake_data import FAKE_SOURCE

SOURCES[FAKE_SOURCE.name] = FAKE_SOURCE
