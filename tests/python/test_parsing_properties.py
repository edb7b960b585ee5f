"""Thousands of generated values and rows: parsing never fails, loses or changes one.

What is refused, and why, the unit tests of staging prove, a case of each rule. Nothing
is random from run to run.
"""

# Characters that look alike are what is tried here.
# ruff: noqa: RUF001

import datetime
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from random import Random

import pytest
import yaml
from compiled_models import CompiledModels
from dbt_project import DbtProject
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from project_copies import CHECKOUT, RAW_COLUMNS

# By the clock of the tests' builds.
LATEST_YEAR = 2025
LAST_DAY = datetime.date(2025, 7, 1)
EXCEL_DAY_0 = datetime.date(1899, 12, 30)

VARIABLES = yaml.safe_load((CHECKOUT / "dbt_project.yml").read_text("utf-8"))["vars"]
UNKNOWN = {str(text) for text in VARIABLES["unknown_texts"]}
INVISIBLE = {*"\u00ad\u034f\u061c\u180e\ufeff", *map(chr, range(0x200B, 0x2010))}
INVISIBLE |= {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2060, 0x2070))}
MOST_FOLLOWERS = 8_300_000_000
LARGEST_TURNOVER = 3 * 10**12
# All that may stand beside and between the digits of a number from 0 on.
BETWEEN_DIGITS = "[0-9 .,'’‘ʼ´`٬٫．，+＋€－−–()（）-]"
BESIDE_DIGITS = "(ht|k|m|mio[.]?|millions?|euros?|eur|abonn[ée]s?|followers?|fans?)*"

# What people and programs put between, around and in place of digits.
DIGITS = [*"0123456789", "00", "000", "234", "987654", "１", "２", "٣", "۴"]
SEPARATORS = [*" .,'’", "\u00a0", "\u202f", "\u2009", "٬", "٫", "."]
NUMBER_PARTS = [
    *DIGITS, *DIGITS, *SEPARATORS, *SEPARATORS, *"+-−()€%kKmM#$", "eur", "euros",
    "Mio", "million", " k€", " M€", "abonnés", "Fans", "e+05", "x", "N/A", "\t",
]  # fmt: skip
DATE_PARTS = [
    *DIGITS, "2024", "2025", "31", "12", "02", "29", "1", *"-/.-/.:T Z+,", " 10:20",
    "T10:20:30Z", "45657", "\u00a0", "１２", "é", " 23h59", *["2024-12-31"] * 5,
    *["31/12/2024"] * 5, *["5.3.24"] * 5, *["2024"] * 5,
]  # fmt: skip
NAME_PARTS = [
    *"aAeE éÉœßİıǅ-'.&0٣", "e\u0301", "St ", " st", "ste", "saint", " CEDEX", "cedex 2",
    "\u00a0", "\u200b", "\u202e", "\x00", "\x1f", "n/a", "*", "Å", "ﬁ", "Ⅷ", "中",
]  # fmt: skip


