"""The page for account managers: segments, charts and clients in one HTML file."""

from segmentation.reporting.page.writing import write_page

__all__ = ["write_page"]
