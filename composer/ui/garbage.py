"""What keeps garbage collection from holding up a page."""

from __future__ import annotations

import gc


def spare_collector() -> None:
    """Let garbage collection pass over all that is there by now, modules above all, which is never garbage.

    Streamlit collects garbage after each run: going through all of torch held a page up 0.1 s, and took more than half
    of the server's time where a page keeps itself up to date each second.
    """
    gc.collect()
    gc.freeze()
