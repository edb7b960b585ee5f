"""The raw tables: the made-up clients as careless exports would hold them.

Nothing here changes what the clients truly are. Every piece of dirt is such that
cleaning by the project's rules leads back to the client: an older, poorer or
inactive row loses, an unreadable value gives way to a readable one.
"""

import random
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta

from demonstration.clients import (
    LARGEST_ID,
    Client,
    stream,
    strip_accents,
    text_key,
)
from demonstration.vocabulary import (
    CATEGORY_ALIASES,
    CITY_ALIASES,
    FALSE_SPELLINGS,
    NARROW_NO_BREAK_SPACE,
    NO_BREAK_SPACE,
    PLATFORM_SPELLINGS,
    TRUE_SPELLINGS,
    UNKNOWN_TEXTS,
    UNREADABLE_AMOUNTS,
    UNREADABLE_DATES,
    UNREADABLE_FLAGS,
    UNREADABLE_FOLLOWERS,
)

SPACES = (" ", NO_BREAK_SPACE, NARROW_NO_BREAK_SPACE)
COLUMNS: dict[str, tuple[str, ...]] = {
    "raw_enterprises": (
        *("enterprise_id", "enterprise_name", "category_name", "city_name"),
        *("postal_code", "is_active", "created_at"),
    ),
    "raw_social_accounts": ("enterprise_id", "platform", "followers", "measured_on"),
    "raw_turnover": ("enterprise_id", "fiscal_year", "turnover_eur"),
    "raw_sales_lines": (
        *("line_id", "account_id", "contract_id", "product_code", "product_name"),
        *("quantity", "unit_price_eur", "sold_on", "country"),
    ),
}
ACTIVE_TWIN_COUNT = 45
INACTIVE_TWIN_COUNT = 15
STALE_ROW_COUNT = 25
# Their keys are blank. No client's name ends like this, so none can be taken for one.
WITHOUT_ID = (
    ("Déco du Cœur de Ville bis", "Décoration", "Angers", "49000", "true"),
    (
        "L'Objectif  des  Deux-Rives  bis",
        "Photographe",
        "Saint-Herblain",
        "44800",
        "oui",
    ),
    (
        "La Récré du Château bis",
        "LOISIRS & ACTIVITÉS",
        "CHOLET CEDEX 01",
        "49300",
        "oui",
    ),
    ("Beauté du Cœur de Ville bis", "BEAUTÉ & BIEN-ÊTRE ", "Cholet", "49300", "true"),
    ("Le Marque-Page du Lavoir bis", "LIBRAIRIE", "Le Mans", "72000", "actif"),
    ("Le Dressing de la Place bis", "PRÊT-À-PORTER", "SAUMUR Cedex 2", "49400", "true"),
)
EXACT_DUPLICATES = {
    "raw_enterprises": 120,
    "raw_social_accounts": 60,
    "raw_turnover": 30,
}
ORPHAN_ACCOUNT_COUNT = 25
ORPHAN_TURNOVER_COUNT = 15

FIRST_DAY = date(2020, 3, 1)
Row = tuple[str, ...]


@dataclass(frozen=True)
class Twin:
    """A second record of a client under another id, to be merged away.

    `kind` says why it loses against the client's own row: it is `older`, `poorer`
    (a column blank, though younger) or `closed` (inactive, though younger).
    """

    client: Client
    enterprise_id: str
    kind: str


def spare_ids(clients: list[Client]) -> list[str]:
    used = {client.enterprise_id for client in clients}
    ids = (f"E{number:04d}" for number in range(1, LARGEST_ID + 1))
    spare = [enterprise_id for enterprise_id in ids if enterprise_id not in used]
    stream("spare ids").shuffle(spare)
    return spare


def repeatable_clients(clients: list[Client]) -> list[Client]:
    """Return clients that may get a second row, in random order.

    Their own row must win by the survivor rule, so that no column of it may be
    blank, and only one name may stand for them in their city.
    """
    places = Counter((text_key(client.name), client.city) for client in clients)
    repeatable = [
        client
        for client in clients
        if client.is_active is not None
        and client.is_complete
        and client.created_on > FIRST_DAY + timedelta(days=90)
        and places[text_key(client.name), client.city] == 1
    ]
    stream("repeated clients").shuffle(repeatable)
    return repeatable


def make_twins(repeatable: list[Client], ids: list[str]) -> list[Twin]:
    twins = []
    for is_active, count in ((True, ACTIVE_TWIN_COUNT), (False, INACTIVE_TWIN_COUNT)):
        kinds = ("older", "poorer", "closed") if is_active else ("older", "poorer")
        for position in range(count):
            client = next(c for c in repeatable if c.is_active is is_active)
            repeatable.remove(client)
            twins.append(Twin(client, ids.pop(), kinds[position % len(kinds)]))
    return twins


# Every way to write a value can be read back without loss.


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


