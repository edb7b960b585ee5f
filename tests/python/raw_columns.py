"""The columns of the raw tables, as the demonstration seeds have them."""

import csv
from pathlib import Path

SEEDS = Path(__file__).parents[2] / "seeds" / "raw"
RAW_COLUMNS = {
    path.stem.removeprefix("raw_"): tuple(next(csv.reader([path.open().readline()])))
    for path in sorted(SEEDS.glob("raw_*.csv"))
}
