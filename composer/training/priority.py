"""How far training steps back for everything else that a person does."""

from __future__ import annotations

import psutil

LOW_PRIORITY: int = getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", 10)
"""For psutil's nice(): a priority class on Windows, a nice value elsewhere."""
