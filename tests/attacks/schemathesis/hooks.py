"""Leads generated requests to what is there: shops that are open, orders that were placed, people who may.

Most values that a generator makes up are refused at the first look. Of every five requests four get what
earlier answers told of; one keeps what was generated. Which is which follows from the request, so that the
same seed asks the same.
"""

import json
import os
import urllib.error
import urllib.request
import zlib
from collections import defaultdict

import schemathesis

# Where the program is that is asked.
HOUSE = os.environ["JUMUN_HOUSE"]
SHOPS = ["cafe", "kiosk", "market", "appliance", "pizza"]
ACTORS = ["anonymous", "customer:mina", "staff:kim", "manager:lee", "courier:han", "operator:oh"]
ROLES = ["ordering", "payment", "inventory", "kitchen", "delivery", "catalog", "notification", "tracking"]
# What shops that deliver want to know.
WHERE = {shop: {"name": "Kim", "phone": "010-0000-0000", "address": "Seoul 1"} for shop in ["appliance", "pizza"]}
KEPT_MAX = 40

# (shop, kind of thing) -> what answers told of it.
known = defaultdict(list)
# shop -> the items of its menu.
menus = {}


class Choice:
    """Numbers that follow from a request."""

    def __init__(self, case):
        if case is None:
            self.state = 1
            return
        said = f"{case.method}{case.path}{case.path_parameters}{case.query}{case.headers}{case.body!r}"
        self.state = zlib.crc32(said.encode("utf-8", "replace"))

    def below(self, count):
        self.state = (self.state * 1103515245 + 12345) % (1 << 31)
        return (self.state >> 8) % count

    def mostly(self):
        return self.below(5) > 0

    def of(self, things):
        return things[self.below(len(things))]


def remember(shop, kind, value):
    kept = known[(shop, kind)]
    if value is not None and value not in kept:
        kept.append(value)
        del kept[:-KEPT_MAX]


def take_in(shop, thing):
    if isinstance(thing, list):
        for each in thing:
            take_in(shop, each)
    if not isinstance(thing, dict):
        return
    for each in thing.values():
        take_in(shop, each)
    if "lines" in thing or "order" in thing:
        remember(shop, "order", thing.get("order") or thing.get("id"))
        remember(shop, "order", thing.get("number"))
    for kind in ["account", "webhook", "message", "proposal", "step", "item", "day"]:
        value = thing.get(kind)
        if isinstance(value, (str, int)):
            remember(shop, kind, value)
    if "url" in thing:
        remember(shop, "webhook", thing.get("id"))
    if "channel" in thing:
        remember(shop, "message", thing.get("id"))
    if "price" in thing:
        remember(shop, "menu", thing.get("key"))


@schemathesis.hook
def before_call(ctx, case, kwargs):
    choice = Choice(case)
    spoken = "/v1/" not in case.path
    if not spoken and choice.mostly():
        headers = case.headers if case.headers is not None else {}
        headers["Jumun-Actor"] = choice.of(ACTORS)
        case.headers = headers
    places = case.path_parameters
    if not places:
        return
    shop = "words" if spoken else places.get("shop")
    if "shop" in places and choice.mostly():
        shop = places["shop"] = choice.of(SHOPS)
    if "role" in places and choice.mostly():
        places["role"] = choice.of(ROLES)
    for kind in places:
        told = known[(shop, "menu" if kind == "item" and "/menu/" in case.path else kind)]
        if kind not in ("shop", "role") and told and choice.mostly():
            places[kind] = choice.of(told)
    if spoken and "id" in places and choice.mostly():
        places["id"] = 1 + choice.below(8)
    if case.headers and "Idempotency-Key" in case.headers and choice.mostly():
        case.headers["Idempotency-Key"] = f"key-{choice.below(1 << 20)}"
    menu = menus.get(shop)
    if menu and case.method == "POST" and case.path.endswith(("/orders", "/quotes")) and choice.mostly():
        lines = [line_of(choice.of(menu), choice) for _ in range(1 + choice.below(3))]
        kept = case.body if isinstance(case.body, dict) else {}
        case.body = {key: value for key, value in kept.items() if choice.below(6) == 0} | {"lines": lines}
        if choice.mostly():
            case.body |= WHERE.get(shop, {})


def line_of(item, choice):
    """A line that the menu allows."""
    options = [
        {"option": option["key"], "choice": choice.of(option["choices"])["key"]}
        for option in item.get("options", [])
        if option.get("required")
    ]
    return {"item": item["key"], "quantity": 1 + choice.below(3), "options": options}


@schemathesis.hook
def after_call(ctx, case, response):
    if response.status_code >= 300 or "json" not in response.headers.get("content-type", [""])[0]:
        return
    shop = (case.path_parameters or {}).get("shop", "words")
    try:
        told = response.json()
    except ValueError:
        return
    take_in(shop, told)


def ask(path, body=None, headers=()):
    request = urllib.request.Request(f"{HOUSE}/v1/shops/{path}", headers=dict(headers))
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{path}: {error.read()}") from error


def open_shops():
    """Something of everything is there before the first question."""
    choice = Choice(None)
    for shop in SHOPS:
        menus[shop] = ask(f"{shop}/menu")["items"]
        take_in(shop, menus[shop])
        for number in range(3):
            body = {"lines": [line_of(choice.of(menus[shop]), choice)]} | WHERE.get(shop, {})
            headers = {"Idempotency-Key": f"first-{number}"}
            try:
                take_in(shop, ask(f"{shop}/orders", body, headers))
            except RuntimeError as error:
                # A run before this one has closed the shop, or sold it out.
                print(error)


open_shops()
