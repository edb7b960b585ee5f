"""The sales lines of the made-up agency, and the accounts that lie beneath them.

Accounts are of four planted kinds, which stand to each other as the four groups of the
study of CRM sales do in ranks of total sales, number of orders and mean order. A part
of the frequent ones has become so only in the last half year, by the one family of
products that takes off then. Lines that no cleaning may use come on top.
"""

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from math import exp, log

from demonstration.clients import Client, stream
from demonstration.raw_tables import Row, vary_text, write_amount, write_date, write_id
from demonstration.vocabulary import COUNTRY_SPELLINGS, PRODUCTS, UNUSABLE_SALES

FIRST_SALE_ON = date(2022, 7, 1)
LAST_SALE_ON = date(2025, 6, 27)
TAKE_OFF_ON = date(2025, 1, 2)
TAKE_OFF_FAMILY = "video"
ACCOUNT_COUNT = 1500
ENTERPRISE_COUNT = 300
# January to December: how likely an order is.
SEASONS = (0.9, 0.9, 1.1, 1.1, 1.0, 1.0, 0.7, 0.4, 1.3, 1.2, 1.3, 1.1)
ACCOUNT_COLUMNS = (
    *("account_id", "total_sales_eur", "order_count", "avg_order_value_eur"),
    *("first_sold_on", "last_sold_on", "distinct_product_count", "country", "kind"),
)
COUNTRIES = {"FR": 0.9, "BE": 0.05, "CH": 0.03, "LU": 0.02}


@dataclass(frozen=True)
class Kind:
    """A planted kind of account: how often and for how much it buys, and what.

    `weights` are for accounts that are no enterprise, then for enterprises of each
    group of the first segmentation, by the study's number.
    """

    weights: tuple[float, ...]
    orders: tuple[int, int]
    order_value_eur: float
    spread: float
    families: dict[str, float]


KINDS = {
    "large_orders": Kind(
        weights=(0.19, 0.22, 1.0, 0.3, 0.1),
        orders=(3, 6),
        order_value_eur=350,
        spread=0.3,
        families={"web": 4, "brand": 3, "photo": 2, "video": 1, "social": 1},
    ),
    "few_orders": Kind(
        weights=(0.38, 0.32, 0.0, 0.1, 0.45),
        orders=(1, 2),
        order_value_eur=185,
        spread=0.2,
        families={"photo": 5, "web": 2, "print": 2, "brand": 1, "social": 1},
    ),
    "frequent_orders": Kind(
        weights=(0.23, 0.28, 0.0, 0.5, 0.15),
        orders=(9, 17),
        order_value_eur=116,
        spread=0.16,
        families={"social": 6, "media": 2, "web": 1, "video": 1, "print": 1},
    ),
    "small_orders": Kind(
        weights=(0.2, 0.18, 0.0, 0.1, 0.3),
        orders=(4, 5),
        order_value_eur=97,
        spread=0.2,
        families={"print": 5, "media": 4, "web": 1, "social": 1, "video": 1},
    ),
}


@dataclass(frozen=True)
class Product:
    code: str
    name: str
    family: str
    price_eur: int
    most: int

    @property
    def is_by_the_hour(self) -> bool:
        return self.name.endswith("(heure)")


@dataclass(frozen=True)
class Account:
    account_id: str
    kind: str
    country: str
    since: date


@dataclass(frozen=True)
class Line:
    """A sales line; what stands in `written` is written instead of its true value."""

    account: Account
    contract_id: str
    product: Product
    quantity: Fraction
    price_cents: int
    sold_on: date
    is_sale: bool = True
    written: dict[str, str] = field(default_factory=dict)

    @property
    def sale(self) -> tuple[str, str, str]:
        return self.account.account_id, self.contract_id, self.product.code


PRODUCT_LIST = [Product(*product) for product in PRODUCTS]


def make_accounts(clients: list[Client]) -> list[Account]:
    rng = stream("accounts")
    enterprises = rng.sample(
        [
            client
            for client in clients
            if client.report_cluster is not None
            and client.created_on < date(2024, 1, 1)
        ],
        ENTERPRISE_COUNT,
    )
    owners = [
        (c.enterprise_id, 1 + (c.report_cluster or 0), c.created_on)
        for c in enterprises
    ]
    for number in range(10001, 10001 + ACCOUNT_COUNT - ENTERPRISE_COUNT):
        owners.append((f"A{number}", 0, FIRST_SALE_ON))
    accounts = []
    for account_id, group, since in owners:
        country = "FR"
        if group == 0:
            country = rng.choices(list(COUNTRIES), list(COUNTRIES.values()))[0]
        weights = [kind.weights[group] for kind in KINDS.values()]
        kind = rng.choices(list(KINDS), weights)[0]
        since = max(since, FIRST_SALE_ON)
        accounts.append(Account(account_id, kind, country, since))
    return accounts


def draw_day(rng: random.Random, first: date, last: date) -> date:
    """Return a working day, more likely one of the seasons in which people buy."""
    while True:
        day = first + timedelta(days=rng.randint(0, (last - first).days))
        if day.weekday() < 6 and rng.random() * 1.3 < SEASONS[day.month - 1]:
            return day


