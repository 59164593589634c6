"""Each defect that a study can have is found, named and given a cure; sound studies have none."""

import dataclasses
import re

import pytest

from ccegov_choice.study.alternative import Alternative, FromCovariate
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.constraint import Forbidden, Implied
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.level import Level, build_levels
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.study import Study

WAIT = Attribute.numeric("wait", "Wait", [2, 10, 40], "day", "days", direction="-")
HUMAN = Attribute.ordered(
    "human",
    "Person",
    {"none": "None", "call": "Call back", "any": "Any step"},
    tradeable="above-floor",
)
CHANNEL = Attribute.categorical("channel", "Channel", {"web": "Website", "phone": "Phone"})
FEE = Attribute.numeric("fee", "Fee", [0, 10], "euro", "euros", direction="-", money=True)
YES_NO = build_levels({"no": "No", "yes": "Yes"})

SOUND = Study(
    "claim",
    "A claim",
    (WAIT, HUMAN, CHANNEL),
    opt_out=Alternative("no_claim", "I would not claim"),
    covariates=(
        Covariate("wait_now", "Wait now", "numeric"),
        Covariate("kids", "Kids", "ordered", YES_NO),
    ),
    numeraires=(Numeraire("wait"),),
    constraints=(Forbidden({"human": "none", "channel": "phone"}, "they contradict"),),
)
LABELLED = Study(
    "travel",
    "Travel",
    (WAIT, HUMAN.revised(alternatives=("train", "bus"))),
    alternatives=(
        Alternative("train", "Train"),
        Alternative("bus", "Bus"),
        Alternative("car", "Car"),
    ),
)


def changed(study=SOUND, **changes):
    return dataclasses.replace(study, **changes)


def with_wait(**changes):
    return changed(attributes=(WAIT.revised(**changes), HUMAN, CHANNEL))


def with_human(**changes):
    return changed(attributes=(WAIT, HUMAN.revised(**changes), CHANNEL))


def with_opt_out(**changes):
    return changed(opt_out=dataclasses.replace(SOUND.opt_out, **changes))


def with_fee(*numeraires, **changes):
    attributes = (WAIT, HUMAN, CHANNEL, FEE.revised(**changes))
    return changed(attributes=attributes, numeraires=numeraires)


DECLARED = Numeraire("fee", "A fee when you claim", "EUR")

