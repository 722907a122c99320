"""What the reform room does: measuring, adding up, exporting."""

from tongban.reform.actions import approving, exporting, halving, impacting, loading, pacing

__all__ = ["approving", "exporting", "halving", "impacting", "loading", "pacing"]
