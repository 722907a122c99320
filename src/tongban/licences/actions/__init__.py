"""What is done to licences."""

from tongban.licences.actions.issue import issuing

__all__ = ["issuing"]