# How long Hypothesis searches, the same way in every run.
search = settings(
    max_examples=10,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def written(parts: list[str]) -> st.SearchStrategy[list[str | None]]:
    """Return many values at once, for a query costs more than a value.

    Hypothesis thinks of some, of any characters too, and of a seed for many more that
    are made of the parts alone.
    """
    few = st.one_of(
        st.lists(st.sampled_from(parts), min_size=1, max_size=9).map("".join),
        st.text(max_size=12),
        st.sampled_from([None, "", " ", "N/A", "inconnu", "#N/A", "?", "NaN"]),
    )

    def put_together(seed: int) -> list[str | None]:
        random = Random(seed)
        lengths = [random.randint(1, 7) for _ in range(300)]
        return ["".join(random.choices(parts, k=length)) for length in lengths]

    many = st.integers(0, 2**32 - 1).map(put_together)
    return st.builds(list.__add__, st.lists(few, min_size=5, max_size=30), many)


@pytest.fixture(scope="module")
def staging(built: DbtProject) -> CompiledModels:
    return CompiledModels(
        built, targets=["stg_enterprises", "stg_social_accounts", "stg_turnover"]
    )


@pytest.fixture(scope="module")
def cleaning(built: DbtProject) -> CompiledModels:
    targets = ["rejected_rows", "enterprise_features", "account_features"]
    return CompiledModels(built, targets=targets)


def parse(
    staging: CompiledModels, column: str, values: Sequence[str | None], *results: str
) -> list[tuple]:
    """Put values into a raw column; return each with these columns of staging.

    Values come back in their order, as equal ones are read equally.
    """
    table, name = column.split(".")
    columns = RAW_COLUMNS[table]
    place = columns.index(name)
    empty = [None] * len(columns)
    staging.fill(
        {table: [[*empty[:place], value, *empty[place + 1 :]] for value in set(values)]}
    )
    staging.run(f"base_{table}", f"stg_{table}")
    # Base rows are compared by their text, NULL and NUL characters included.
    read = staging.rows(
        f"select base.{name}, {', '.join(f'staged.{result}' for result in results)}"
        f" from base.base_{table} as base"
        f" inner join staging.stg_{table} as staged on base.raw_row = staged.raw_row"
    )
    by_value = {row[0]: row[1:] for row in read}
    assert len(read) == len(by_value) == len(set(values))
    return [by_value[value] for value in values]


def read_text(written: str | None) -> str | None:
    """Collapse white space and what cannot be seen; None when nothing is left."""
    plain = "".join(
        " " if unicodedata.category(char) in ("Zs", "Zl", "Zp", "Cc") else char
        for char in written or ""
        if char not in INVISIBLE
    )
    return " ".join(word for word in plain.split(" ") if word) or None


def with_plain_digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(char, char)) for char in text)


@pytest.mark.parametrize(
    ("column", "precision"),
    [("social_accounts.followers", 0), ("turnover.turnover_eur", Decimal("0.005"))],
)
def test_a_number_that_is_read_is_made_of_the_digits_that_are_written(
    staging, column, precision
):
    name = column.partition(".")[2]

    @search
    @given(written(NUMBER_PARTS))
    def holds(values: list[str | None]) -> None:
        read = parse(staging, column, values, name, f"{name}_rejection")
        for value, (number, rejection) in zip(values, read, strict=True):
            text = with_plain_digits(read_text(value) or "").lower()
            assert (number is None) == (not text or rejection is not None), value
            assert (rejection == "written_unknown") == (text in UNKNOWN), value
            if number is None:
                continue
            assert number <= (LARGEST_TURNOVER if precision else MOST_FOLLOWERS)
            digits = Decimal("".join(re.findall("[0-9]+", text)))
            assert number == 0 or not {*text} & {*"-－−–(（"}, value
            # Marks and suffixes only shift the decimal mark.
            shifted = (digits.scaleb(places) for places in range(-25, 7))
            assert any(abs(number - n) <= precision for n in shifted), value
            assert re.fullmatch(BESIDE_DIGITS, re.sub(BETWEEN_DIGITS, "", text)), value

    holds()


def thousands(number: int, separator: str) -> str:
    return f"{number:,}".replace(",", separator)


