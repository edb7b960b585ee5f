"""The made-up clients behind the raw tables: the truth that cleaning must recover.

421 active clients are planted in four groups whose sizes, mean followers and
leading categories are the study's tables 4.2 and 4.3. The others are inactive, or
nobody can read whether they are active.
"""

import math
import random
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta

from demonstration.vocabulary import (
    CITIES,
    NAME_HEADS,
    NAME_TAILS,
    OTHER_PLATFORMS,
    UNREADABLE_FLAGS,
)

SEED = 421
INACTIVE_COUNT = 955
NULL_CITY_COUNT = 12
NAMESAKE_PAIR_COUNT = 5
TIKTOK_ACCOUNT_COUNT = 6
TURNOVER_SHARE = 0.55
LATEST_FISCAL_YEAR = 2024
# Above the number of clients: deleted ones leave gaps.
LARGEST_ID = 1600

# Accounts of a client: followers by platform, None where nobody can tell them.
Accounts = dict[str, int | None]


@dataclass
class Client:
    category: str | None
    city: str | None
    postal_code: str | None
    created_on: date
    is_active: bool | None
    accounts: Accounts
    report_cluster: int | None = None
    turnover_cents: dict[int, int] = field(default_factory=dict)
    name: str = ""
    enterprise_id: str = ""

    @property
    def is_complete(self) -> bool:
        return None not in (self.category, self.city, self.postal_code)


@dataclass(frozen=True)
class FollowerPlan:
    """How the followers of one group on one platform are drawn.

    `mean` is the study's figure, over known counts. Counts of accounts lie strictly
    between `low` and `high`; `spread` is the log-normal sigma of their skew.
    """

    mean: float
    low: int
    high: int
    spread: float
    unknown_count: int = 0
    without_account_count: int = 0


@dataclass(frozen=True)
class GroupPlan:
    """Size, followers and categories of one planted group.

    `leading` are the study's counts and `favoured` those of other categories that
    suit the group; the rest is drawn, none above `ceiling`. All of these but
    `leading` stay below its third.
    """

    size: int
    mean_total: float
    facebook: FollowerPlan
    instagram: FollowerPlan
    leading: dict[str, int]
    ceiling: int
    favoured: dict[str, int]
    null_category_count: int
    other_unknown_count: int = 0
    other_account_count: int = 0


# Instagram separates groups 3, 0 and 2, so its ranges keep a gap. Counts on
# Instagram are unknown in group 0 alone: mean imputation puts any enterprise there.
# LOISIRS & ACTIVITÉS stays the most frequent category of all, so that imputing it
# changes no group's first category.
GROUP_PLANS: dict[int, GroupPlan] = {
    0: GroupPlan(
        size=150,
        mean_total=2545.7,
        facebook=FollowerPlan(1844.0, 60, 9000, 0.8, 6, 5),
        instagram=FollowerPlan(701.7, 515, 1400, 1.2, 8),
        leading={
            "LOISIRS & ACTIVITÉS": 27, "RESTAURATION & BOISSONS": 22,
            "Produits locaux": 15,
        },
        ceiling=8,
        favoured={
            "Musée": 6, "Théâtre": 6, "Boulangerie": 5, "Caviste": 5,
            "TOURISME & HÉBERGEMENT": 5, "Sport": 4,
        },
        null_category_count=6,
        other_unknown_count=2,
        other_account_count=64,
    ),
    2: GroupPlan(
        size=25,
        mean_total=5436.4,
        facebook=FollowerPlan(2717.7, 300, 8000, 0.8),
        instagram=FollowerPlan(2718.6, 1950, 5200, 1.1),
        leading={"Sport": 6, "LOISIRS & ACTIVITÉS": 4, "RESTAURATION & BOISSONS": 3},
        ceiling=1,
        favoured={"Cycles": 1, "Fleuriste": 1, "Prêt-à-porter": 1, "Coiffure": 1},
        null_category_count=1,
        other_unknown_count=1,
        other_account_count=9,
    ),
    3: GroupPlan(
        size=243,
        mean_total=576.9,
        facebook=FollowerPlan(485.7, 3, 4500, 1.1, 6, 55),
        instagram=FollowerPlan(91.2, 2, 290, 0.9, 0, 84),
        leading={
            "Produits locaux": 16, "RESTAURATION & BOISSONS": 16, "Automobile": 13,
        },
        ceiling=12,
        favoured={
            "LOISIRS & ACTIVITÉS": 12, "Opticien": 12, "COMMERCE & BOUTIQUES": 11,
            "Coiffure": 10, "Prêt-à-porter": 9,
        },
        null_category_count=3,
        other_unknown_count=1,
        other_account_count=60,
    ),
}  # fmt: skip

