"""Numbers look alike on the page, in the charts and in explanations."""

import pytest
from segmentation.builds.written_numbers import write_number, write_share


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        (0, "0", "0"),
        # As the engine rounds in explanations: halves to the even number.
        (2361.5, "2\u202f362", "2,362"),
        (2360.5, "2\u202f360", "2,360"),
        (1_234_567.4, "1\u202f234\u202f567", "1,234,567"),
    ],
)
def test_numbers_are_written_as_each_language_does(
    value: float, french: str, english: str
) -> None:
    assert write_number(value, language="fr") == french
    assert write_number(value, language="en") == english


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        (0, "0\u202f%", "0%"),
        (0.0996, "10\u202f%", "10%"),
        (0.996, "99,6\u202f%", "99.6%"),
        (0.0071, "0,7\u202f%", "0.7%"),
        (0.577, "58\u202f%", "58%"),
        (1, "100\u202f%", "100%"),
    ],
)
def test_shares_have_a_decimal_near_none_and_near_all(
    value: float, french: str, english: str
) -> None:
    assert write_share(value, language="fr") == french
    assert write_share(value, language="en") == english
