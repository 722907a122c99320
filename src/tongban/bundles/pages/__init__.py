"""The room's pages."""

routes: list[object] = []
