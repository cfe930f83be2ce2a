"""What the server loads in the background while a first page is looked at."""

from __future__ import annotations

import gc

from composer.ui.engine import warm_up


def test_what_is_loaded_for_good_is_not_gone_through_after_every_run() -> None:
    warm_up().join()
    try:
        assert gc.get_freeze_count() > 100_000
    finally:
        gc.unfreeze()