WAYS_TO_WRITE_A_COUNT: list[Callable[[int], str]] = [
    str,
    lambda n: f"{n}.0",
    lambda n: f"{n},00",
    lambda n: f" {n}\u00a0",
    lambda n: f"+{n}",
    lambda n: f"'{n}",
    *(
        lambda n, separator=separator: thousands(n, separator)
        for separator in (" ", "\u00a0", "\u202f", "\u2009", "'", "’", ".", ",")
    ),
    lambda n: f"{thousands(n, '.')},0",
    lambda n: f"{thousands(n, ',')}.00" if n > 999 else str(n),
    lambda n: f"{thousands(n, ' ')} abonnés",
    lambda n: f"{Decimal(n) / 1000:f} k".replace(".", ",") if n < 10**9 else str(n),
    lambda n: f"{Decimal(n) / 10**6:f}M" if n < 10**9 else str(n),
    lambda n: f"{Decimal(n) / 10**6:f} Mio" if n < 10**9 else str(n),
    lambda n: str(n).translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    lambda n: str(n).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
]
WAYS_TO_WRITE_AN_AMOUNT: list[Callable[[Decimal], str]] = [
    str,
    lambda n: str(n).replace(".", ","),
    *(
        lambda n, groups=groups, mark=mark, unit=unit: (
            f"{n:,}".replace(".", "!").replace(",", groups).replace("!", mark) + unit
        )
        for groups, mark in ((" ", ","), ("\u202f", ","), ("\u00a0", "."), (".", ","))
        for unit in ("", " €", "\u00a0€", " EUR", " euros")
    ),
    lambda n: f"€ {n:,}",
    lambda n: f"€{n}",
    lambda n: f"{n:,}".replace(",", "'"),
    lambda n: f"{n}000",
    lambda n: f"{n / 1000:f} k€" if n < 10**8 else str(n),
    lambda n: f"{n:,}".translate(str.maketrans(".,0123456789", "٫٬٠١٢٣٤٥٦٧٨٩")),
    lambda n: f"{n} EUR HT",
]


def seconds_since_1970(day: datetime.date) -> int:
    return 86_400 * (day - datetime.date(1970, 1, 1)).days


FRENCH_MONTHS = [
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août"),
    *("septembre", "octobre", "novembre", "décembre"),
]


WAYS_TO_WRITE_A_DAY: list[Callable[[datetime.date], str]] = [
    *(
        lambda day, form=form: day.strftime(form)
        for form in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d")
    ),
    lambda day: f"{day.day}/{day.month}/{day.year}",
    lambda day: f"{day:%Y-%m-%d} 23:59:59.999+02:00",
    lambda day: f"{day:%Y-%m-%d}T00:00:00Z",
    lambda day: f"{day:%d/%m/%Y} 10:20",
    lambda day: f"{day:%d/%m/%y}" if day.year > LATEST_YEAR - 50 else f"{day}",
    lambda day: str((day - EXCEL_DAY_0).days),
    lambda day: f"{(day - EXCEL_DAY_0).days}.9999",
    lambda day: f"{(day - EXCEL_DAY_0).days},5",
    lambda day: f"{day:%Y%m%d}",
    lambda day: f"{day:%d/%m/%Y} 10:20:00 CET",
    lambda day: f"{day.day} {FRENCH_MONTHS[day.month - 1]} {day.year}",
    lambda day: f"{day:%d %b. %Y}",
    lambda day: f"{day:%B} {day.day}, {day.year}",
    lambda day: f"{seconds_since_1970(day) + 9}" if day.year > 2001 else f"{day}",
    lambda day: f"{seconds_since_1970(day)}999" if day.year > 2001 else f"{day}",
]


COUNTS = st.integers(0, 9_999_999) | st.integers(0, MOST_FOLLOWERS)
AMOUNTS = st.decimals(0, LARGEST_TURNOVER, places=2) | st.decimals(0, 10**5, places=2)
DAYS = st.dates(datetime.date(1950, 1, 1), LAST_DAY.replace(month=6, day=30))
A_DAY = datetime.date(2024, 2, 29)


@pytest.mark.parametrize(
    ("column", "result", "meant", "ways", "examples"),
    [
        ("social_accounts.followers", "followers", COUNTS, WAYS_TO_WRITE_A_COUNT,
         [0, 1234, 10**6]),
        ("turnover.turnover_eur", "turnover_eur", AMOUNTS, WAYS_TO_WRITE_AN_AMOUNT,
         [Decimal("1234.50")]),
        ("enterprises.created_at", "created_on", DAYS, WAYS_TO_WRITE_A_DAY, [A_DAY]),
        ("social_accounts.measured_on", "measured_on", DAYS, WAYS_TO_WRITE_A_DAY,
         [A_DAY]),
    ],
)  # fmt: skip
def test_what_is_written_in_any_documented_way_is_read_back(
    staging, column, result, meant, ways, examples
):
    @search
    @given(st.lists(st.tuples(meant, st.sampled_from(ways)), min_size=40, max_size=80))
    @example([(value, way) for value in examples for way in ways])
    def holds(written: list[tuple]) -> None:
        values = [way(value) for value, way in written]
        read = parse(staging, column, values, result)
        expected = [(value,) for value, _ in written]
        assert [*zip(values, read, strict=True)] == [
            *zip(values, expected, strict=True)
        ]

    holds()


