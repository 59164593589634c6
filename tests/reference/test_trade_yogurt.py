"""Willingness to pay for yogurt, as the R package logitr prints it.

logitr estimates willingness to pay directly (a utility scaled by the price coefficient). The
likelihood is the same, so its classical errors are those of the delta method. Source: the basic
usage vignette of logitr (see ``estimation/references.md``).
"""

from __future__ import annotations

import pytest

from ccegov_choice.data.datasets import load_dataset
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.tradeoff.ratio import trade_offs, willingness_to_trade

PUBLISHED = {
    "featured: no -> yes": (1.34057, 0.3559),
    "brand: dannon -> hiland": (-10.1357, 0.5761),
    "brand: dannon -> weight": (-1.74908, 0.1799),
    "brand: dannon -> yoplait": (2.00382, 0.1424),
}


@pytest.fixture(scope="module")
def results():
    data = load_dataset("yogurt")
    return Logit(data.utility).fit(data, covariance="classical")


@pytest.mark.data
@pytest.mark.parametrize("gain", PUBLISHED)
def test_willingness_to_pay_as_published(results, gain):
    estimate, error = PUBLISHED[gain]
    trade = willingness_to_trade(results, gain=gain, pay_in="price")
    # one unit of the last digit printed: their search stops a little earlier
    assert trade.estimate == pytest.approx(estimate, abs=1e-4 if abs(estimate) > 10 else 1e-5)
    assert trade.std_error == pytest.approx(error, abs=1e-4)


@pytest.mark.data
def test_cents_are_cents(results):
    sentence = trade_offs(results, "price")[0].sentence()
    assert sentence == (
        "People would accept 1.34 cents more (the price of an ounce, USD; 95% interval 0.64 to "
        "2.04) for yes instead of no (advertised in a newspaper)."
    )
