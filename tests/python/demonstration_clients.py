"""The made-up clients beneath the dirt of seeds/raw: what cleaning must recover.

They are a table, drawn by chance and kept: 421 active clients in four groups whose
sizes, mean followers and leading categories are the study's tables 4.2 and 4.3. The
others are inactive, or nobody can read whether they are active. Names are made of a
trade and a place, never of a person's name.
"""

from pathlib import Path

import pandas as pd

TABLE = Path(__file__).parents[1] / "fixtures" / "demonstration_clients.csv"
NAMED_PLATFORMS = ("facebook", "instagram", "tiktok")


def planted_enterprises() -> pd.DataFrame:
    """Return the 421 active enterprises that a correct cleaning recovers.

    They are ordered by `enterprise_id`. `turnover_eur` is the latest readable amount;
    unknown values are None. No account on a platform: 0 followers and a false flag.
    `report_cluster` is the planted group, under the study's number.
    """
    clients = pd.read_csv(TABLE, dtype=str, keep_default_na=False)
    planted = clients[clients["report_cluster"] != ""].to_dict("records")
    # Objects, because every other type would turn None into something else.
    frame = pd.DataFrame(map(_describe, planted), dtype="object")
    flags = {name: "bool" for name in frame.columns if name.startswith("has_")}
    frame = frame.astype({**flags, "report_cluster": "int64"})
    return frame.sort_values("enterprise_id", ignore_index=True)


def _describe(client: dict[str, str]) -> dict[str, object]:
    accounts = _read_pairs(client["followers"])
    others = [n for name, n in accounts.items() if name not in NAMED_PLATFORMS]
    followers = {name: accounts.get(name, 0) for name in NAMED_PLATFORMS}
    followers["other"] = _add_up(others)
    cents = _read_pairs(client["turnover_cents"])
    return {
        **{name: client[name] for name in ("enterprise_id", "enterprise_name")},
        **{name: client[name] or None for name in ("category_name", "city_name")},
        **{f"followers_{name}": count for name, count in followers.items()},
        "followers_total": _add_up(followers.values()),
        **{f"has_{name}_account": name in accounts for name in NAMED_PLATFORMS},
        "has_other_account": bool(others),
        "turnover_eur": cents[max(cents)] / 100 if cents else None,
        "report_cluster": client["report_cluster"],
    }


def _read_pairs(text: str) -> dict[str, int | None]:
    pairs = (part.split("=") for part in text.split())
    return {name: int(count) if count else None for name, count in pairs}


def _add_up(counts) -> int | None:
    """Return the sum, None when a part is unknown."""
    counts = list(counts)
    return None if None in counts else sum(counts)
