"""What a written number, date or name says: the documented rules, told once more.

A second reader beside the macros in macros/parsing, by other means: it takes a text
apart from both ends and looks at its groups of digits, where SQL matches patterns.
"""

# Characters that look alike are what is read here.
# ruff: noqa: RUF001

import datetime
import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

UNKNOWN = {
    "n/a", "na", "#n/a", "n.a.", "n.c.", "nc", "nr", "non renseigné", "inconnu",
    "inconnue", "unknown", "null", "none", "nan", "-", "--", "?", "n.r.", "nd",
    "n.d.", "#n/d", "#ref!", "#valeur!", "#value!", "#div/0!", "#nom?", "#name?",
    "#nul!", "#null!", "#nombre!", "#num!",
}  # fmt: skip
CURRENCY = ("euros", "euro", "eur", "€")
FOLLOWERS = ("abonnés", "abonné", "abonnes", "abonne")
FOLLOWERS += ("followers", "follower", "fans", "fan")
SUFFIXES = {"millions": 6, "million": 6, "mio.": 6, "mio": 6, "m": 6, "k": 3}
INVISIBLE = frozenset("\u200b\u200e\u200f\ufeff") | {
    chr(code) for code in (*range(0x202A, 0x202F), *range(0x2060, 0x206A))
}
DIGITS = {
    chr(zero + value): str(value)
    for zero in (0xFF10, 0x0660, 0x06F0)
    for value in range(10)
}
SIGNS = dict(zip("．，٫٬／：＋－−–（）'’‘ʼ´`", ".,, /:+---()      ", strict=True))


def read_text(written: str | None) -> str | None:
    """Collapse white space and what cannot be seen; None when nothing is left."""
    plain = "".join(" " if is_space(char) else char for char in written or "")
    return " ".join(word for word in plain.split(" ") if word) or None


def is_space(char: str) -> bool:
    """Tell whether a character is white space, a control or an invisible mark."""
    return char in INVISIBLE or unicodedata.category(char) in ("Zs", "Zl", "Zp", "Cc")


def read_known(written: str | None) -> str | None:
    """Read a text that may say that it is unknown."""
    text = read_text(written)
    return None if text is None or text.lower() in UNKNOWN else text


def read_count(written: str | None) -> int | None:
    """Read a number of followers: whole, and no larger than 64 bits hold."""
    value = read_number(written, words=FOLLOWERS)
    if value is None or value != int(value) or not -(2**63) <= value < 2**63:
        return None
    return int(value)


def read_amount(written: str | None) -> Decimal | None:
    """Read an amount in euros, rounded to the cent."""
    value = read_number(written, words=CURRENCY)
    if value is None or abs(value) >= 10**16:
        return None
    return value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def read_number(written: str | None, *, words: tuple[str, ...]) -> Decimal | None:
    """Read a number with its sign, its suffix and the words around it."""
    known = read_known(written)
    if known is None:
        return None
    text = "".join(DIGITS.get(char, SIGNS.get(char, char)) for char in known.lower())
    signs = ""
    while found := starts_with_any(text, (" ", "+", "-", "(", *words)):
        signs += found if found in "+-(" else ""
        text = text[len(found) :]
    while found := starts_with_any(text, (" ", "-", ")", *words), at_end=True):
        if found == "-" and text[-2:-1] in (".", ","):
            return None
        signs += found if found in "-)" else ""
        text = text[: -len(found)]
    if signs not in ("", "+", "-", "()"):
        return None
    magnitude = read_magnitude(text)
    return magnitude if magnitude is None or signs in ("", "+") else -magnitude


def starts_with_any(
    text: str, beginnings: tuple[str, ...], *, at_end: bool = False
) -> str:
    """Return the longest of these with which the text starts, or ends."""
    is_there = text.endswith if at_end else text.startswith
    return max((part for part in beginnings if is_there(part)), key=len, default="")


def read_magnitude(text: str) -> Decimal | None:
    """Read a number without sign from its groups of digits and what parts them."""
    suffix = starts_with_any(text, tuple(SUFFIXES), at_end=True)
    body = text[: len(text) - len(suffix)]
    if suffix:
        body = body.removesuffix(" ")
    groups = re.split("[ .,]", body)
    marks = [char for char in body if char in " .,"]
    if not re.fullmatch("([0-9]+[ .,])*[0-9]*", body) or not groups[0]:
        return None
    has_decimals = bool(marks) and marks[-1] != " " and marks.count(marks[-1]) == 1
    if has_decimals and len(marks) == 1 and not suffix:
        # One point or comma before exactly three digits separates thousands.
        has_decimals = not are_thousands(groups)
    decimals = groups.pop() if has_decimals else ""
    thousands_marks = marks[:-1] if has_decimals else marks
    if thousands_marks and not are_thousands(groups):
        return None
    if len(set(thousands_marks)) > 1 or (suffix and set(thousands_marks) - {" "}):
        return None
    whole = "".join(groups)
    if suffix and (
        len(whole) > 9 or len(decimals) > 6 or (has_decimals > bool(decimals))
    ):
        return None
    return Decimal(f"{whole}.{decimals}0").scaleb(SUFFIXES.get(suffix, 0))


def are_thousands(groups: list[str]) -> bool:
    """Tell whether digits are grouped by three, the first group shorter or equal."""
    return bool(re.fullmatch("[1-9][0-9]{0,2}( [0-9]{3})*", " ".join(groups)))


def written_date_says(written: str, day: datetime.date, *, latest_year: int) -> bool:
    """Tell whether a text can mean this day by the documented rules."""
    text = "".join(
        DIGITS.get(char, SIGNS.get(char, char)) for char in read_text(written) or ""
    )
    if re.fullmatch("[0-9]{5}([.,][0-9]+)?", text):
        return day == datetime.date(1899, 12, 30) + datetime.timedelta(int(text[:5]))
    # Behind the day stands nothing or a time, never another day or a remark.
    _, *behind = re.split("[tT ]", text, maxsplit=1)
    if set("".join(behind).lower()) - set("0123456789 :h.,+-zutcgmap"):
        return False
    if behind and not re.match(" ?[0-9]{1,2}[:h]", behind[0].lower()):
        return False
    parts = [int(part) for part in re.findall("[0-9]+", text)[:3]]
    if re.match("[0-9]{4}", text):
        return parts == [day.year, day.month, day.day]
    if re.match("[0-9]{1,2}[^0-9][0-9]{1,2}[^0-9][0-9]{4}", text):
        return parts == [day.day, day.month, day.year]
    return (
        parts == [day.day, day.month, day.year % 100]
        and latest_year - 50 < day.year <= latest_year
    )
