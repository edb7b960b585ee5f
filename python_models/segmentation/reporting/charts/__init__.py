"""Draw the charts of a build as PNG images, with their texts in two languages.

``reading`` asks the engine for a few ordered rows per chart, ``pictures`` draws each
kind with matplotlib, once per language, on a ``sheet``. Which charts a segmentation
has, their wording and the words for measures are seeds.
"""
