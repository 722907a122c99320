"""Cases as JSON, the resident's own and the department's, apart from what the pages need for themselves."""

from tongban.cases.api import (
    answers,
    attachments,
    desk,
    handing_in,
    hearings,
    interested,
    materials,
    mine,
    published,
)

routes = [
    *mine.routes,
    *answers.routes,
    *attachments.routes,
    *handing_in.routes,
    *materials.routes,
    *hearings.routes,
    *interested.routes,
    *desk.routes,
    *published.routes,
]
