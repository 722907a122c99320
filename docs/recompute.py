"""Recompute each figure of the reform from the rows that /reform gives away: python recompute.py < rows.jsonl
Needs only Python. Prints `equal` and the figure, or DIFFERS with both values and ends with 1."""

import json
import sys
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

rows = defaultdict(list)
for row in map(json.loads, sys.stdin):
    rows[row["row"]].append(row)
told = {one["key"]: one["value"] for one in rows["figure"]}
UNITS = {"working": (1, 1), "calendar": (5, 7), "months": (21, 1)}  # a limit in working days, rounded up
head = rows["day"][0] if rows["day"] else sys.exit("No rows: python recompute.py < the file from /reform")
today, ours = head["on"], defaultdict(int)


def put(key, part, whole):
    if whole:  # a share in percent to one decimal, halves up
        ours[key] = (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def total(found, what):
    return sum(one[what] for one in found)


approvals = [one for one in rows["item"] if one["kind"] in head["approval_kinds"]]
for place in ("", *{"." + one["department"] for one in approvals}):
    own = [one for one in approvals if place in ("", "." + one["department"])]
    timed = [one for one in own if one["statutory"] is not None]
    whole = sum(-(-one["statutory"] * UNITS[one["unit"]][0] // UNITS[one["unit"]][1]) for one in timed)
    put("reform.time_cut" + place, whole - total(timed, "promised"), whole)
    for what in ("materials",) if place else ("materials", "steps", "visits", "windows"):
        then = total(own, what + "_then")
        put(f"reform.{what}_cut{place}", then - total(own, what), then)
decided = [one for one in rows["pace"] if one["item"] in {approval["item"] for approval in approvals}]
put("reform.used_share", total(decided, "used_days"), total(decided, "promised_days"))
put("reform.prefilled_share", total(approvals, "prefilled"), total(approvals, "questions"))
ours |= {"reform.items": len(approvals), "reform.decided": total(decided, "decided")}
for key, day in (("", "chosen_on"), ("_planned", "planned_on"), ("_ready", "ready_on"), ("_done", "done_on")):
    ours["reform.processes" + key] = sum((one[day] or "9999") <= today for one in rows["process"])
for one in rows["approval"]:
    done = {"cancel": "cancelled", "adjust": "adjusted"}[one["act"]]
    ours["reform.items_" + (done if one["on"] <= today else "to_" + one["act"])] += 1
for one in rows["step"]:  # at least a day, half a day wholly online; what runs beside another step adds none
    hours, least = one["unit"] == "hours", Decimal("0.5" if one["online"] else 1)
    took = 0 if one["simultaneous"] else max(Decimal(one["time"]), 0 if hours else least)
    for of in (one["series"], one["year"])[: 2 - hours]:
        ours[f"reform.wb.{of}.procedures"] += one["outside"]
        ours[f"reform.wb.{of}.time"] += took
for number, (old, new) in enumerate(pairwise(sorted({one["year"] for one in rows["step"]})), start=1):
    for key, name in (("steps", "procedures"), ("time", "time")):
        before = ours[f"reform.wb.{old}.{name}"]
        put(f"reform.wb_{key}_cut_year{number}", before - ours[f"reform.wb.{new}.{name}"], before)
differing = [key for key in told.keys() | ours.keys() if Decimal(told.get(key, "NaN")) != ours[key]]
for key in sorted(told.keys() | ours.keys()):
    same = f"equal {key}" if key not in differing else f"DIFFERS {key}: published {told.get(key)}, recomputed"
    sys.stdout.write(f"{same} {ours[key]}\n")
sys.exit(bool(differing) or not told)
