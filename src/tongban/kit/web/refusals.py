"""The one error handler: a refusal becomes a page that says what to do, or RFC 9457 problem+json."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import msgspec
import structlog
from litestar import Litestar
from litestar.connection import Request
from litestar.enums import HttpMethod
from litestar.exceptions import (
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)
from litestar.response import Response

from tongban.kit.acting import PowerEnded
from tongban.kit.errors import Refused, Words
from tongban.kit.i18n import N_
from tongban.kit.not_allowed import FactorFirst, FreshProofNeeded, StepUpNeeded
from tongban.kit.web.access import Closed, LogInFirst
from tongban.kit.web.bodies import pointer_to
from tongban.kit.web.csrf import StaleForm
from tongban.kit.web.keeping import keep_fields
from tongban.kit.web.pages import local_path, page, redirect, typed_once_more
from tongban.kit.web.paging import CursorMalformed, first_page
from tongban.kit.web.visit import visit

log = structlog.get_logger("tongban.web")

#: The identity room's log-in page: ``(next, kept, staff) -> Response``; plugged by the app.
LogInPage = Callable[[str, str, bool], Response[Any]]
_plugged: list[LogInPage] = []
#: The identity room's page that leads to a higher level or a fresh proof: ``(refused, next, kept) -> Response``.
StepUpPage = Callable[[StepUpNeeded | FreshProofNeeded, str, str], Response[Any]]
_step_up: list[StepUpPage] = []

TITLES = {
    400: N_("请求有误"),
    401: N_("请先登录"),
    403: N_("不能进行这项操作"),
    404: N_("没有找到这个页面"),
    405: N_("这个地址不接受这种请求"),
    406: N_("没有这种格式"),
    409: N_("情况已有变化"),
    412: N_("情况已有变化"),
    413: N_("内容太大"),
    415: N_("内容的格式不对"),
    422: N_("有内容需要更正"),
    428: N_("请先读取再修改"),
    429: N_("操作太频繁"),
    500: N_("系统出错了"),
    503: N_("系统正在恢复"),
}
#: What happened and what to do, where the refusal itself has no words of its own.
WORDS = {
    400: N_("请返回上一页检查后重试。"),
    401: N_("请先登录，再继续办理。"),
    403: N_("这项操作不对您的身份开放。如果应当由您办理，请换用对应的账户登录，或拨打热线。"),
    404: N_("地址可能有误，或您无权查看。请检查地址，或者从下面的入口重新进入。"),
    405: N_("请从首页重新进入。"),
    406: N_("这个地址不提供所要的格式。请去掉请求头 Accept，或换一种格式再试。"),
    409: N_("您打开页面之后，内容已被更新。请返回上一页，刷新后按最新情况再办。"),
    412: N_("您读取之后，内容已被更新。请重新读取，按最新情况再改。"),
    413: N_(
        "提交的内容超过大小限制，没有收下。文字太长的，请删减；有照片或者 PDF 的，请缩小、分成几个文件，一次少传几个。"
        "已保存的内容都在。"
    ),
    415: N_("发来的内容不是可以接收的格式。请按接口说明发送。"),
    422: N_("请返回上一页，按提示更正后再提交。已填的内容都在。"),
    428: N_("修改前请先读取最新内容，并带上它的版本提交。"),
    429: N_("请稍等一会儿再试；已填的内容不会丢失。"),
    500: N_("错误已记录，您已提交的内容不会丢失。请稍后重试，或拨打热线并告知追踪号。"),
    503: N_("服务很快恢复，您已提交的内容不会丢失。请稍后再试。"),
}
#: For who reads a list as pages: of cursors she knows nothing.
_NO_SUCH_PAGE = N_("这个列表没有这一页：地址可能不完整，或者已经改变。请从第一页看起。")
#: The same for a program, which has no page before it and no entry below.
_TO_PROGRAMS = WORDS | {
    404: N_("没有这个接口地址，或者您无权查看。请对照接口说明检查地址和其中的编号。"),
    405: N_("这个地址不接受这种方法。可用的方法在响应头 Allow 中。"),
    413: N_("提交的内容超过大小限制，请删减后再试。"),
}


class ParametersWrong(Refused):
    """Something in the address after the question mark cannot be read; ``fields`` says of each what is wrong."""

    def __init__(self, wrong: Mapping[str, Words]) -> None:
        words = next(iter(wrong.values())) if len(wrong) == 1 else _wrong_form(", ".join(wrong))
        super().__init__("parameters-wrong", words, fields=wrong)


def _wrong_form(names: str) -> Words:
    return N_("参数 {names} 的格式不对，请更正后重试。", names=names)


def plug_log_in_page(page_of: LogInPage) -> None:
    """Tell the web floor which page asks for the log-in when a form was posted after the session's end."""
    _plugged[:] = [page_of]