# Report cluster 1, three shops that everybody knows: category and both counts.
GIANTS: tuple[tuple[str, int, int], ...] = (
    ("COMMERCE & BOUTIQUES", 101300, 2150),
    ("Institut de beauté", 78300, 640),
    ("Librairie", 61400, 1250),
)


def stream(purpose: str) -> random.Random:
    """Return a generator of its own for one purpose.

    Separate streams, so that a change in one step does not reshuffle the others.
    """
    return random.Random(f"{SEED} {purpose}")


def draw_with_sum(
    rng: random.Random, count: int, *, total: int, low: int, high: int, spread: float
) -> list[int]:
    """Draw skewed whole numbers between two bounds with an exact sum.

    A log-normal draw `w` becomes `low + (high - low) * f * w / (1 + f * w)`, which
    stays inside the bounds without piling up at them; the factor `f` that gives the
    sum is found by bisection.
    """
    if not low * count <= total < high * count:
        raise ValueError(f"{count} numbers in {low}..{high} cannot add up to {total}.")
    weights = [rng.lognormvariate(0, spread) for _ in range(count)]

    def scale(factor: float) -> list[float]:
        return [low + (high - low) * factor * w / (1 + factor * w) for w in weights]

    smallest, largest = -30.0, 30.0
    for _ in range(100):
        middle = (smallest + largest) / 2
        if sum(scale(math.exp(middle))) < total:
            smallest = middle
        else:
            largest = middle
    numbers = [math.floor(value) for value in scale(math.exp(smallest))]
    for position in range(total - sum(numbers)):
        numbers[position % count] += 1
    return numbers


def draw_categories(rng: random.Random, plan: GroupPlan) -> list[str | None]:
    """Draw the categories of a group, with the study's leading three on top."""
    counts = {**plan.leading, **plan.favoured}
    while sum(counts.values()) < plan.size - plan.null_category_count:
        category = rng.choice(
            [name for name in NAME_HEADS if counts.get(name, 0) < plan.ceiling]
        )
        counts[category] = counts.get(category, 0) + 1
    # Imputing Instagram moves an enterprise towards group 3; a category that is
    # frequent here holds it back.
    first_two = list(plan.leading)[:2]
    held = [first_two[slot % 2] for slot in range(plan.instagram.unknown_count)]
    others: list[str | None] = [None] * plan.null_category_count
    for category, count in counts.items():
        others += [category] * (count - held.count(category))
    rng.shuffle(others)
    return held + others


def round_some(numbers: list[int]) -> None:
    """Round a quarter of the large counts to hundreds, as people report them.

    A neighbour takes up the difference, so that the sum stays.
    """
    large = [position for position, number in enumerate(numbers) if number >= 1000]
    for rounded, neighbour in zip(large[::4], large[1::4], strict=False):
        difference = numbers[rounded] - round(numbers[rounded], -2)
        numbers[rounded] -= difference
        numbers[neighbour] += difference


def draw_followers(
    rng: random.Random, plan: FollowerPlan, size: int, unknown: range
) -> list[int | None]:
    """Draw the followers of a group on one platform, 0 where there is no account."""
    known_count = size - len(unknown)
    numbers = draw_with_sum(
        rng,
        known_count - plan.without_account_count,
        total=round(plan.mean * known_count),
        low=plan.low,
        high=plan.high,
        spread=plan.spread,
    )
    round_some(numbers)
    numbers += [0] * plan.without_account_count
    rng.shuffle(numbers)
    return [None if slot in unknown else numbers.pop() for slot in range(size)]