def test_a_day_that_is_read_is_the_one_that_is_written(staging):
    @search
    @given(written(DATE_PARTS))
    def holds(values: list[str | None]) -> None:
        read = parse(
            staging, "social_accounts.measured_on", values, "measured_on",
            "measured_on_rejection",
        )  # fmt: skip
        for value, (day, rejection) in zip(values, read, strict=True):
            assert (day is None and read_text(value) is not None) == bool(rejection)
            if day is not None:
                assert datetime.date(1950, 1, 1) <= day <= LAST_DAY, value
                text = with_plain_digits(read_text(value))
                numbers = [int(number) for number in re.findall("[0-9]+", text)]
                year, *month_and_day = day.timetuple()[:3]
                whole = [(day - EXCEL_DAY_0).days, int(f"{day:%Y%m%d}")]
                seconds = int(str(numbers[0])[:10]) - seconds_since_1970(day)
                assert (
                    numbers[0] in whole
                    or 0 <= seconds < 86_400
                    or numbers[:3]
                    in (
                        [year, *month_and_day],
                        [*reversed(month_and_day), year],
                        [*reversed(month_and_day), year % 100],
                    )
                ), value

    holds()


def test_a_text_keeps_everything_but_white_space(staging):
    @search
    @given(written(NAME_PARTS))
    def holds(values: list[str | None]) -> None:
        read = parse(
            staging, "enterprises.enterprise_name", values,
            "enterprise_name", "enterprise_name_rejection",
        )  # fmt: skip
        for value, found in zip(values, read, strict=True):
            text = read_text(value)
            is_unknown = text is not None and text.lower() in UNKNOWN
            expected = (None, "written_unknown") if is_unknown else (text, None)
            assert found == expected

    holds()


PLACES = {
    "enterprise_id": ["E1", "E1 ", "e1", "E2", "\u00a0E2", "E3", "E\x1f3", "E4", "E 4",
                      "N/A", "?", "\x1e", None, ""],
    "enterprise_name": ["Le Bon Pain", "LE BON PAIN", "Autre", "***", "N/A", None,
                        "\x1e"],
    "category_name": ["Sport", "sport ", "Inventée", "#N/A", None, "--", "&"],
    "city_name": ["Nantes", "NANTES CEDEX 2", "st st", "inconnu", None, "Ailleurs"],
    "postal_code": ["44000", "44000.0", "01000", "1000", None, ".0", "x"],
    "is_active": ["oui", "non", "1", "0,0", "peut-être", None, "TRUE", "true"],
    "created_at": ["2024-01-05", "45657", "05/03/24", "2042-01-01", "hier", None],
    "platform": ["Facebook", "FB", "facebook ", "insta", "tiktok", "Mastodon", "*",
                 "N/A", None, "x\x1fy"],
    "followers": ["1", "1 200", "1,2k", "-5", "abc", "N/A", None, "1200", "9" * 19],
    "measured_on": ["2025-01-01", "01/01/2025", "45658", "2042-01-01", "", None, "nc"],
    "fiscal_year": ["2023", "2023.0", "2024", "1800", "23", None, "inconnu"],
    "turnover_eur": ["1 234,50 €", "1234.5", "-3", "(12)", "$5", None, "nr", "0",
                     "9" * 16],
    "recommendation_id": ["low_visibility_any_area_campaign", "x", "N/A", None,
                          "LOW_visibility_any_area_campaign "],
    "event": ["fait", "Réalisé ", "done", "vu", "n/a", None],
    "event_on": ["2025-01-01", "01/01/2025", "45658", "2042-01-01", "hier", None],
    "line_id": ["L1", "l1", "L2 ", "L3", "L\x1f3", "N/A", "1E+13", None, ""],
    "account_id": ["E1", "E2 ", "A1", "a1", "A2", "####", "N/A", None, "\x1e"],
    "contract_id": ["C1", "C1 ", "C2", "nc", None, "x\x1fy"],
    "product_code": ["P1", "P1 ", "p1", "&", None, "inconnu"],
    "product_name": ["Pack", "PACK", "N/A", None],
    "quantity": ["1", "1,0", "-1", "2", "-2", "0", "x", "N/A", None, "9" * 12],
    "unit_price_eur": ["9", "9,00 €", "0", "-9", "sur devis", None, "9" * 12],
    "sold_on": ["2025-01-01", "01/01/2025", "2024-12-31", "2042-01-01", "nc", None],
    "country": ["FR", "france", "Suisse", "Ailleurs", "N/A", None],
}  # fmt: skip


