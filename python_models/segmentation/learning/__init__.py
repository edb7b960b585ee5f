"""Fit a segmentation, keep it, recognise its clusters."""
