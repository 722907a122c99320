"""The life of a case as one table: ``docs/life-of-a-case.md``, made from the rows that the engine itself goes by.

python -m scripts.life             write it
python -m scripts.life --check     exit 1 when it is not what the code says
"""

from __future__ import annotations

import sys

from scripts.made import put
from scripts.source import HOME
from tongban.cases.model import STATE_WORDS, State
from tongban.cases.model.commitments import BY_OFFICER, LIFE, PROMISE_WORDS, Turn
from tongban.cases.model.course import LIMIT_WORDS, RUNS
from tongban.cases.model.life import MOVES, Edge, Move
from tongban.cases.model.papers import DECIDED_ANEW, GIVEN, GOES_ON, TITLES
from tongban.cases.model.states import DECIDING, ENDED
from tongban.kit.policy import Role

FILE = HOME / "docs" / "life-of-a-case.md"
HEAD = """# The life of a case 办件的一生

Made from the code by `python -m scripts.life`; a house test compares. What is not in this table cannot happen: a move
from another state, or by another, is refused with the state in its words and nothing is written. How the limits are
counted stands in [time-limits.md](time-limits.md), who of a department may do what in `tongban.cases.model.whose`.
"""
_OF_PROMISES = """What an item grants on commitment is checked after the decision; that life is the promise's
own, beside the case's. Registers are asked under a purpose of the case, opened for the look; what is drawn is
looked at on the spot besides. A promise that was broken ends with the licence, whose revocation is the approver's,
and goes into the credit register: until that is over its holder gives no other.
"""
WHO = {Role.RESIDENT: "applicant", Role.OFFICER: "department", Role.SYSTEM: "time, or the system"}
#: What residents do who have not applied; what both do.
OF_INTERESTED = {Move.INTERESTED_ASKS, Move.INTERESTED_WAIVES}
OF_EITHER = {
    *(Move.JOIN_HEARING, Move.DROP_HEARING, Move.LEAVE_HEARING, Move.ASK_RECUSAL),
    *(Move.WORD_ON_RECORD, Move.SIGN_RECORD),
}


def text() -> str:
    """The page."""
    return "\n".join([HEAD, *_picture(), *_states(), *_moves(), *_promises()]) + "\n"


def _picture() -> list[str]:
    """The changes of state, each pair once with all that lead there."""
    moves: dict[tuple[State, State], list[str]] = {}
    for edge in MOVES:
        if edge.source is not edge.target:
            known = moves.setdefault((edge.source, edge.target), [])
            if edge.move not in known:
                known.append(edge.move)
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> draft: open"]
    lines += [f"    {source} --> {target}: {', '.join(names)}" for (source, target), names in moves.items()]
    lines += [f"    {state} --> [*]" for state in State if state in ENDED or state is State.DISCARDED]
    return [*lines, "```", ""]


def _states() -> list[str]:
    lines = ["## States", "", "| state | in words | limits that run |", "|---|---|---|"]
    for state in State:
        runs = "、".join(str(LIMIT_WORDS[kind]) for kind, states in RUNS.items() if state in states)
        still = "（停止计时）" if state is State.SUSPENDED else ""
        lines.append(f"| `{state}` | {STATE_WORDS[state]} | {runs}{still} |")
    return [*lines, ""]


def _moves() -> list[str]:
    lines = [
        "## Moves",
        "",
        "Each writes one event; the paper is made from it. An approval by an item with a chain is open to the",
        "approver alone, after examination and review by two others.",
        "",
        "An application can be withdrawn, and ended, from its submission to the decision. While what was granted is",
        "being made (制证中) neither is possible: the decision stands, and the licence that comes of it is cancelled",
        "注销 on the holder's application or withdrawn by the organ (行政许可法 art. 8, 69, 70). Such a decision is",
        "taken in the library of licences; the case that gave the licence follows, by the moves that end in",
        "`_licence`, with its paper. Where the licence that a new one is to replace ends meanwhile, or the new one is",
        "cancelled in the making, nothing is made and the case is called off.",
        "",
        "A correction of what several applied for together that changes more than files is laid before the others",
        "(invite) and goes back to the department with the last one's word (correct). Until then the case waits for",
        "the correction; a refusal, the end of their time, or the first one's recall leave the text that was signed.",
        "",
        "| from | move | by | to | paper | clock |",
        "|---|---|---|---|---|---|",
    ]
    order = {state: place for place, state in enumerate(State)}
    for edge in sorted(MOVES, key=lambda edge: order[edge.source]):
        kind = GIVEN.get(edge.move)
        paper = str(TITLES[kind]) if kind else ""
        if _begins_anew(edge):
            paper = f"{GOES_ON} or {DECIDED_ANEW}"
        target = "stays" if edge.target is edge.source else f"`{edge.target}`"
        lines.append(
            f"| `{edge.source}` | {edge.move} | {_who(edge)} | {target} | {paper} | {_clock(edge)} |"
        )
    return lines


def _begins_anew(edge: Edge) -> bool:
    """Whether the move is that of a reconsideration that has overturned the decision."""
    return edge.event == "cases.rectified" and edge.role is Role.SYSTEM


def _clock(edge: Edge) -> str:
    """What the move does to the limits: which begin, which end, whether they stand still or are moved."""
    if edge.move in ("extend", "recount"):
        return "the dates move"
    if _begins_anew(edge):
        return "begins anew, by a reconsideration"
    if edge.move == "rectify":
        return "as if the mistake had not been made"
    if edge.target is State.SUSPENDED and edge.source in DECIDING:
        return "stands still"
    if edge.source is State.SUSPENDED and edge.target in DECIDING:
        return "goes on, moved by the working days it stood"
    begin = [str(LIMIT_WORDS[kind]) for kind, states in RUNS.items() if _enters(edge, states)]
    end = [str(LIMIT_WORDS[kind]) for kind, states in RUNS.items() if _leaves(edge, states)]
    told = [f"begins: {'、'.join(begin)}"] if begin else []
    return "; ".join([*told, f"ends: {'、'.join(end)}"] if end else told)


def _who(edge: Edge) -> str:
    """Who makes the step."""
    if edge.role is Role.RESIDENT and edge.move in OF_INTERESTED:
        return "interested person"
    either = edge.role is Role.RESIDENT and edge.move in OF_EITHER
    return "applicant, interested person" if either else WHO[edge.role]


def _enters(edge: Edge, states: frozenset[State]) -> bool:
    return edge.target in states and edge.source not in states


def _leaves(edge: Edge, states: frozenset[State]) -> bool:
    return edge.source in states and edge.target not in states


def _promises() -> list[str]:
    """What becomes of a promise after the grant."""
    lines = [
        "",
        "## Promises 告知承诺",
        "",
        _OF_PROMISES,
        "| from | in words | turn | by | to |",
        "|---|---|---|---|---|",
    ]
    for (state, turn), target in LIFE.items():
        by = "department" if turn in BY_OFFICER else "the licence, revoked" if turn is Turn.REVOKE else "time"
        by = "department, or a register's word" if turn in (Turn.HOLD, Turn.FAIL) else by
        lines.append(f"| `{state}` | {PROMISE_WORDS[state]} | {turn} | {by} | `{target}` |")
    return lines


def main() -> int:
    """The command."""
    return put(FILE, text(), of="the code says", script="life")


if __name__ == "__main__":
    sys.exit(main())
