"""What the reform room does: measuring, adding up, exporting."""

from tongban.reform.actions import approving, coursing, exporting, halving, impacting, loading, pacing

__all__ = ["approving", "coursing", "exporting", "halving", "impacting", "loading", "pacing"]