def earlier_day(rng: random.Random, day: date) -> date:
    return FIRST_DAY + timedelta(days=rng.randint(0, (day - FIRST_DAY).days - 30))


def later_day(rng: random.Random, day: date) -> date:
    return day + timedelta(days=rng.randint(30, 300))


def write_enterprise(rng: random.Random, client: Client, clean: float) -> list[str]:
    """Return a raw row of a client, its name as it is up to white space."""
    name = client.name
    if rng.random() < 0.04:
        name = rng.choice((f" {name}", f"{name}  ", name.replace(" ", "  ")))
    return [
        client.enterprise_id if rng.random() > 0.01 else f" {client.enterprise_id} ",
        name,
        write_category(rng, client.category, clean),
        write_city(rng, client.city, clean),
        client.postal_code or rng.choice(("", "", "", "N/A")),
        write_flag(rng, bool(client.is_active)),
        write_date(rng, client.created_on),
    ]


def write_twin(rng: random.Random, twin: Twin) -> Row:
    """Return the raw row of a twin: same name and city in other spellings."""
    client = twin.client
    row = write_enterprise(
        rng, replace(client, enterprise_id=twin.enterprise_id), clean=0.3
    )
    row[1] = write_name_variant(rng, client.name)
    row[3] = write_city(rng, client.city, clean=0.0)
    if twin.kind == "older":
        row[6] = write_date(rng, earlier_day(rng, client.created_on))
        if rng.random() < 0.2:
            row[6] = rng.choice(UNREADABLE_DATES)
    else:
        row[6] = write_date(rng, later_day(rng, client.created_on))
    if twin.kind == "poorer":
        row[rng.choice((2, 4, 4))] = rng.choice(UNKNOWN_TEXTS)
    if twin.kind == "closed":
        row[5] = write_flag(rng, False)
    return tuple(row)


def write_stale_row(rng: random.Random, client: Client, position: int) -> Row:
    """Return a second row under a client's own id, which must lose against it."""
    row = write_enterprise(rng, client, clean=0.7)
    if position % 5 < 3:
        row[2] = rng.choice(UNKNOWN_TEXTS)
        row[6] = write_date(rng, earlier_day(rng, client.created_on))
    else:
        row[5] = write_flag(rng, False)
        row[6] = write_date(rng, later_day(rng, client.created_on))
    return tuple(row)


def write_enterprises(
    clients: list[Client], twins: list[Twin], stale: list[Client]
) -> list[Row]:
    rng = stream("raw enterprises")
    # The survivor among several rows may depend on the date of this one.
    dated = {id(client) for client in [*stale, *(twin.client for twin in twins)]}
    unreadable_flags = list(UNREADABLE_FLAGS)
    rows = []
    for client in clients:
        row = write_enterprise(rng, client, clean=0.6)
        if client.report_cluster is None and rng.random() < 0.15:
            row[1] = write_name_variant(rng, client.name)
        if client.is_active is None:
            row[5] = unreadable_flags.pop()
        if id(client) not in dated and rng.random() < 0.03:
            row[6] = rng.choice(UNREADABLE_DATES)
        rows.append(tuple(row))
    rows += [write_twin(rng, twin) for twin in twins]
    rows += [
        write_stale_row(rng, client, position) for position, client in enumerate(stale)
    ]
    rows += [("", *row, "2023-05-09") for row in WITHOUT_ID]
    return rows


def write_day(rng: random.Random, day: date) -> str:
    return day.isoformat() if rng.random() > 0.04 else f"{day:%d/%m/%Y}"