def draw_order_days(rng: random.Random, account: Account) -> tuple[list[date], bool]:
    """Return the days of an account's orders, and whether it rose at the take-off."""
    count = rng.randint(*KINDS[account.kind].orders)
    is_frequent = account.kind == "frequent_orders"
    if is_frequent and rng.random() < 0.3:
        early = [
            draw_day(rng, account.since, TAKE_OFF_ON - timedelta(days=60))
            for _ in range(rng.randint(1, 2))
        ]
        late = [draw_day(rng, TAKE_OFF_ON, LAST_SALE_ON) for _ in range(count)]
        return sorted(early + late), True
    latest_arrival = date(2024, 6, 30) if is_frequent else date(2025, 6, 1)
    arrival = draw_day(rng, account.since, latest_arrival)
    if rng.random() < 0.7:
        # So many come early that before the take-off the groups hardly change.
        arrival = draw_day(rng, account.since, account.since + timedelta(days=400))
    end = LAST_SALE_ON
    if arrival < date(2024, 3, 1) and rng.random() < 0.3:
        end = draw_day(rng, arrival + timedelta(days=180), date(2024, 12, 20))
    days = [draw_day(rng, arrival, end) for _ in range(count - 1)]
    return sorted([arrival, *days]), False


def draw_product(
    rng: random.Random, families: dict[str, float], value_eur: float
) -> tuple[Product, Fraction]:
    """Return a product and how much of it comes to about the value."""
    choices, weights = [], []
    for product in PRODUCT_LIST:
        steps = 2 if product.is_by_the_hour else 1
        pieces = round(value_eur / product.price_eur * steps)
        quantity = Fraction(min(max(pieces, 1), product.most * steps), steps)
        distance = log(float(quantity) * product.price_eur / value_eur)
        choices.append((product, quantity))
        weights.append(families.get(product.family, 0.2) * exp(-12 * distance**2))
    return rng.choices(choices, weights)[0]


def draw_price(rng: random.Random, product: Product, day: date) -> int:
    """Return cents, by 3 % dearer from year to year and sometimes with a discount."""
    price = product.price_eur * 1.03 ** (day.year - 2022)
    return round(price * (9 if rng.random() < 0.05 else 10)) * 10


def make_sales(accounts: list[Account]) -> list[Line]:
    """Return the lines that are true, account by account."""
    rng = stream("sales")
    lines = []
    for account in accounts:
        kind = KINDS[account.kind]
        value_eur = kind.order_value_eur * exp(rng.gauss(0, kind.spread))
        days, has_risen = draw_order_days(rng, account)
        for day in days:
            families = dict(kind.families)
            if day >= TAKE_OFF_ON:
                boost = 30 if has_risen else 4
                families[TAKE_OFF_FAMILY] = boost * families.get(TAKE_OFF_FAMILY, 0.3)
            has_contract = rng.random() > 0.08
            parts, order_eur = 1, value_eur * exp(rng.gauss(0, 0.15))
            if account.kind == "large_orders" and rng.random() < 0.06:
                # A project beside the usual orders.
                order_eur *= 4
            if has_contract:
                parts += rng.random() < (0.4 if account.kind == "large_orders" else 0.1)
            contract_id = f"new {len(lines)}" if has_contract else ""
            for _ in range(parts):
                product, quantity = draw_product(rng, families, order_eur / parts)
                price = draw_price(rng, product, day)
                lines.append(Line(account, contract_id, product, quantity, price, day))
    for line in rng.sample([line for line in lines if line.contract_id], 15):
        # On top of an order, for free.
        gift = rng.choice([p for p in PRODUCT_LIST if p.family in ("print", "media")])
        lines.append(replace(line, product=gift, quantity=Fraction(1), price_cents=0))
    return lines


def write_odd_sales(lines: list[Line]) -> list[Line]:
    """Return the sales, of which some have no line id or no product code.

    Where the code is blank nothing but the name tells that the account has bought this.
    """
    rng = stream("odd sales")
    bought = Counter((line.account.account_id, line.product.code) for line in lines)
    once = [n for n, line in enumerate(lines) if bought[line.sale[::2]] == 1]
    odd = dict.fromkeys(rng.sample(range(len(lines)), 20), "line_id")
    for number in rng.sample(once, 20):
        odd[number] = "product_code"
    names = {n: {"product_name": lines[n].product.name} for n in odd}
    return [
        replace(line, written={odd[n]: "", **names[n]}) if n in odd else line
        for n, line in enumerate(lines)
    ]