def plug_step_up_page(page_of: StepUpPage) -> None:
    """Tell the web floor which page leads to a higher real-name level, or to a fresh proof, and back."""
    _step_up[:] = [page_of]


def _lead_up(request: Request[Any, Any, Any], refused: StepUpNeeded | FreshProofNeeded) -> Response[Any]:
    """The page that leads there. A form goes along as it was posted; what has files or a password does not, and its
    writer comes back to the page that it belongs to."""
    if request.method == HttpMethod.GET:
        return _step_up[0](refused, _address(), "")
    posted = visit().posted or {}
    if posted and not any("password" in name for name in posted):
        return _step_up[0](refused, visit().path, keep_fields(posted))
    return _step_up[0](refused, _above(request) or "/", "")


def problem(
    status: int, code: str, message: Any, *, title: Words | None = None, **extra: Any
) -> Response[bytes]:
    """An RFC 9457 answer: a documented ``type``, a title, what to do, a trace id."""
    body = {
        "type": f"/problems/{code}",
        "title": str(title or TITLES.get(status, TITLES[400])),
        "status": status,
        "detail": str(message),
        "trace": visit().trace,
        **extra,
    }
    return Response(msgspec.json.encode(body), status_code=status, media_type="application/problem+json")


def _address() -> str:
    """The address that was asked for, with what stands behind its question mark."""
    current = visit()
    return current.path + (f"?{current.query}" if current.query else "")


def _log_in(request: Request[Any, Any, Any], refused: LogInFirst) -> Response[Any]:
    if request.method == "GET":
        return redirect(f"{'/staff/login' if refused.staff else '/login'}?next={quote(_address(), safe='')}")
    if not _plugged:
        raise RuntimeError("plug_log_in_page() has not been called")
    return _plugged[0](visit().path, refused.kept, refused.staff)


def refuse(request: Request[Any, Any, Any], refused: Refused) -> Response[Any]:
    """Answer a refusal in the visitor's language and format."""
    if visit().wants_json:
        fields = {_place(refused, name): str(words) for name, words in refused.fields.items()}
        more: dict[str, Any] = {"fields": fields} if fields else {}
        if isinstance(refused, StepUpNeeded):
            more["level"] = refused.level
        answer: Response[Any] = problem(
            refused.status, refused.code, refused.message, title=refused.title, **more
        )
    elif isinstance(refused, StepUpNeeded | FreshProofNeeded) and _step_up:
        return _lead_up(request, refused)
    elif isinstance(refused, LogInFirst):
        return _log_in(request, refused)
    elif isinstance(refused, Closed):
        answer = page(
            "closed.html", status=refused.status, notice=refused.notice, typed=refused.typed, again=_address()
        )
    elif isinstance(refused, PowerEnded):
        answer = page(
            "power_ended.html",
            status=refused.status,
            message=refused.message,
            typed=typed_once_more(refused.kept, path=visit().path),
        )
    elif isinstance(refused, StaleForm):
        answer = page(
            "stale_form.html",
            status=refused.status,
            message=refused.message,
            typed=typed_once_more(refused.kept, path=visit().path),
            written_for=refused.written_for,
            back=_belongs_to(request),
        )
    else:
        lost = isinstance(refused, CursorMalformed)
        answer = page(
            "error.html",
            status=refused.status,
            code=refused.status,
            title=refused.title or TITLES.get(refused.status, TITLES[400]),
            message=_NO_SUCH_PAGE if lost else refused.message,
            fields=refused.fields,
            first_href=first_page() if lost else None,
            factor_first=isinstance(refused, FactorFirst),
            retry_after=refused.retry_after,
        )
    if refused.retry_after is not None:
        answer.headers["retry-after"] = str(refused.retry_after)
    return answer


