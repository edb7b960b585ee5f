"""Write names from the data as people read them."""

# Names in capitals that are no longer are abbreviations.
ABBREVIATION_LENGTH = 4


def in_one_case(name: str) -> str:
    """Write a name that is all capitals as a sentence is: "LOISIRS" as "Loisirs"."""
    is_shouted = name.isupper() and len(name) > ABBREVIATION_LENGTH
    return name.capitalize() if is_shouted else name