def write_measurements(
    rng: random.Random, followers: int | None
) -> list[tuple[str, str]]:
    """Return followers and day of one account's measurements.

    The youngest readable one carries the count; a younger one cannot be read.
    """
    day = date(2024, 7, 1) + timedelta(days=rng.randint(0, 364))
    if followers is None:
        return [
            (rng.choice(UNREADABLE_FOLLOWERS), write_day(rng, day - timedelta(days=d)))
            for d in range(0, rng.randint(1, 200), 100)
        ]
    rows = [(write_followers(rng, followers), write_day(rng, day))]
    for step in range(rng.choices((0, 1, 2), (5, 4, 2))[0]):
        older_day = day - timedelta(days=120 * step + rng.randint(40, 150))
        older_followers = round(followers * rng.uniform(0.5, 1.1))
        if older_followers >= 1000 and rng.random() < 0.3:
            older_followers = round(older_followers, -2)
        older = write_followers(rng, older_followers)
        if rng.random() < 0.08:
            older = rng.choice(UNREADABLE_FOLLOWERS)
        rows.append((older, write_day(rng, older_day)))
    if followers >= 10 and rng.random() < 0.01:
        # Two counts of one day: the largest one stands.
        rows.append((write_followers(rng, followers * 9 // 10), rows[0][1]))
    if rng.random() < 0.08:
        younger_day = day + timedelta(days=rng.randint(20, 150))
        younger = "" if rng.random() < 0.1 else write_day(rng, younger_day)
        rows.append((rng.choice(UNREADABLE_FOLLOWERS), younger))
    if len(rows) == 1 and rng.random() < 0.03:
        rows = [(rows[0][0], rng.choice(("", "N/A", "mars 2025")))]
    return rows


def write_id(rng: random.Random, enterprise_id: str) -> str:
    return enterprise_id if rng.random() > 0.01 else f"{enterprise_id} "


def write_social_accounts(
    clients: list[Client], twin_ids: dict[str, str], orphan_ids: list[str]
) -> list[Row]:
    rng = stream("raw social accounts")
    rows = []
    for client in clients:
        own = client.enterprise_id
        # Whole accounts on either id, or measurements of one account on both: a
        # merge that drops the second id would lose some of them.
        owners = [(own,), (twin_ids.get(own, own),), (own, twin_ids.get(own, own))]
        for platform, followers in client.accounts.items():
            owner = rng.choice(owners)
            for text, day in write_measurements(rng, followers):
                enterprise_id = write_id(rng, rng.choice(owner))
                rows.append((enterprise_id, write_platform(rng, platform), text, day))
    platforms = ("facebook", "facebook", "instagram", "tiktok", "linkedin")
    for position in range(ORPHAN_ACCOUNT_COUNT + 16):
        enterprise_id = orphan_ids[position % 12]
        platform = write_platform(rng, rng.choice(platforms))
        if position >= ORPHAN_ACCOUNT_COUNT:
            enterprise_id = rng.choice(clients).enterprise_id
            # A key is missing: the id or the platform, in turn.
            if position % 2:
                enterprise_id = rng.choice(("", "", " "))
            else:
                platform = rng.choice(("", "", " ", "N/A"))
        followers = write_followers(rng, round(rng.lognormvariate(6, 1)))
        day = date(2023, 1, 1) + timedelta(days=rng.randint(0, 900))
        rows.append((enterprise_id, platform, followers, write_day(rng, day)))
    return rows


def write_year(rng: random.Random, year: int) -> str:
    return str(year) if rng.random() > 0.06 else f"{year}.0"


def write_years(rng: random.Random, client: Client) -> list[tuple[str, str]]:
    """Return fiscal year and amount of a client's turnover rows.

    The latest readable amount is the client's; an older one may be of any kind, a
    later one cannot be read.
    """
    known = client.turnover_cents
    if not known:
        if rng.random() < 0.8:
            return []
        return [
            (write_year(rng, year), rng.choice(UNREADABLE_AMOUNTS))
            for year in range(2023, rng.choice((2024, 2025)))
        ]
    latest = max(known)
    rows = []
    for year, cents in known.items():
        amount = write_amount(rng, cents)
        if year < latest and rng.random() < 0.15:
            negative = f"-{cents // 100}"
            amount = rng.choice((*UNREADABLE_AMOUNTS, negative, negative))
        rows.append((write_year(rng, year), amount))
    if rng.random() < 0.15:
        year = write_year(rng, latest + 1) if rng.random() > 0.1 else ""
        rows.append((year, rng.choice(UNREADABLE_AMOUNTS)))
    return rows


def write_turnover(
    clients: list[Client], twin_ids: dict[str, str], orphan_ids: list[str]
) -> list[Row]:
    rng = stream("raw turnover")
    rows = []
    for client in clients:
        own = client.enterprise_id
        for year, amount in write_years(rng, client):
            owner = rng.choice((own, twin_ids.get(own, own)))
            rows.append((write_id(rng, owner), year, amount))
    for position in range(ORPHAN_TURNOVER_COUNT + 5):
        enterprise_id = orphan_ids[position % 10]
        if position >= ORPHAN_TURNOVER_COUNT:
            enterprise_id = rng.choice(("", " "))
        cents = round(rng.lognormvariate(12, 0.8) * 100)
        year = write_year(rng, rng.randint(2021, 2024))
        rows.append((enterprise_id, year, write_amount(rng, cents)))
    return rows


def make_raw_tables(clients: list[Client]) -> dict[str, list[Row]]:
    ids = spare_ids(clients)
    repeatable = repeatable_clients(clients)
    twins = make_twins(repeatable, ids)
    stale = [client for client in repeatable if client.is_active][:STALE_ROW_COUNT]
    twin_ids = {twin.client.enterprise_id: twin.enterprise_id for twin in twins}
    tables = {
        "raw_enterprises": write_enterprises(clients, twins, stale),
        "raw_social_accounts": write_social_accounts(clients, twin_ids, ids),
        "raw_turnover": write_turnover(clients, twin_ids, ids),
    }
    for table, rows in tables.items():
        rng = stream(f"order of {table}")
        keyed = [row for row in rows if row[0].strip()]
        rows += rng.sample(keyed, EXACT_DUPLICATES[table])
        rng.shuffle(rows)
    return tables