def _belongs_to(request: Request[Any, Any, Any]) -> str:
    """The page in which a posted form stands: at its own address, or the nearest above; else the home page."""
    with suppress(HTTPException):
        request.app.asgi_router.handle_routing(path=request.scope["path"], method=HttpMethod.GET)
        return local_path(quote(request.scope["path"]) + (f"?{visit().query}" if visit().query else ""))
    return _above(request) or "/"


def _place(refused: Refused, name: str) -> str:
    """Where a field stands for a program: a JSON pointer into what it sent, a parameter of the address by its name."""
    return name if isinstance(refused, ParametersWrong) or name.startswith("/") else pointer_to(name)


def refuse_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """Litestar's own refusals (no such route, wrong method, too large a body) in our words."""
    if isinstance(error, ValidationException) and (wrong := _wrong_parameters(request, error)):
        return refuse(request, ParametersWrong(wrong))
    allowed = (
        _allowed(request.app, request.scope["path"]) if isinstance(error, MethodNotAllowedException) else []
    )
    if isinstance(error, MethodNotAllowedException) and not allowed:
        error = NotFoundException()
    if allowed and (belongs_to := _page_above(request)):
        return redirect(belongs_to)
    status = error.status_code if error.status_code in TITLES else 400
    if visit().wants_json:
        answer: Response[Any] = problem(status, f"http-{status}", _TO_PROGRAMS[status])
    else:
        answer = page(
            "error.html", status=status, code=status, title=TITLES[status], message=WORDS[status], fields={}
        )
    if allowed:
        answer.headers["allow"] = ", ".join(("OPTIONS", *allowed))
    return answer


def _page_above(request: Request[Any, Any, Any]) -> str | None:
    """The page that an address belongs to which a form posts to, for who opens it in a browser: after a refused form
    it stands in the address bar, and is opened anew or kept as a bookmark. The nearest one above it that can be opened;
    the home page is none, and who may see the page is that page's own question.
    """
    if request.method != HttpMethod.GET or visit().wants_json or "text/html" not in visit().accept:
        return None
    return _above(request)


def _above(request: Request[Any, Any, Any]) -> str | None:
    """The nearest page above an address that can be opened, with its question mark's part; None where there is none."""
    above = request.scope["path"].strip("/").split("/")[:-1]
    while above:
        with suppress(HTTPException):
            path = "/" + "/".join(above)
            request.app.asgi_router.handle_routing(path=path, method=HttpMethod.GET)
            return local_path(quote(path) + (f"?{visit().query}" if visit().query else ""))
        above.pop()
    return None


def _wrong_parameters(request: Request[Any, Any, Any], error: ValidationException) -> dict[str, Words]:
    """What is to be said of each wrong parameter, by the names that they have in the address."""
    told = error.extra if isinstance(error.extra, list) else []
    wrong = [one["key"] for one in told if isinstance(one, dict) and one.get("source") == "query"]
    fields = request.scope["route_handler"].parsed_fn_signature.parameters
    said: dict[str, Words] = {}
    for one in wrong:
        bounds = fields[one].kwarg_definition
        name = getattr(bounds, "name", None) or one
        least, most = getattr(bounds, "ge", None), getattr(bounds, "le", None)
        said[name] = _wrong_form(name)
        if least is not None and most is not None:
            # Only a list's limit is bounded on both sides, and it is a whole number.
            words = N_(
                "参数 {name} 应为 {least} 至 {most} 的整数，请更正后重试。", name=name, least=least, most=most
            )
            said[name] = words
    return said


def _allowed(app: Litestar, path: str) -> list[str]:
    """The methods of an address, for the answer to a wrong one (RFC 9110, 15.5.6); none where a part of it, such as an
    id, is of no form that any of them takes: there is no such address."""
    methods: list[str] = []
    for method in (HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE):
        with suppress(MethodNotAllowedException, NotFoundException):
            app.asgi_router.handle_routing(path="/" + path.strip("/"), method=method)
            methods += ["GET", "HEAD"] if method is HttpMethod.GET else [method.value]
    return methods


def fail(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A bug: logged with its trace, shown without its entrails."""
    log.error("unhandled", path=visit().path, trace=visit().trace, exc_info=error)
    if visit().wants_json:
        return problem(500, "bug", WORDS[500])
    return page("error.html", status=500, code=500, title=TITLES[500], message=WORDS[500], fields={})