DEFECTS = {
    # the study
    "id with spaces": (changed(id="my claim"), "the study's id is 'my claim'"),
    "unknown role": (changed(role="client"), "unknown role 'client'"),
    "no attributes": (Study("x", "X", ()), "the study has no attributes"),
    # ids
    "attribute twice": (
        changed(attributes=(WAIT, HUMAN, CHANNEL, WAIT)),
        "'wait' is the id of more than one attribute or covariate",
    ),
    "covariate named as an attribute": (
        changed(covariates=(*SOUND.covariates, Covariate("human", "Human", "numeric"))),
        "'human' is the id of more than one",
    ),
    "reserved id": (with_wait(id="task"), "'task' has a name that data or formulas use"),
    "keyword id": (with_wait(id="class"), "'class' has a name that data or formulas use"),
    "id that formulas cannot read": (with_wait(id="waiting-time"), "cannot be a name in formulas"),
    "alternative twice": (
        changed(LABELLED, opt_out=Alternative("car", "No travel")),
        "'car' is the id of more than one alternative",
    ),
    # attributes and levels
    "unknown kind": (with_human(kind="nominal"), "unknown kind of attribute 'human' 'nominal'"),
    "unknown direction": (with_human(direction="up"), "unknown direction of attribute 'human'"),
    "unknown trade class": (with_human(tradeable="never"), "unknown tradeable of attribute"),
    "one level": (with_human(levels=["any"]), "attribute 'human' has 1 level, so it never varies"),
    "no levels": (with_human(levels=[]), "attribute 'human' has no levels"),
    "level twice": (with_human(levels=["none", "any", "any"]), "has the level 'any' twice"),
    "two levels that read alike": (
        with_human(levels=[Level("a", "Yes"), Level("b", "Yes")]),
        "level 'b' of 'human' reads like another level",
    ),
    "level id with brackets": (with_human(levels=["a[1]", "b"]), "cannot be the id of a level"),
    "unknown base": (with_human(base="nobody"), "unknown base level of 'human' 'nobody'"),
    "number missing": (
        with_wait(levels=[2, Level("x", "X")]),
        "level 'x' of the numeric attribute",
    ),
    "infinite number": (with_wait(levels=[2, float("inf")]), "is not a finite number"),
    "not a number": (with_wait(levels=[2, float("nan")]), "is not a finite number"),
    "numbers that do not increase": (with_wait(levels=[2, 40, 10]), "10 comes after 40"),
    "number twice": (
        with_wait(levels=[2, Level("b", "Two", value=2)]),
        "the numbers of 'wait' do not increase",
    ),
    "floor of unknown level": (with_human(floor=("nil",)), "unknown floor level of 'human' 'nil'"),
    "floor on a free attribute": (
        with_human(floor=("none",), tradeable="yes"),
        "has a floor but is declared as freely tradeable",
    ),
    "floor over all but one level": (
        with_human(floor=("none", "call")),
        "the floor of 'human' leaves 1 level to show",
    ),
    "base under the floor": (
        with_human(floor=("none",), base="none"),
        "the base level 'none' of 'human' is under the floor",
    ),
    "unknown coding": (with_human(coding="helmert"), "unknown coding of attribute 'human'"),
    "linear words": (with_human(coding="linear"), "is ordered and cannot have the coding 'linear'"),
    "log of zero": (with_wait(levels=[0, 2], coding="log"), "a level that is not above zero"),
    "owner in an unlabelled study": (
        with_human(alternatives=("train",)),
        "the study has no labelled alternatives",
    ),
    "unknown owner": (
        changed(LABELLED, attributes=(WAIT, HUMAN.revised(alternatives=("train", "plane")))),
        "unknown alternative 'plane'",
    ),
    "no owner": (
        changed(LABELLED, attributes=(WAIT, HUMAN.revised(alternatives=()))),
        "no alternative has the attribute 'human'",
    ),
    "plural without singular": (with_wait(unit=""), "has a plural unit but no singular one"),
    # alternatives
    "one alternative and nothing else": (
        changed(LABELLED, attributes=(WAIT,), alternatives=(Alternative("car", "Car"),)),
        "'car' is the only alternative",
    ),
    "opt-out on a duty": (changed(mandatory=True), "nobody may opt out of a duty"),
    "opt-out named as an option": (with_opt_out(id="A"), "the opt-out is called 'A'"),
    "alternative id with brackets": (
        with_opt_out(id="no[1]"),
        "cannot be the id of an alternative",
    ),
    "unknown kind of alternative": (with_opt_out(kind="none"), "unknown kind 'none'"),
    "opt-out among the labelled": (
        changed(
            LABELLED,
            alternatives=(*LABELLED.alternatives, Alternative("home", "Home", kind="opt_out")),
        ),
        "alternative 'home' is of kind 'opt_out' but stands among the labelled ones",
    ),
    "fixed unknown attribute": (with_opt_out(levels={"wiat": 2}), "unknown attribute 'wiat'"),
    "fixed unknown level": (
        with_opt_out(levels={"human": "nil"}),
        "unknown level of 'human' 'nil'",
    ),
    "fixed text for a number": (
        with_opt_out(levels={"wait": "2"}),
        "'wait' is numeric, and '2' is text",
    ),
    "fixed level of others": (
        changed(
            LABELLED,
            alternatives=(
                *LABELLED.alternatives[:2],
                Alternative("car", "Car", levels={"human": "any"}),
            ),
        ),
        "alternative 'car' fixes 'human', which it does not have",
    ),
    "fixed level under the floor": (
        changed(
            with_human(floor=("none",)),
            opt_out=Alternative("n", "No", levels={"human": "none"}),
            constraints=(),
        ),
        "level 'none' of 'human' is under the floor and may never be shown",
    ),
    "level from unknown covariate": (
        with_opt_out(levels={"wait": FromCovariate("wait_then")}),
        "unknown covariate 'wait_then'",
    ),
    "level from a covariate of another kind": (
        with_opt_out(levels={"wait": FromCovariate("kids")}),
        "one cannot take its level from the other",
    ),
    "level from a covariate with other levels": (
        with_opt_out(levels={"human": FromCovariate("kids")}),
        "covariate 'kids' has levels that 'human' does not have: no, yes",
    ),
    # constraints
    "constraint on unknown attribute": (
        changed(constraints=(Forbidden({"humna": "none"}),)),
        "unknown attribute 'humna'",
    ),
    "constraint on unknown level": (
        changed(constraints=(Implied({"human": "none"}, {"channel": "wbe"}),)),
        "unknown level of 'channel' 'wbe'",
    ),
    "constraint on a number that is no level": (
        changed(constraints=(Forbidden({"wait": 3, "human": "none"}),)),
        "unknown level of 'wait' '3'",
    ),
    "constraint with text for a number": (
        changed(constraints=(Forbidden({"wait": "2", "human": "none"}),)),
        "'wait' is numeric, and '2' is text",
    ),
    "empty constraint": (changed(constraints=(Forbidden({}),)), "names no levels under 'forbid'"),
    "constraint on unknown alternative": (
        changed(LABELLED, constraints=(Forbidden({"alternative": "plane", "wait": 2}),)),
        "unknown alternative 'plane'",
    ),
    "no profile left": (
        changed(constraints=(Forbidden({"wait": [2, 10, 40]}),)),
        "the constraints leave no profile that may be shown",
    ),
    "one profile left": (
        changed(
            constraints=(
                Forbidden({"wait": [2, 10]}),
                Forbidden({"human": ["none", "any"]}),
                Forbidden({"channel": "web"}),
            )
        ),
        "the constraints leave 1 profile that may be shown",
    ),
    "a level that can never appear": (
        changed(
            constraints=(
                Implied({"human": "any"}, {"channel": "web"}),
                Forbidden({"human": "any", "channel": "web"}),
            )
        ),
        "level 'any' of 'human' can never be shown",
    ),
    "no profile for an alternative": (
        changed(LABELLED, constraints=(Forbidden({"alternative": "bus", "wait": [2, 10, 40]}),)),
        "the constraints leave no profile for alternative 'bus'",
    ),
    # covariates
    "covariate without levels": (
        changed(covariates=(Covariate("kids", "Kids", "categorical"),)),
        "covariate 'kids' has fewer than two levels",
    ),
    "numeric covariate with levels": (
        changed(covariates=(Covariate("kids", "Kids", "numeric", YES_NO),)),
        "covariate 'kids' is numeric and has levels",
    ),
    "covariate level twice": (
        changed(covariates=(Covariate("kids", "Kids", "ordered", (*YES_NO, YES_NO[0])),)),
        "covariate 'kids' has the level 'no' twice",
    ),
    "unknown base of a covariate": (
        changed(covariates=(Covariate("kids", "Kids", "ordered", YES_NO, base="nay"),)),
        "unknown base level of 'kids' 'nay'",
    ),
    # numeraires and money
    "numeraire of unknown attribute": (
        changed(numeraires=(Numeraire("wiat"),)),
        "unknown attribute 'wiat'",
    ),
    "numeraire of words": (
        changed(numeraires=(Numeraire("channel"),)),
        "nothing can be paid in 'channel': it is categorical, not numeric",
    ),
    "numeraire of a right": (with_wait(tradeable="no"), "it is declared as not tradeable"),
    "numeraire without direction": (
        with_wait(direction="0"),
        "nothing says whether more of it is better or worse",
    ),
    "numeraire twice": (
        changed(numeraires=(Numeraire("wait"), Numeraire("wait"))),
        "'wait' is declared twice",
    ),
    "currency without vehicle": (
        with_fee(Numeraire("fee", currency="EUR")),
        "'fee' has the currency EUR but no payment vehicle",
    ),
    "vehicle without currency": (
        with_fee(Numeraire("fee", "A fee when you claim")),
        "'fee' has a payment vehicle but no currency",
    ),
    "strange currency": (
        with_fee(dataclasses.replace(DECLARED, currency="euro")),
        "'euro' is not a currency code",
    ),
    "money that is not declared": (with_fee(), "the study does not say how people pay"),
    "money as a plain numeraire": (
        with_fee(Numeraire("fee")),
        "'fee' is money, and the study does not say how people pay",
    ),
    "money without unit": (
        with_fee(DECLARED, unit="", unit_plural=""),
        "'fee' is money without a unit",
    ),
    "money in words": (
        changed(context="You pay 20 Euros a year."),
        'the context speaks of money ("Euros")',
    ),
    "money in a label": (
        with_human(label="Person (£5)"),
        "the label of attribute 'human' speaks of money (\"£\")",
    ),
    # languages and wordings
    "no language": (changed(languages=()), "the study has no language"),
    "strange language": (changed(languages=("english",)), "'english' is not a language code"),
    "language twice": (changed(languages=("en", "en")), "language 'en' is listed twice"),
    "empty title": (changed(title=" "), "the title is empty"),
    "empty label": (with_human(label=""), "the label of attribute 'human' is empty"),
    "wording in one of two languages": (
        changed(languages=("en", "cy")),
        "the label of level 'any' of attribute 'human' has one wording",
    ),
    "missing language": (
        changed(Study("x", {"en": "X"}, (), languages=("en", "cy"))),
        "the title has no wording in 'cy'",
    ),
    "undeclared language": (
        changed(title={"en": "A claim", "fr": "Une demande"}),
        "the title has a wording in 'fr', which is not a language of the study",
    ),
    "picture without words": (
        with_human(levels=[Level("a", "A", image="a.png"), "b"]),
        "level 'a' of 'human' has a picture that blind people cannot read",
    ),
    "words without picture": (
        with_human(levels=[Level("a", "A", image_alt="A picture"), "b"]),
        "has an alternative text but no picture",
    ),
}


