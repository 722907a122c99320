"""Cases as JSON, the resident's own and the department's, apart from what the pages need for themselves."""

from tongban.cases.api import answers, desk, hearings, mine, published

routes = [*mine.routes, *answers.routes, *desk.routes, *hearings.routes, *published.routes]