@st.composite
def raw_tables(draw: st.DrawFn) -> dict[str, list[tuple[str | None, ...]]]:
    """Draw the tables, of few distinct values, so that rows meet each other."""
    tables = {}
    for table, columns in RAW_COLUMNS.items():
        row = st.tuples(*(st.sampled_from(PLACES[column]) for column in columns))
        rows = draw(st.lists(row, max_size=40))
        # Exact copies, which no pool of values makes often enough.
        copies = draw(st.lists(st.sampled_from(rows), max_size=3)) if rows else []
        tables[table] = rows + copies
    return tables


def keys_of(rows: Sequence[tuple[str | None, ...]]) -> set[str]:
    """Give the keys that raw rows have, whatever their order."""
    digests = Counter(
        hashlib.md5(
            "\x1f".join("\x1e" if value is None else value for value in row).encode()
        ).hexdigest()
        for row in rows
    )
    return {f"{key}-{n + 1}" for key, count in digests.items() for n in range(count)}


def test_every_raw_row_is_used_or_rejected_exactly_once_in_whatever_order(cleaning):
    # A run of all models costs more than the rows in it.
    @settings(search, max_examples=3)
    @given(raw_tables())
    @example({})
    @example({"turnover": [("a\x1fb", "c", "d"), ("a", "b\x1fc", "d")]})
    @example({"turnover": [("a", "\x1e", "1"), ("a", None, "1")]})
    def holds(tables: dict[str, list[tuple[str | None, ...]]]) -> None:
        results = []
        for step in (-1, 1):
            cleaning.fill({name: rows[::step] for name, rows in tables.items()})
            cleaning.run()
            results.append(
                [
                    cleaning.rows(f"select * from {table} order by all")
                    for table in (
                        "marts.rejected_rows",
                        "features.enterprise_features",
                        "features.account_features",
                    )
                ]
            )
        assert results[0] == results[1]
        for table, columns in RAW_COLUMNS.items():
            raw = cleaning.rows(f"select {', '.join(columns)} from base.base_{table}")
            assert Counter(raw) == Counter(tables.get(table, []))
            (used,) = cleaning.rows(
                f"select count(*) from intermediate.int_{table}_disposed"
                " where disposition = 'used'"
            )[0]
            rejected = [
                key
                for (key,) in cleaning.rows(
                    "select raw_key from marts.rejected_rows"
                    f" where is_whole_row and raw_table = '{table}'"
                )
            ]
            assert len(set(rejected)) == len(rejected) == len(raw) - used
            assert set(rejected) <= keys_of(raw)
        for claim in (
            "assert_every_raw_row_has_one_disposition",
            "assert_used_and_rejected_rows_make_the_raw_rows",
            "assert_used_values_reach_the_features",
        ):
            assert cleaning.failures(claim) == []
        # Every reason is explained, and no value is listed twice.
        repeated = cleaning.rows(
            "select raw_table, raw_key, column_name, is_whole_row"
            " from marts.rejected_rows group by all"
            " having count(*) > 1 or count(remedy) = 0"
        )
        assert repeated == []

    holds()
