"""The web floor: visits, sessions, forms, pages and the one error handler, on Litestar.

A route names its policy action in ``who=`` and gets ``db``, ``actor`` and ``now`` injected. A page is
``page("room/template.html", …)``; what every template needs of the visit comes by itself.
"""

from tongban.kit.web.bodies import Nothing, body_of, json_of, pointer, pointer_to
from tongban.kit.web.forms import form_of, idempotency_key, required_key
from tongban.kit.web.keeping import keep_fields, kept_fields
from tongban.kit.web.multipart import MAX_UPLOAD_BYTES, is_multipart
from tongban.kit.web.pages import local_path, page, plug_templates, redirect, snippet, told_alike
from tongban.kit.web.uploads import (
    PostedForm,
    file_response,
    form_with_files,
    small_files,
    thumbnail_response,
    uploaded,
    with_uploaded,
)
from tongban.kit.web.visit import Visit, visit

__all__ = [
    "MAX_UPLOAD_BYTES",
    "Nothing",
    "PostedForm",
    "Visit",
    "body_of",
    "file_response",
    "form_of",
    "form_with_files",
    "idempotency_key",
    "is_multipart",
    "json_of",
    "keep_fields",
    "kept_fields",
    "local_path",
    "page",
    "plug_templates",
    "pointer",
    "pointer_to",
    "redirect",
    "required_key",
    "small_files",
    "snippet",
    "thumbnail_response",
    "told_alike",
    "uploaded",
    "visit",
    "with_uploaded",
]
