"""Ways in which people write one and the same value into a raw table.

Every function takes a value and returns a text from which that value can be read
back without loss; what cannot be read at all is a list in the vocabulary.
"""

import random
import unicodedata
from datetime import date

from demonstration.vocabulary import (
    CATEGORY_ALIASES,
    CITY_ALIASES,
    FALSE_SPELLINGS,
    NARROW_NO_BREAK_SPACE,
    NO_BREAK_SPACE,
    PLATFORM_SPELLINGS,
    TRUE_SPELLINGS,
    UNKNOWN_TEXTS,
)

SPACES = (" ", NO_BREAK_SPACE, NARROW_NO_BREAK_SPACE)


def strip_accents(text: str) -> str:
    for ligature, letters in (("œ", "oe"), ("Œ", "OE"), ("æ", "ae"), ("Æ", "AE")):
        text = text.replace(ligature, letters)
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def text_key(text: str) -> str:
    plain = strip_accents(text.lower())
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())


def vary_text(rng: random.Random, text: str) -> str:
    """Return another spelling of the text that has the same text key."""
    return rng.choice(
        (
            text.upper(),
            text.lower(),
            strip_accents(text),
            strip_accents(text).upper(),
            text + " ",
            f"  {text}",
            text.replace(" ", "  "),
            text.replace("'", "\u2019"),
            text.replace("-", " "),
            text.replace(" & ", " - "),
        )
    )


def write_name_variant(rng: random.Random, name: str) -> str:
    """Return a spelling of the name that differs, with the same text key."""
    while True:
        variant = vary_text(rng, vary_text(rng, name))
        if rng.random() < 0.3:
            variant += "."
        if " ".join(variant.split()) != name:
            return variant


def write_category(rng: random.Random, category: str | None, clean: float) -> str:
    """Return a spelling of the category, as it is with probability `clean`."""
    if category is None:
        return rng.choice(UNKNOWN_TEXTS)
    if rng.random() < clean:
        return category
    if category in CATEGORY_ALIASES and rng.random() < 0.5:
        category = rng.choice(CATEGORY_ALIASES[category])
    return vary_text(rng, category)


def write_city(rng: random.Random, city: str | None, clean: float) -> str:
    if city is None:
        return rng.choice(UNKNOWN_TEXTS)
    if rng.random() < clean:
        return city
    if city in CITY_ALIASES and rng.random() < 0.5:
        return rng.choice(CITY_ALIASES[city])
    if "Saint" in city and rng.random() < 0.5:
        return city.replace("Saint-", rng.choice(("St ", "St-", "ST ", "St. ")))
    if rng.random() < 0.25:
        suffix = rng.choice((" Cedex", " CEDEX 01", " Cedex 2", " cedex 9"))
        return rng.choice((city, city.upper())) + suffix
    return vary_text(rng, city)


def write_flag(rng: random.Random, flag: bool) -> str:
    spellings = TRUE_SPELLINGS if flag else FALSE_SPELLINGS
    return spellings[0] if rng.random() < 0.6 else rng.choice(spellings)


def write_date(rng: random.Random, day: date) -> str:
    draw = rng.random()
    if draw < 0.06:
        return f"{day.isoformat()} {rng.randint(8, 18):02d}:{rng.randint(0, 59):02d}:00"
    if draw < 0.16:
        return f"{day:%d/%m/%Y}"
    return day.isoformat()


def write_platform(rng: random.Random, platform: str) -> str:
    spellings = PLATFORM_SPELLINGS[platform]
    return spellings[0] if rng.random() < 0.5 else rng.choice(spellings)


def group_thousands(number: int, separator: str) -> str:
    return f"{number:,}".replace(",", separator)


def write_followers(rng: random.Random, followers: int) -> str:
    draw = rng.random()
    if followers >= 1000:
        # The short forms are lossy for other counts, so they are used whenever
        # they are exact.
        if followers % 1000 == 0 and draw < 0.6:
            return f"{followers // 1000}{rng.choice(('k', 'K', ' k'))}"
        if followers % 100 == 0 and draw < 0.6:
            mark, suffix = rng.choice(",."), rng.choice("kK")
            return f"{followers // 1000}{mark}{followers % 1000 // 100}{suffix}"
        if draw < 0.25:
            return group_thousands(followers, rng.choice(SPACES))
        if draw < 0.35:
            return group_thousands(followers, rng.choice((",", ".", "'")))
    if draw > 0.95:
        return f"{followers}{rng.choice(('.0', '.0', ',00'))}"
    if draw > 0.92:
        return f" {followers} "
    return str(followers)


def write_amount(rng: random.Random, cents: int) -> str:
    euros, rest = divmod(cents, 100)
    draw = rng.random()
    space = rng.choice(SPACES)
    grouped = group_thousands(euros, space)
    if rest == 0 and draw < 0.5:
        return rng.choice(
            (
                str(euros),
                f"EUR {grouped}",
                f"{grouped}{space}€",
                f"{euros}.0",
                # Three digits behind one separator: thousands, not decimals.
                group_thousands(euros, rng.choice(",.")) if euros < 10**6 else grouped,
            )
        )
    if draw < 0.6:
        return f"{euros}.{rest:02d}"
    return rng.choice(
        (
            f"{grouped},{rest:02d}{space}€",
            f"{grouped},{rest:02d} €",
            f"€ {grouped},{rest:02d}",
            f"EUR {grouped},{rest:02d}",
            f"{euros},{rest:02d}",
        )
    )
