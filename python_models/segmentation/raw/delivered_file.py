"""One file of a raw table, ready to be loaded."""

from dataclasses import dataclass
from pathlib import Path

from segmentation.sql_text import quoted


@dataclass(frozen=True)
class DeliveredFile:
    """A file whose header is checked.

    Attributes
    ----------
    path : pathlib.Path
        As the agency delivered it, for messages.
    columns : dict of str to str
        The SQL that gives each column as text, by the name it is loaded under.
    relation : str
        The SQL that reads the file.
    form : str
        What is worth telling of how it was read; may be empty.
    advice : str
        What to do where it cannot be read.
    """

    path: Path
    columns: dict[str, str]
    relation: str
    form: str
    advice: str

    @property
    def query(self) -> str:
        columns = ", ".join(
            f"{as_text} as {quoted(name)}" for name, as_text in self.columns.items()
        )
        return f"select {columns} from {self.relation}"
