"""The page for account managers: segments, charts and clients in one HTML file."""

from segmentation.page.writing import write_page

__all__ = ["write_page"]
