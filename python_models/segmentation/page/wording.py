"""Numbers and texts of the page in French and English."""

import json
import math
from pathlib import Path

LANGUAGES = ("fr", "en")
# As the seeds write them: narrow no-break space and comma in French.
_SEPARATORS = {"fr": "\u202f,", "en": ",."}
_PERCENT = {"fr": "\u00a0%", "en": "%"}


def read_texts() -> dict[str, dict[str, str | dict[str, str]]]:
    """Read the page's own texts: key, then language.

    A text that depends on a count has the two forms ``one`` and ``other``.
    """
    file = Path(__file__).with_name("texts.json")
    return json.loads(file.read_text(encoding="utf-8"))


def write_number(value: float, *, language: str, decimals: int = 0) -> str:
    """Write a number that is not negative, halves rounded up as browsers do.

    >>> write_number(2361.5, language="en")
    '2,362'
    """
    scale = 10**decimals
    rounded = math.floor(value * scale + 0.5) / scale
    thousands, decimal = _SEPARATORS[language]
    signs = str.maketrans({",": thousands, ".": decimal})
    return f"{rounded:,.{decimals}f}".translate(signs)


def write_share(share: float, *, language: str) -> str:
    """Write a share in 0-1 as a percentage, with a decimal below 10 %.

    >>> write_share(0.0071, language="en")
    '0.7%'
    """
    percent = 100 * share
    decimals = 1 if 0 < percent < 10 else 0
    return (
        write_number(percent, language=language, decimals=decimals) + _PERCENT[language]
    )


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