@pytest.mark.parametrize("study", [SOUND, LABELLED, with_fee(DECLARED)], ids=lambda s: s.id)
def test_sound_studies_have_no_problems(study):
    assert study.check() == ()


@pytest.mark.parametrize("name", DEFECTS)
def test_each_defect_is_found_with_a_cure(name):
    study, message = DEFECTS[name]
    found = [problem for problem in study.check() if message in problem.problem]
    assert len(found) >= 1, study.check()
    assert found[0].cure.endswith((".", '"')), found[0].cure
    assert found[0].where


SIDE_EFFECTS = {
    # one defect may well bring a second: these are the ones where it must
    "unknown kind",
    "one level",
    "no levels",
    "not a number",
    "reserved id",
    "keyword id",
    "id that formulas cannot read",
    "attribute twice",
    "wording in one of two languages",
    "strange language",
    "no language",
    "missing language",
    "level id with brackets",
    "two levels that read alike",
    "picture without words",
    "words without picture",
    "money that is not declared",
    "number twice",
    "no attributes",
}


@pytest.mark.parametrize("name", sorted(set(DEFECTS) - SIDE_EFFECTS))
def test_one_defect_gives_one_problem(name):
    study, _ = DEFECTS[name]
    assert len(study.check()) == 1, study.check()


