"""The room's pages: what anybody looks up, and the desk of those who maintain items and sources."""

from tongban.catalogue.pages import desk, drafting, public

routes = [*public.routes, *desk.routes, *drafting.routes]
