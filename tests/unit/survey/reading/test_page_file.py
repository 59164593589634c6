"""Pages: settings between two lines of +++, then Markdown."""

import pytest

from ccegov_choice.survey.reading.toml_file import prose, split_front_matter


def test_settings_keep_the_line_numbers_of_the_file():
    front, body, problems = split_front_matter('+++\na = 1\nb = "x"\n+++\n\nHello.\n\n', "p.md")
    assert problems == []
    assert front.split("\n").index('b = "x"') == 2
    assert body == "Hello.\n"


@pytest.mark.parametrize("text", ["Hello.\n", "+++\na = 1\n", "Hello\n+++\na = 1\n+++\n"])
def test_a_page_without_settings_says_how_to_begin(text):
    _, _, (problem,) = split_front_matter(text, "p.md")
    assert problem.where == "p.md"
    assert "Begin the file with a line +++" in problem.cure


def test_prose_of_blank_lines_is_none_at_all():
    assert prose(" \r\n\n") == ""


def test_options_may_be_short_or_full(benefit):
    benefit.edit(
        "pages/comments.md",
        'option = [\n  { id = "no", text = "No" },\n  { id = "yes", text = "Yes", write_in = true },\n]',
        'options = { no = "No", yes = "Yes" }',
    )
    question = benefit.read().questions["survey_hard"]
    assert [(o.id, o.text, o.write_in) for o in question.options] == [
        ("no", "No", False),
        ("yes", "Yes", False),
    ]


def test_the_opt_out_joins_the_example_by_itself(benefit):
    example = benefit.read().page("warm-up").example
    assert [offer.alternative for offer in example.offers] == ["A", "B", "no_claim"]
    assert example.offers[0].levels["te_decision_days"] == 10.0


def test_a_budget_is_read_with_its_projects(copy_of):
    budget = copy_of("channels").read().page("budget").budget
    assert budget.amount == 100
    assert budget.unit_plural == "points"
    assert [project.id for project in budget.projects][:2] == ["counter_hours", "phone_line"]


def test_an_unknown_covariate_is_named_with_the_nearest(benefit):
    benefit.edit("pages/about-you.md", '"digital_confidence"', '"digital_confidense"')
    problem = next(p for p in benefit.problems() if "unknown covariate" in p.problem)
    assert "Did you mean 'digital_confidence'?" in problem.cure
    assert problem.where.endswith("pages/about-you.md:6")


def test_a_question_without_kind_says_which_there_are(benefit):
    benefit.edit("pages/comments.md", 'kind = "text"\ntext', "text")
    (problem,) = benefit.problems()
    assert "has no 'kind'" in problem.problem
    assert "matrix" in problem.cure