def test_all_defects_come_at_once_with_the_nearest_name():
    study = changed(
        attributes=(WAIT.revised(base="3"), HUMAN.revised(floor=("nobody",)), CHANNEL),
        numeraires=(Numeraire("wiat"),),
        mandatory=True,
    )
    text = "\n".join(str(problem) for problem in study.check())
    assert len(study.check()) == 4
    assert "Did you mean 'wait'?" in text


def test_the_status_quo_of_a_duty_is_fine():
    late = Alternative("late", "I would pay late", kind="status_quo")
    assert changed(mandatory=True, opt_out=late).check() == ()


def test_levels_from_fitting_covariates_are_fine():
    now = Covariate("human_now", "Contact now", "ordered", HUMAN.levels)
    opt_out = Alternative(
        "stay",
        "As now",
        kind="status_quo",
        levels={"wait": FromCovariate("wait_now"), "human": FromCovariate("human_now")},
    )
    assert changed(opt_out=opt_out, covariates=(*SOUND.covariates, now)).check() == ()


def test_a_constraint_may_name_the_alternative_and_levels_under_the_floor():
    rules = (
        Forbidden({"alternative": "train", "wait": 2}),
        Forbidden({"wait": 2, "human": "none"}),
    )
    attributes = (WAIT, LABELLED.attributes[1].revised(floor=("none",)))
    assert changed(LABELLED, attributes=attributes, constraints=rules).check() == ()


def test_constraints_are_judged_quickly_in_a_large_study():
    """20 attributes of 4 levels: 10^12 profiles, which nobody could list."""
    many = tuple(
        Attribute.ordered(f"a{i}", f"A{i}", [f"l{j}" for j in range(4)]) for i in range(20)
    )
    chain = tuple(Implied({f"a{i}": "l0"}, {f"a{i + 1}": "l0"}) for i in range(19))
    closed = (*chain, Forbidden({"a19": "l0"}))
    study = Study("large", "Large", many, constraints=closed)
    assert {p.problem.split(":")[0] for p in study.check()} == {
        f"level 'l0' of 'a{i}' can never be shown" for i in range(20)
    }


def test_wordings_in_every_language_are_fine():
    both = {"en": "Wait", "cy": "Aros"}
    attribute = Attribute.numeric("wait", both, [1, 2], {"en": "day", "cy": "diwrnod"})
    assert Study("x", both, (attribute,), languages=("en", "cy")).check() == ()
    plain = Attribute.numeric("wait", both, [1, 2])
    assert Study("x", both, (plain,), languages=("en", "cy")).check() == ()


@pytest.mark.parametrize("text", ["It weighs on people.", "Eurostat figures", "A frank talk"])
def test_words_that_only_look_like_money_pass(text):
    assert changed(context=text).check() == ()


def test_messages_are_plain():
    """No jargon of programmers in what a civil servant reads."""
    jargon = re.compile(r"\b(None|null|dict|tuple|str|float|bool|KeyError|invalid)\b")
    for study, _ in DEFECTS.values():
        for problem in study.check():
            assert not jargon.search(re.sub(r"'[^']*'|\"[^\"]*\"", "", str(problem))), problem
