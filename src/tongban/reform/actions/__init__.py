"""What the reform room does: measuring, adding up, exporting."""

from tongban.reform.actions import exporting, halving, impacting, loading, pacing

__all__ = ["exporting", "halving", "impacting", "loading", "pacing"]
