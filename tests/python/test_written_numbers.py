"""Numbers look alike on the page, in the charts and in explanations."""

import pytest
from segmentation.written_numbers import write_number, write_share


@pytest.mark.parametrize(
    ("write", "value", "french", "english"),
    [
        (write_number, 0, "0", "0"),
        # As the engine rounds in explanations: halves to the even number.
        (write_number, 2361.5, "2\u202f362", "2,362"),
        (write_number, 2360.5, "2\u202f360", "2,360"),
        (write_number, 1_234_567.4, "1\u202f234\u202f567", "1,234,567"),
        # Shares have a decimal near none and near all.
        (write_share, 0, "0\u202f%", "0%"),
        (write_share, 0.0996, "10\u202f%", "10%"),
        (write_share, 0.996, "99,6\u202f%", "99.6%"),
        (write_share, 0.0071, "0,7\u202f%", "0.7%"),
        (write_share, 0.577, "58\u202f%", "58%"),
        (write_share, 1, "100\u202f%", "100%"),
    ],
)
def test_numbers_are_written_as_each_language_does(write, value, french, english):
    assert write(value, language="fr") == french
    assert write(value, language="en") == english
