"""The columns of the raw tables that are read, as the demonstration seeds have them."""

import csv
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
RAW_COLUMNS = {
    name: tuple(next(csv.reader([path.open(encoding="utf-8").readline()])))
    for path in sorted((CHECKOUT / "seeds/raw").glob("raw_*.csv"))
    if any(CHECKOUT.glob(f"models/*/base/base_{(name := path.stem[4:])}.sql"))
}
