"""How many have an account 实名用户: the city's figures, no person among them."""

from __future__ import annotations

import msgspec


class Figures(msgspec.Struct, frozen=True):
    """Persons with an account 自然人, of whom ``local_hukou`` have the hukou of the city 本地户籍 and ``hukou_unknown``
    were never asked about; the persons again by real-name level 实名等级; firms 法人. ``level_0`` are accounts of a
    phone alone, whose holders nobody has checked: they are not among the persons.

    Closed and merged accounts do not count.
    """

    persons: int
    local_hukou: int
    hukou_unknown: int
    level_0: int
    level_1: int
    level_2: int
    level_3: int
    firms: int
