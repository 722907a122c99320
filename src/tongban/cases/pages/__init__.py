"""The room's pages: the resident's (apply, follow), the department's desk, and the papers of both."""

from tongban.cases.pages import (
    applying,
    archive,
    assigning,
    attachments,
    checking,
    confirming,
    consulting,
    correcting,
    desk,
    desk_forms,
    following,
    papers,
    published,
    supervision,
    uploading,
    visiting,
)

routes = [
    *applying.routes,
    *uploading.routes,
    *following.routes,
    *confirming.routes,
    *correcting.routes,
    *papers.routes,
    *attachments.routes,
    *checking.routes,
    *published.routes,
    *assigning.routes,
    *consulting.routes,
    *desk.routes,
    *desk_forms.routes,
    *archive.routes,
    *visiting.routes,
    *supervision.routes,
]