def move_large_counts(counts: list[int | None], slots: list[int]) -> None:
    """Swap large counts, though not the largest, into the given slots."""
    for slot in slots:
        others = [other for other in range(len(counts)) if other not in slots]
        others.sort(key=lambda other: -(counts[other] or 0))
        large = others[len(counts) // 12]
        counts[slot], counts[large] = counts[large], counts[slot]


def draw_other_accounts(
    rng: random.Random, plan: GroupPlan, totals: list[int | None]
) -> list[Accounts]:
    """Draw the accounts on other platforms.

    `totals` are Facebook and Instagram together by slot. Where they are known, the
    other platforms make up what is missing to the study's mean total; where they
    are None, the other platforms are free.
    """
    known_slots = [slot for slot, total in enumerate(totals) if total is not None]
    difference = round(plan.mean_total * len(known_slots)) - sum(
        total for total in totals if total is not None
    )
    holders = rng.sample(known_slots, plan.other_account_count)
    counts = draw_with_sum(
        rng, len(holders), total=difference, low=0, high=difference, spread=1.0
    )
    accounts: list[Accounts] = [{} for _ in totals]
    for slot, count in zip(holders, counts, strict=True):
        accounts[slot] = split_over_platforms(rng, count)
    for slot, total in enumerate(totals):
        if total is None and rng.random() < 0.7:
            count = round(rng.lognormvariate(6, 1))
            accounts[slot] = split_over_platforms(rng, count)
    return accounts


def split_over_platforms(rng: random.Random, count: int) -> Accounts:
    accounts: Accounts = {}
    for others_left in range(rng.choice((0, 0, 0, 1, 1, 2)), -1, -1):
        platform = rng.choices(list(OTHER_PLATFORMS), list(OTHER_PLATFORMS.values()))[0]
        part = rng.randint(0, count) if others_left else count
        accounts[platform] = accounts.get(platform, 0) + part
        count -= part
    return accounts


def draw_group(rng: random.Random, report_cluster: int) -> list[Client]:
    """Draw a planted group: its accounts and its categories.

    The first slots are those with an unknown count: on Instagram, then on Facebook,
    then on another platform.
    """
    plan = GROUP_PLANS[report_cluster]
    facebook_from = plan.instagram.unknown_count
    other_from = facebook_from + plan.facebook.unknown_count
    known_from = other_from + plan.other_unknown_count
    instagram_unknown = range(facebook_from)
    other_unknown = range(other_from, known_from)

    categories = draw_categories(rng, plan)
    instagram = draw_followers(rng, plan.instagram, plan.size, instagram_unknown)
    facebook = draw_followers(
        rng, plan.facebook, plan.size, range(facebook_from, other_from)
    )
    # In the study the mean total is the sum of two means, which leaves no room for
    # other platforms: large counts whose own total is unknown make that room.
    move_large_counts(facebook, [*instagram_unknown, *other_unknown])
    totals = [
        None if slot < known_from else facebook[slot] + instagram[slot]
        for slot in range(plan.size)
    ]
    others = draw_other_accounts(rng, plan, totals)
    for slot in other_unknown:
        others[slot][rng.choice(list(OTHER_PLATFORMS))] = None

    clients = []
    for slot in range(plan.size):
        accounts = {"facebook": facebook[slot], "instagram": instagram[slot]}
        for platform, count in list(accounts.items()):
            # No account, in general; a few opened one that nobody follows yet.
            if count == 0 and rng.random() < 0.9:
                del accounts[platform]
        accounts |= others[slot]
        clients.append(
            make_client(rng, categories[slot], accounts, True, report_cluster)
        )
    return clients


def make_client(
    rng: random.Random,
    category: str | None,
    accounts: Accounts,
    is_active: bool | None,
    report_cluster: int | None = None,
) -> Client:
    city = rng.choices(list(CITIES), [weight for weight, _ in CITIES.values()])[0]
    postal_code = rng.choice(CITIES[city][1]) if rng.random() > 0.06 else None
    created_on = date(2020, 3, 1) + timedelta(days=rng.randint(0, 1750))
    return Client(
        category, city, postal_code, created_on, is_active, accounts, report_cluster
    )


def draw_inactive_accounts(rng: random.Random) -> Accounts:
    accounts: Accounts = {}
    for platform, share, middle in (
        ("facebook", 0.6, 6.0),
        ("instagram", 0.4, 5.0),
        ("tiktok", 0.03, 4.0),
    ):
        if rng.random() < share:
            count = round(rng.lognormvariate(middle, 1.1))
            accounts[platform] = count if rng.random() > 0.05 else None
    if rng.random() < 0.15:
        accounts |= split_over_platforms(rng, round(rng.lognormvariate(4, 1)))
    return accounts


def make_planted_clients() -> list[Client]:
    rng = stream("planted")
    clients = []
    for report_cluster in GROUP_PLANS:
        clients += draw_group(rng, report_cluster)
    for category, facebook, instagram in GIANTS:
        accounts: Accounts = {"facebook": facebook, "instagram": instagram}
        clients.append(make_client(rng, category, accounts, True, 1))

    small = [c for c in clients if c.report_cluster in (0, 3)]
    for client in rng.sample(small, TIKTOK_ACCOUNT_COUNT):
        client.accounts["tiktok"] = 0
    for client in rng.sample(small, NULL_CITY_COUNT):
        client.city = None
    return clients


def strip_accents(text: str) -> str:
    for ligature, letters in (("œ", "oe"), ("Œ", "OE"), ("æ", "ae"), ("Æ", "AE")):
        text = text.replace(ligature, letters)
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def text_key(text: str) -> str:
    plain = strip_accents(text.lower())
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())


