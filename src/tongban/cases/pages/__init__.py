"""The room's pages: the resident's (apply, follow), the department's desk, and the papers of both."""

from tongban.cases.pages import (
    applying,
    attachments,
    checking,
    confirming,
    correcting,
    desk,
    desk_forms,
    following,
    papers,
    visiting,
)

routes = [
    *applying.routes,
    *following.routes,
    *confirming.routes,
    *correcting.routes,
    *papers.routes,
    *attachments.routes,
    *checking.routes,
    *desk.routes,
    *desk_forms.routes,
    *visiting.routes,
]
