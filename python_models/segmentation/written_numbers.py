"""Numbers and percentages as French and English readers write them."""

# Thousands and decimals, as the macro worded_number has them.
_SEPARATORS = {"fr": "\u202f,", "en": ",."}
_PERCENT = {"fr": "\u202f%", "en": "%"}


def write_number(value: float, *, language: str, decimals: int = 0) -> str:
    """Write a number with its thousands apart.

    >>> write_number(2361.4, language="en")
    '2,361'
    """
    signs = str.maketrans(dict(zip(",.", _SEPARATORS[language], strict=True)))
    return f"{value:,.{decimals}f}".translate(signs)


def write_share(share: float, *, language: str) -> str:
    """Write a share of 0 to 1 as a percentage, with a decimal near its ends.

    >>> write_share(0.0071, language="en")
    '0.7%'
    """
    is_near_an_end = 0 < share < 0.0995 or 0.995 <= share < 1
    percent = write_number(100 * share, language=language, decimals=int(is_near_an_end))
    return percent + _PERCENT[language]
