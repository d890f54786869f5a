from __future__ import annotations

from datetime import UTC

from glowplug.config import TIME_ZONE
from glowplug.datetimes import now_micros, zone_of
from glowplug.optimize.context import Context
from glowplug.plan.current_time import asks_for_time, at_time
from glowplug.plan.relations import Relation
from glowplug.time_zones import resolve_zone


def fix_time(plan: Relation, cx: Context) -> Relation:
    """current_date() → DATE'2026-11-21': partitions are chosen, and Python's stages run, at the time that rows see.
    Applied to whole plans."""
    if not asks_for_time(plan):
        return plan
    zone = zone_of(resolve_zone(cx.setting(TIME_ZONE) or "UTC") or "UTC") or UTC
    return at_time(plan, now_micros(), zone)  # type: ignore[no-any-return]
