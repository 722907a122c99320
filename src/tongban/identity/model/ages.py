"""Ages 年龄: who is of age, and whose consent is her guardian's. Pure rules."""

from __future__ import annotations

from datetime import date, datetime, time

from tongban.kit import clock

#: Of age at (民法典 art. 17); consent is the guardian's below (个人信息保护法 art. 31).
OF_AGE = 18
OWN_CONSENT = 14


def age(born: date, today: date) -> int:
    """Full years 周岁: the birthday is the first day of a new one."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def of_age_on(born: date) -> date:
    """The eighteenth birthday; of who was born on 29 February, in a year without it, 1 March."""
    try:
        return born.replace(year=born.year + OF_AGE)
    except ValueError:
        return date(born.year + OF_AGE, 3, 1)


def guarded_until(born: date) -> datetime:
    """When a guardian's power ends by itself: as the eighteenth birthday begins."""
    return clock.instant_of(of_age_on(born), time())


def needs_consent(born: date, today: date) -> bool:
    """Whether a guardian's separate consent is due."""
    return age(born, today) < OWN_CONSENT
