import pytest

from ccegov_choice.errors import TradeOffError
from ccegov_choice.study.gain import Gain, parse_gain, payable, payment_attribute, sellable
from ccegov_choice.study.utility import Utility


@pytest.fixture
def utility(study):
    return Utility("wait + dignity + hours + fee + distance + appeal + channel", study)


@pytest.mark.parametrize(
    ("text", "gain"),
    [
        ("dignity: polite", Gain("dignity", "brusque", "polite")),
        ("dignity: neutral -> polite", Gain("dignity", "neutral", "polite")),
        ("dignity:neutral→polite", Gain("dignity", "neutral", "polite")),
        ("wait", Gain("wait")),
        ("wait:", Gain("wait")),
        ("wait: 40 -> 2", Gain("wait", 40.0, 2.0)),
        ("wait: 30 -> 14.5", Gain("wait", 30.0, 14.5)),
        ("wait: 10", Gain("wait", 2.0, 10.0)),
    ],
)
def test_the_grammar_reads(study, utility, text, gain):
    assert parse_gain(text, utility, study) == gain


def test_a_gain_reads_back_what_it_writes(study, utility):
    for text in ("wait", "wait: 30 -> 14.5", "dignity: brusque -> polite"):
        assert str(parse_gain(text, utility, study)) == text


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("weight", "unknown attribute 'weight'"),
        ("dignity", "no unit to gain"),
        ("dignity: kind", "unknown level 'kind'"),
        ("dignity: insult -> polite", "under the floor"),
        ("dignity: polite -> polite", "nothing changes"),
        ("dignity: brusque", "nothing changes"),
        ("dignity: -> polite", "one level before and one level after"),
        ("dignity: brusque -> neutral -> polite", "one level before and one level after"),
        ("wait: soon -> 2", "'soon' is not a number"),
        ("wait: 90 -> 2", "outside what people were asked"),
        ("appeal: yes", "a legal floor is not for sale"),
    ],
)
def test_what_cannot_be_gained_is_refused_with_a_cure(study, utility, text, problem):
    with pytest.raises(TradeOffError, match=problem) as caught:
        parse_gain(text, utility, study)
    assert caught.value.cure


def test_both_levels_are_checked_at_once(study, utility):
    with pytest.raises(TradeOffError) as caught:
        parse_gain("dignity: insult -> kind", utility, study)
    assert len(caught.value.problems) == 2


def test_an_attribute_outside_the_utility_is_refused(study):
    with pytest.raises(TradeOffError, match="its utility does not contain it"):
        parse_gain("hours", Utility("wait + fee", study), study)


def test_only_declared_numeraires_may_be_paid_in(study, utility):
    assert payable(utility, study) == ["wait", "hours", "fee", "distance"]
    assert "appeal" not in sellable(utility, study)
    with pytest.raises(TradeOffError, match="does not let people pay in 'channel'") as caught:
        payment_attribute("channel", utility, study)
    assert "'wait', 'hours', 'fee', 'distance'" in caught.value.cure
    with pytest.raises(TradeOffError, match="a legal floor is not for sale"):
        payment_attribute("appeal", utility, study)
    with pytest.raises(TradeOffError, match="unknown attribute 'fees'"):
        payment_attribute("fees", utility, study)


def test_a_study_without_numeraires_says_how_to_declare_one(study, utility):
    from dataclasses import replace

    bare = replace(study, numeraires=())
    with pytest.raises(TradeOffError) as caught:
        payment_attribute("wait", utility, bare)
    assert "Numeraire('wait')" in caught.value.cure
