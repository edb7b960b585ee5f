"""Draw the charts of a build as PNG images, with their texts in two languages.

``reading`` asks the engine for a bounded number of ordered rows per chart. The modules
named by what they draw put them on a sheet, once per language. Which charts a
segmentation has, their wording and the words for measures are seeds.
"""
