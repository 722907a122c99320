"""The phones of the demo people, as pages: where the SMS codes of the demo are read."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2
from litestar import MediaType, Request, Response, get

from .bank import card_of
from .cast import Cast
from .civil import CHINA
from .faults import SERVICES
from .lines import holder_of, name_of, numbers_of
from .overseas import everybody
from .problems import Problem
from .sms import PHONE, latest_phones, messages
from .social import card_of as social_card_of

HERE = Path(__file__).parent
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
SITUATION_WORDS = {
    "eligible_work": ("有稳定就业，可申领居住证", "in stable work, may apply"),
    "eligible_home": ("有稳定住所，可申领居住证", "has a stable home, may apply"),
    "eligible_study": ("连续就读，可申领居住证", "in continuous study, may apply"),
    "five_months": ("居住登记只有五个月", "registered for five months only"),
    "no_basis": ("无就业、住所、就读", "no work, home or study"),
    "interrupted_work": ("社保缴费中断", "contributions interrupted"),
    "local_hukou": ("本地户籍", "local hukou"),
    "deceased": ("已注销（死亡）", "deceased"),
}

PAPER_WORDS = {
    "516": ("港澳居民来往内地通行证", "mainland permit, Hong Kong and Macao"),
    "511": ("台湾居民来往大陆通行证", "mainland permit, Taiwan"),
    "HMT": ("港澳台居民居住证", "residence permit of Hong Kong, Macao, Taiwan residents"),
    "553": ("外国人永久居留身份证", "permanent resident's card"),
    "414": ("护照", "passport"),
}


def _local(instant: str) -> str:
    at = datetime.fromisoformat(instant)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(CHINA).strftime("%m-%d %H:%M:%S")


def _spaced(phone: str) -> str:
    return f"{phone[:3]} {phone[3:7]} {phone[7:]}"


templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)
templates.filters |= {"local": _local, "spaced": _spaced}


def rendered(template: str, **context: Any) -> Response[str]:
    """One of the sandbox's pages."""
    return Response(
        templates.get_template(template).render(context), media_type=MediaType.HTML, headers=HEADERS
    )


@get("/phone", sync_to_thread=False)
def phones(cast: Cast) -> Response[str]:
    """All phones worth a look: the demo people and whoever got a message lately."""
    latest = latest_phones(cast.dbs["sms"])
    demo = cast.demo()
    overseas = everybody()
    known = {*(person["phone"] for person in demo), *(one.phone for one in overseas)}
    return rendered(
        "phones.html",
        demo=demo,
        overseas=overseas,
        papers=PAPER_WORDS,
        latest=latest,
        words=SITUATION_WORDS,
        others=[phone for phone in latest if phone not in known],
    )


@get("/phone/{number:str}", sync_to_thread=False)
def phone(number: str, cast: Cast, still: bool = False) -> Response[str]:
    """One phone: its messages, newest first.

    It refreshes by itself through the HTTP header and can be told not to (`still`): a `<meta>` that nobody
    can stop would fail WCAG 2.2.1.
    """
    if not PHONE.fullmatch(number):
        raise Problem(404, "Unknown phone", "Not a mobile number.")
    population = cast.dbs["population"]
    number_of_paper = holder_of(population, number)
    other = next((one for one in everybody() if one.number == number_of_paper), None)
    name = name_of(population, number_of_paper)
    page = rendered(
        "phone.html",
        number=number,
        name=name,
        id_number="" if other else number_of_paper,
        further=[one for one in numbers_of(population, number_of_paper) if one != number],
        other=other,
        card=card_of(number_of_paper) if number_of_paper else "",
        social=social_card_of(number_of_paper) if number_of_paper else "",
        papers=PAPER_WORDS,
        messages=messages(cast.dbs["sms"], number),
        still=still,
    )
    if not still:
        page.headers["Refresh"] = "3"
    return page


@get("/phone.css", sync_to_thread=False)
def style() -> Response[bytes]:
    """The pages' own style."""
    return Response(
        (HERE / "static" / "phone.css").read_bytes(),
        media_type="text/css; charset=utf-8",
        headers={"Cache-Control": "max-age=300"},
    )


SERVICE_WORDS = {
    "population": ("人口库", "Population register"),
    "degree": ("学历学位库", "Register of degrees"),
    "profession": ("职业资格库", "Register of professional qualifications"),
    "marriage": ("婚姻登记库", "Register of marriages"),
    "vehicle": ("机动车登记库", "Register of vehicles"),
    "tax": ("税务登记库", "Tax register"),
    "residence": ("居住登记", "Residence registrations"),
    "employment": ("就业与社保", "Employment and contributions"),
    "property": ("产权与租赁", "Homes and leases"),
    "education": ("在校就读", "School enrolment records"),
    "enterprise": ("法人库", "Register of firms"),
    "kinship": ("亲属关系", "Register of families"),
    "sms": ("短信网关", "SMS gateway"),
    "cards": ("制证中心", "Card maker"),
    "credit": ("公共信用信息平台", "Credit register"),
    "ca": ("电子认证服务机构", "Certificate authority"),
    "ocsp": ("证书状态查询", "Certificate status"),
    "tsa": ("时间戳服务", "Time stamps"),
    "bank": ("银行卡清算机构", "Bank card network"),
    "social": ("社会保障卡", "Social security cards"),
    "face": ("人脸核验服务商", "Face check provider"),
}


@get("/", sync_to_thread=False)
def index(request: Request[Any, Any, Any]) -> Response[Any]:
    """What this server plays, as a page or as JSON."""
    if "text/html" in request.headers.get("accept", ""):
        return rendered("index.html", services=[(s, *SERVICE_WORDS[s]) for s in SERVICES])
    return Response({"services": {s: {"health": f"/{s}/healthz"} for s in SERVICES}, "phone": "/phone"})


routes = [index, phones, phone, style]