def draw_name(rng: random.Random, category: str | None) -> str:
    heads = NAME_HEADS[category or "COMMERCE & BOUTIQUES"]
    return f"{rng.choice(heads)} {rng.choice(NAME_TAILS)}"


def name_clients(clients: list[Client]) -> None:
    """Give names, no two clients of a city with the same one but the namesakes."""
    rng = stream("names")
    taken = set()
    for client in clients:
        while True:
            client.name = draw_name(rng, client.category)
            key = (text_key(client.name), client.city)
            if key not in taken:
                taken.add(key)
                break
    make_namesakes(rng, [client for client in clients if client.report_cluster == 3])


def make_namesakes(rng: random.Random, clients: list[Client]) -> None:
    """Turn pairs of clients into two establishments of one name and city.

    Only the postal code tells them apart: cleaning must not merge them.
    """
    free = [client for client in clients if client.is_complete]
    rng.shuffle(free)
    for _ in range(NAMESAKE_PAIR_COUNT):
        first = next(c for c in free if len(CITIES[c.city][1]) > 1)
        free.remove(first)
        second = next(c for c in free if c.category == first.category)
        free.remove(second)
        second.name, second.city = first.name, first.city
        second.postal_code = next(
            code for code in CITIES[first.city][1] if code != first.postal_code
        )


def add_turnover(clients: list[Client]) -> None:
    rng = stream(f"turnover of {len(clients)} clients")
    for client in rng.sample(clients, round(TURNOVER_SHARE * len(clients))):
        euros = 0.0
        while not 30_000 <= euros <= 2_000_000:
            euros = rng.lognormvariate(math.log(180_000), 0.9)
        year = LATEST_FISCAL_YEAR - rng.choice((0, 0, 0, 0, 1, 1, 2))
        for _ in range(rng.randint(1, 4)):
            # A third of the amounts is rounded to whole euros, as people do.
            whole = rng.random() < 0.35
            cents = round(euros) * 100 if whole else round(euros * 100)
            client.turnover_cents[year] = cents
            euros *= rng.uniform(0.85, 1.08)
            year -= 1
            if year < 2021:
                break


def make_clients() -> list[Client]:
    clients = make_planted_clients()
    planted_count = len(clients)
    rng = stream("inactive")
    for is_active in [False] * INACTIVE_COUNT + [None] * len(UNREADABLE_FLAGS):
        category = rng.choice(list(NAME_HEADS)) if rng.random() > 0.04 else None
        accounts = draw_inactive_accounts(rng)
        clients.append(make_client(rng, category, accounts, is_active))
        if rng.random() < 0.03:
            clients[-1].city = None
    name_clients(clients)
    add_turnover(clients[:planted_count])
    add_turnover(clients[planted_count:])
    # Ids in random order, so that they tell nothing about the group.
    numbers = stream("ids").sample(range(1, LARGEST_ID + 1), len(clients))
    for client, number in zip(clients, numbers, strict=True):
        client.enterprise_id = f"E{number:04d}"
    return clients
