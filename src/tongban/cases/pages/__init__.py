"""The room's pages: the resident's (apply, follow), the department's desk, and the papers of both."""

from tongban.cases.pages import (
    annotating,
    applying,
    attachments,
    batching,
    checking,
    correcting,
    desk,
    desk_forms,
    following,
    inspecting,
    papers,
    templates,
    visiting,
)

routes = [
    *applying.routes,
    *following.routes,
    *correcting.routes,
    *papers.routes,
    *attachments.routes,
    *checking.routes,
    *desk.routes,
    *desk_forms.routes,
    *visiting.routes,
    *inspecting.routes,
    *annotating.routes,
    *batching.routes,
    *templates.routes,
]
