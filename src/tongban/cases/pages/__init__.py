"""The room's pages: the resident's (apply, follow) and the department's desk."""

from tongban.cases.pages import applying, correcting, desk, following

routes = [*applying.routes, *following.routes, *correcting.routes, *desk.routes]
