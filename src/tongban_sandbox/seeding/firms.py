"""Small firms and who represents them at law; drawn by a chance of their own, so that people stay who they are."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from tongban_sandbox.city import Address, City
from tongban_sandbox.digits import firm_code

from . import words
from .people import Person

SHARE = 1 / 14  # of the heads of households who are of age
SCOPES = {
    "餐饮管理": "餐饮服务；食品销售；餐饮企业管理。",
    "信息技术": "软件开发；信息系统集成服务；技术咨询。",
    "医疗器械": "第二类医疗器械销售；技术服务。",
    "物流": "道路货物运输；仓储服务；国内货物运输代理。",
    "建筑工程": "建筑施工；建筑装饰装修工程；工程管理服务。",
}
ANY_SCOPE = "技术服务、技术开发、技术咨询；日用百货销售；企业管理咨询。"


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm of the register: its code, name, representative, address, scope of business and first day."""

    uscc: str
    name: str
    representative: Person
    address: Address
    scope: str
    since: date


class Founding:
    """The chance by which firms are founded."""

    def __init__(self, seed: int, today: date, city: City) -> None:
        self.random = random.Random(seed)
        self.today = today
        self.city = city
        self.serial = 500_000

    def owns_one(self, person: Person) -> bool:
        """Whether this head of a household has founded a firm."""
        grown = (self.today - person.born).days > 20 * 366
        return self.random.random() < SHARE and grown and person.status == "正常"

    def firm(self, person: Person) -> Firm:
        """A firm of this person, between one year and twelve years old."""
        self.serial += 1
        address = self.city.address(self.random)
        trade = self.random.choice(words.FIRM_TRADES)
        name = f"{self.city.name}{''.join(self.random.sample(words.FIRM_STEMS, 2))}{trade}有限公司"
        since = self.today - timedelta(days=self.random.randint(370, 4400))
        uscc = firm_code(address.district, self.serial)
        return Firm(uscc, name, person, address, SCOPES.get(trade, ANY_SCOPE), since)
