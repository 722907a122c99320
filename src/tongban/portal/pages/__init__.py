"""What the portal shows: home and "my" page, and the pattern library of the house."""

from __future__ import annotations

from tongban.portal.pages import (
    data,
    decisions,
    desk_requests,
    erasing,
    home,
    keeping,
    requests,
    requests_api,
    starting,
    style,
)

routes = [
    *(*home.routes, *data.routes, *requests.routes, *desk_requests.routes),
    *(*decisions.routes, *requests_api.routes),
    *(*erasing.routes, *keeping.routes, *style.routes, *starting.routes),
]
