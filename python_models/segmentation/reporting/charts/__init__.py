"""Draw the charts of a build as PNG images, with their texts in two languages.

Every chart has a ``read``, which asks the engine for a bounded number of ordered rows,
and a ``draw``, which puts them on a sheet once per language. Colours and shapes of
segments come with the segments, and wording from the seed ``chart_texts``.
"""
