"""What the portal makes of the house's API: its document, and the page that shows it."""

from tongban.portal.actions.document import openapi
from tongban.portal.actions.sheet import Sheet, sheet

__all__ = ["Sheet", "openapi", "sheet"]
