"""Which situation of the cast a person is in, judged from the facts alone: label and facts cannot part.

The rule played with: registered here for six months, and stable work, a stable home or continuous
study; locals of the hukou need no permit.
"""

from datetime import date, timedelta

from tongban_sandbox.civil import months_later

from .facts import SETTLED, here_since
from .people import Person

ELIGIBLE = ("eligible_work", "eligible_home", "eligible_study")
SITUATIONS = (*ELIGIBLE, "five_months", "no_basis", "local_hukou", "deceased", "interrupted_work")


def situation(person: Person, today: date) -> str | None:
    """The one situation a person is handed out for; None for minors, the moved out and mixed cases."""
    if person.status == "死亡":
        return "deceased"
    if person.status != "正常" or months_later(person.born, 12 * 18) > today or not person.phone:
        return None
    if person.local:
        return "local_hukou" if person.stay.registered else None
    return _of_newcomer(person, today)


def _of_newcomer(person: Person, today: date) -> str | None:
    long_ago = today - timedelta(days=SETTLED)
    works = person.job is not None and person.job.ended is None and person.job.since <= long_ago
    steady = works and person.job is not None and person.job.gap_every is None
    housed = any(h.since <= long_ago for h in person.homes)
    studies = person.study is not None and person.study.since <= long_ago
    if person.stay.floats is not None:
        return "five_months" if steady else None
    if person.stay.since > long_ago:
        return None
    if steady:
        return "eligible_work"
    if housed and here_since(person.stay) <= long_ago:
        return "eligible_home"
    if studies:
        return "eligible_study"
    if works:
        return "interrupted_work"
    return None if person.homes or person.study else "no_basis"