def make_unusable(sales: list[Line]) -> list[Line]:
    """Return lines that no cleaning may use, each for one reason.

    A credit has the account, contract, product, price and amount of the line that it
    takes back. One that is alone finds no such line, or only a younger one.
    """
    rng = stream("unusable sales")
    bought = {line.sale for line in sales}

    def draw_extra() -> Line:
        """Return a line of what its account has not bought by this contract."""
        while True:
            line = rng.choice(sales)
            product = rng.choice(PRODUCT_LIST)
            contract_id = line.contract_id
            if rng.random() < 0.5:
                contract_id = f"new {len(sales) + len(bought)}"
            extra = Line(
                line.account,
                contract_id,
                product,
                Fraction(rng.randint(1, product.most)),
                draw_price(rng, product, line.sold_on),
                line.sold_on,
                is_sale=False,
            )
            if extra.sale not in bought:
                bought.add(extra.sale)
                return extra

    unusable = []
    for column, count, texts in UNUSABLE_SALES:
        for position in range(count):
            text = texts[position % len(texts)]
            unusable.append(replace(draw_extra(), written={column: text}))
    for _ in range(35):
        line = draw_extra()
        latest = min(40, (LAST_SALE_ON - line.sold_on).days)
        day = line.sold_on + timedelta(days=rng.choice((0, rng.randint(0, latest))))
        unusable += [line, replace(line, quantity=-line.quantity, sold_on=day)]
    for _ in range(15):
        line = draw_extra()
        unusable.append(replace(line, quantity=-line.quantity))
    times = Counter(line.sale for line in sales)
    single = [
        s for s in sales if s.contract_id and times[s.sale] == 1 and s.price_cents
    ]
    for position, line in enumerate(rng.sample(single, 10)):
        credit = replace(line, quantity=-line.quantity, is_sale=False, written={})
        if position % 2:
            credit = replace(credit, price_cents=line.price_cents + 100)
        else:
            credit = replace(credit, sold_on=line.sold_on - timedelta(days=9))
        unusable.append(credit)
    return unusable


def write_quantity(rng: random.Random, quantity: Fraction) -> str:
    text = f"{float(quantity):g}"
    draw = rng.random()
    if draw < 0.04 and quantity.denominator == 1:
        return text + rng.choice((".0", ",0", ",00"))
    if draw < 0.08:
        return f" {text} "
    return text.replace(".", ",") if draw < 0.5 else text


def write_line(rng: random.Random, line: Line, line_id: str) -> Row:
    account, product = line.account, line.product
    spellings = COUNTRY_SPELLINGS[account.country]
    price = f"{line.price_cents / 100:.2f}"
    if rng.random() < 0.25:
        price = write_amount(rng, line.price_cents)
    name = product.name
    if rng.random() < 0.08:
        name = vary_text(rng, name)
    values = {
        "line_id": line_id,
        "account_id": write_id(rng, account.account_id),
        "contract_id": line.contract_id,
        "product_code": product.code,
        "product_name": name,
        "quantity": write_quantity(rng, line.quantity),
        "unit_price_eur": price,
        "sold_on": write_date(rng, line.sold_on),
        "country": spellings[0] if rng.random() < 0.7 else rng.choice(spellings),
    }
    return tuple((values | line.written).values())


def make_sales_rows(sales: list[Line], unusable: list[Line]) -> list[Row]:
    rng = stream("raw sales lines")
    lines = sorted(sales + unusable, key=lambda line: (line.sold_on, line.sale))
    contract_ids: dict[str, str] = {"": ""}
    rows, usable = [], []
    named: set[str] = set()
    for number, line in enumerate(lines, start=1):
        new_id = f"C{line.sold_on.year}-{len(contract_ids):05d}"
        contract_id = contract_ids.setdefault(line.contract_id, new_id)
        row = write_line(rng, replace(line, contract_id=contract_id), f"L{number:06d}")
        if line.is_sale:
            # One line of each account says at least where it is.
            if line.account.account_id in named and rng.random() < 0.02:
                row = (*row[:-1], rng.choice(("", "", "N/A")))
            named.add(line.account.account_id)
            if not line.written:
                usable.append(row)
        rows.append(row)
    chosen = rng.sample(usable, 60)
    rows += chosen[:35]
    for position, row in enumerate(chosen[35:]):
        # The same id with another content: a name that differs, or nothing to use.
        *start, name, quantity, price, day, country = row
        if position % 2:
            quantity = rng.choice(("sur devis", "abc", ""))
        else:
            name = name.lower() if name.isupper() else name.upper()
        rows.append((*start, name, quantity, price, day, country))
    rng.shuffle(rows)
    return rows


def describe_accounts(sales: list[Line]) -> list[Row]:
    """Return what a correct cleaning recovers of each account, in order of ids."""
    by_account: dict[str, list[Line]] = {}
    for line in sales:
        by_account.setdefault(line.account.account_id, []).append(line)
    rows = []
    for account_id, lines in sorted(by_account.items()):
        cents = sum(line.quantity * line.price_cents for line in lines)
        contracts = {line.contract_id for line in lines} - {""}
        order_count = len(contracts) + sum(not line.contract_id for line in lines)
        days = [line.sold_on for line in lines]
        account = lines[0].account
        rows.append((
            account_id,
            f"{float(cents) / 100:.2f}",
            str(order_count),
            repr(float(cents) / 100 / order_count),
            min(days).isoformat(),
            max(days).isoformat(),
            str(len({line.product.code for line in lines})),
            account.country,
            account.kind,
        ))  # fmt: skip
    return rows
