"""The code of a form: which block it has, and that everything on it follows from its number."""

from __future__ import annotations

from collections import Counter

import pytest

from ccegov_choice.errors import SurveyError
from ccegov_choice.survey.paper.code import form_code


def test_the_code_says_which_form_it_is(claim):
    code = form_code(claim, 17, "ar", "2")
    assert str(code) == f"ccegov:benefit-claim:{claim.sha256[:8]}:2:17:ar"
    assert code.seed == "paper:17"


def test_forms_take_the_blocks_in_turn(claim):
    blocks = Counter(form_code(claim, number, "en").block for number in range(1, 41))
    assert blocks == dict.fromkeys(claim.tasks.blocks, 10)


@pytest.mark.parametrize(
    ("form", "language", "block", "said"),
    [
        (0, "en", None, "numbered from 1"),
        (1, "tlh", None, "not in 'tlh'"),
        (1, "en", "9", "no block '9'"),
    ],
)
def test_what_does_not_exist_is_refused(claim, form, language, block, said):
    with pytest.raises(SurveyError, match=said) as refused:
        form_code(claim, form, language, block)
    assert refused.value.problems[0].cure
