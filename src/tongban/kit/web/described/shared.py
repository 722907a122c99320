"""What all operations share: the problem, the headers, who may ask. Sentences are msgids until they are told."""

from __future__ import annotations

from typing import Any

from tongban.kit.i18n import N_, Message
from tongban.kit.web.conditions import HEADER as MATCH_HEADER
from tongban.kit.web.csrf import HEADER as CSRF_HEADER
from tongban.kit.web.forms import KEY_HEADER
from tongban.kit.web.visit import SESSION_COOKIE

#: The answer to whatever is refused, the same everywhere (RFC 9457).
PROBLEM = {
    "type": "object",
    "description": N_("拒绝或出错时的答复（RFC 9457）。type 指向的页面说明含义和办法。"),
    "required": ["type", "title", "status", "detail", "trace"],
    "properties": {
        "type": {
            "type": "string",
            "format": "uri-reference",
            "examples": ["/problems/not-allowed"],
            "description": N_("问题类型的地址，见“问题类型”。程序按它判断，不要按文字判断。"),
        },
        "title": {"type": "string", "description": N_("一句概括，同一状态码相同。")},
        "status": {"type": "integer", "description": N_("HTTP 状态码。")},
        "detail": {"type": "string", "description": N_("出了什么事、怎么办，用请求的语言。")},
        "trace": {"type": "string", "description": N_("追踪号，与响应头 X-Trace-Id 相同；咨询时请提供。")},
        "fields": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": N_("出错的位置和说明：请求内容用 JSON 指针（RFC 6901），地址参数用参数名。"),
        },
    },
}
SECURITY = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": N_("登录后得到的会话 Cookie。"),
    },
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": CSRF_HEADER,
        "description": N_("与会话绑定的 CSRF 令牌，由 GET /api/v1/session 给出；每个修改数据的请求都要带。"),
    },
}
KEY = {
    "name": KEY_HEADER,
    "in": "header",
    "required": True,
    "description": N_("一次操作一个键，如随机 UUID。用同一个键重发，只办一次，答复相同。"),
    "schema": {"type": "string", "minLength": 8, "maxLength": 128, "pattern": "^[!-~]{8,128}$"},
    "example": "3f2b8c1e-7a54-4c39-9a0e-5d1f6b7c8e90",
}
MATCH = {
    "name": MATCH_HEADER,
    "in": "header",
    "required": True,
    "description": N_("读取时得到的 ETag；别处已修改时答复 412，不会覆盖。“*”表示不论哪个版本。"),
    "schema": {"type": "string", "minLength": 1, "pattern": "^[ -~]+$"},
    "example": '"3"',
}
HEADERS = {
    "X-Trace-Id": {
        "description": N_("本次请求的追踪号。"),
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
    },
    "Link": {
        "description": N_('下一页的地址，rel="next"（RFC 8288）；最后一页没有。'),
        "schema": {"type": "string"},
    },
    "ETag": {
        "description": N_("所读内容的版本，修改时放入 If-Match。"),
        "required": True,
        "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
    },
    "Location": {
        "description": N_("办件、文件或上传的地址。"),
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "Upload-Offset": {
        "description": N_("已收到的字节数；续传从这里开始（tus 1.0.0）。"),
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
    "Upload-Length": {
        "description": N_("文件的字节数。"),
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
    "Upload-Expires": {
        "description": N_("到这时还没有继续的上传，不再保留（RFC 9110 的日期）。"),
        "required": True,
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": N_("多少秒后重试。"),
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
}

#: Headers that tus asks for, as parameters.
ASKED = {
    "Tus-Resumable": {
        "description": N_("断点续传协议 tus 的版本。"),
        "schema": {"type": "string", "const": "1.0.0"},
        "example": "1.0.0",
    },
    "Upload-Length": {
        "description": N_("文件的字节数。"),
        "schema": {"type": "string", "pattern": "^[0-9]{1,15}$"},
        "example": "183042",
    },
    "Upload-Metadata": {
        "description": N_("“键 值”用逗号分开，值用 Base64：field 是表单的字段，filename 是文件名。"),
        "schema": {"type": "string", "pattern": "^[ -~]{1,4000}$"},
        "example": "field ZmlsZV9jYXNlX3BhcGVycw==,filename Y29udHJhY3QucG5n",
    },
    "Upload-Offset": {
        "description": N_("这一段从文件的第几个字节开始；应等于已收到的字节数。"),
        "schema": {"type": "string", "pattern": "^[0-9]{1,15}$"},
        "example": "0",
    },
}


def told(value: Any) -> Any:
    """The same with every sentence in the language of the moment."""
    if isinstance(value, Message):
        return str(value)
    if isinstance(value, dict):
        return {name: told(one) for name, one in value.items()}
    return [told(one) for one in value] if isinstance(value, list) else value
