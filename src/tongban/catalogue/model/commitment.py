"""Notified commitment 告知承诺: what the organ tells before it takes one, and how it checks what was promised."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Literal

import msgspec

from tongban.catalogue.model.guide import WAY, Mark, Way
from tongban.catalogue.model.limits import Clock
from tongban.kit.i18n import Text


class DataCheck(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a register must say for a promise to hold: its ``field`` is what the form's question ``answer`` holds."""

    resource: str
    field: str
    answer: str
    label: Text


class Commitment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An item granted on commitment: the notice 告知书, and the check after it 事中事后核查.

    ``material`` is the commitment among the item's materials that the applicant signs. ``conditions`` are what she
    promises to meet, ``standards`` by what that is judged, ``consequence`` what follows where it is not so,
    ``checked`` how it is looked at. The check is due ``check_days`` working days after the decision; what is found
    wrong is put right within ``cure_days`` working days, and who broke a promise gives none for ``barred_months``.
    ``share`` per cent of the cases are looked at on the spot, by the ``risk``; the others by ``checks`` of data where
    there are any. Nobody must give one: the item's situation ``way`` asks, ``ordinary`` says how it goes without one
    一般程序, which is decided within ``ordinary_days`` working days.
    """

    material: str
    conditions: tuple[Text, ...]
    standards: Text
    ordinary: Text
    ordinary_days: int
    consequence: Text
    checked: Text
    check_days: int
    cure_days: int
    barred_months: int
    risk: Literal["low", "medium", "high"]
    share: int
    checks: tuple[DataCheck, ...] = ()
    basis: Text
    mark: Mark

    @property
    def tick(self) -> str:
        """The question of the form by whose tick it is given."""
        return f"promise_{self.material}"

    @property
    def digest(self) -> str:
        """SHA-256 of the notice in hexadecimal digits: of all that is told before it is given."""
        return sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()

    def chosen(self, situation: Mapping[str, str]) -> bool:
        """Whether these situations are granted on commitment; so it is where an item does not ask."""
        return situation.get(WAY) != Way.ORDINARY

    def given(self, situation: Mapping[str, str], answers: Mapping[str, Any]) -> bool:
        """Whether it was chosen and ticked."""
        return self.chosen(situation) and answers.get(self.tick) is True

    def clock(self, clock: Clock, situation: Mapping[str, str]) -> Clock:
        """The item's limits; the promised one is longer in the ordinary way."""
        return (
            clock
            if self.chosen(situation)
            else msgspec.structs.replace(clock, promise_days=self.ordinary_days)
        )

    def drawn(self, number: str, decided: str) -> bool:
        """Whether a case is drawn 抽查 for a look on the spot, by its number and the instant of its decision (ISO).

        The first eight hexadecimal digits of SHA-256 over both, modulo 100, are below the share: neither who applies
        nor who decides chooses both, and whoever knows them can work it out again.
        """
        digest = sha256(f"{number} {decided}".encode()).hexdigest()
        return int(digest[:8], 16) % 100 < self.share
