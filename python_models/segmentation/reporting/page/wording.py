"""Texts of the page in French and English."""

import json
from pathlib import Path

from segmentation.builds.written_numbers import write_number

LANGUAGES = ("fr", "en")


def read_texts() -> dict[str, dict[str, str | dict[str, str]]]:
    """Read the page's own texts: key, then language.

    A text that depends on a count has the two forms ``one`` and ``other``.
    """
    file = Path(__file__).with_name("texts.json")
    return json.loads(file.read_text(encoding="utf-8"))


def write_count(
    forms: dict[str, str], count: int, *, language: str, **others: str
) -> str:
    """Put a count into the form of the text that it asks for.

    French has the singular for 0 and 1, English for 1 only.
    """
    is_one = count <= 1 if language == "fr" else count == 1
    return forms["one" if is_one else "other"].format(
        count=write_number(count, language=language), **others
    )
