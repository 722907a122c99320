"""The room's pages: what there is, the guide, the one form, how far it has come."""

from tongban.bundles.pages import filling, following, guiding

routes = [*guiding.routes, *filling.routes, *following.routes]
