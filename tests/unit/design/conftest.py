"""Small studies that designs are made for."""

from __future__ import annotations

import pytest

from ccegov_choice.study.alternative import Alternative, FromCovariate
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.constraint import Forbidden
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.study import Study


@pytest.fixture
def wait() -> Attribute:
    return Attribute.numeric("wait", "Days", [7, 14, 30, 60], "day", "days", direction="-")


@pytest.fixture
def channel() -> Attribute:
    return Attribute.categorical(
        "channel", "Channel", {"web": "Web", "phone": "Phone", "office": "Office"}
    )


@pytest.fixture
def dignity() -> Attribute:
    return Attribute.ordered(
        "dignity",
        "Dignity",
        {"brusque": "Brusque", "routine": "Routine", "respectful": "Respectful"},
        direction="+",
        floor=("brusque",),
        tradeable="above-floor",
    )


@pytest.fixture
def plain(wait, channel, dignity) -> Study:
    """Unlabelled, with an opt-out, no constraint."""
    none = Alternative("none", "Neither", kind="opt_out")
    return Study("claim", "A claim", (wait, channel, dignity), opt_out=none)


@pytest.fixture
def constrained(wait, channel, dignity) -> Study:
    """Unlabelled, with an opt-out, a floor and a constraint of two attributes."""
    none = Alternative("none", "Neither", kind="opt_out")
    rule = Forbidden({"wait": (7,), "channel": ("office",)}, "too quick for an office")
    return Study("claim", "A claim", (wait, channel, dignity), opt_out=none, constraints=(rule,))


@pytest.fixture
def labelled() -> Study:
    """Labelled alternatives with an attribute of one of them and a person's own level."""
    wait = Attribute.numeric("wait", "Days", [5, 10, 20], "day", "days", direction="-")
    hours = Attribute.categorical(
        "hours", "Hours", {"short": "Short", "long": "Long"}, alternatives=("phone",)
    )
    today = Alternative(
        "today", "As today", kind="status_quo", levels={"wait": FromCovariate("wait_now")}
    )
    return Study(
        "channels",
        "Channels",
        (wait, hours),
        alternatives=(Alternative("web", "Web"), Alternative("phone", "Phone")),
        opt_out=today,
        covariates=(Covariate("wait_now", "Days now", "numeric", unit="day"),),
    )


@pytest.fixture
def two_level() -> Study:
    """Five attributes with two levels each."""
    attributes = tuple(
        Attribute.categorical(f"a{i}", f"A{i}", {"no": "No", "yes": "Yes"}) for i in range(5)
    )
    return Study("two", "Two levels", attributes)
