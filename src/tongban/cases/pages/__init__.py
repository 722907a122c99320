"""The room's pages: the resident's (apply, follow), the department's desk, and the papers of both."""

from tongban.cases.pages import (
    applying,
    attachments,
    checking,
    correcting,
    desk,
    following,
    materials,
    papers,
    uploading,
    visiting,
)

routes = [
    *applying.routes,
    *uploading.routes,
    *following.routes,
    *correcting.routes,
    *papers.routes,
    *attachments.routes,
    *materials.routes,
    *checking.routes,
    *desk.routes,
    *visiting.routes,
]
