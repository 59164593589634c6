"""Tasks are those of the design, in the design's words, and nobody has changed them."""

from pathlib import Path

import pytest

from ccegov_choice.design.design import Design
from ccegov_choice.study.study import Study
from ccegov_choice.survey.reading.design_file import read_tasks

ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize("name", ["benefit-claim", "channel-choice", "obligations", "two-by-four"])
def test_tasks_are_those_that_the_design_reads_with_numerics(name):
    folder = ROOT / "designs" / name
    study = Study.read(folder / "study.toml")
    tasks, problems = read_tasks(folder, study, name)
    assert problems == []
    design = Design.read(folder)
    assert tasks.sha256 == design.sha256
    rows = [(task.block, task.id, o.alternative, o) for task in tasks.tasks for o in task.offers]
    frame = design.frame
    assert len(rows) == len(frame)
    for (block, id, alternative, offer), row in zip(rows, frame.to_dict("records"), strict=True):
        assert (float(block), float(id), alternative) == (
            row["block"],
            row["task"],
            row["alternative"],
        )
        named = {a.id: a for a in study.named_alternatives}.get(alternative)
        fixed = named.fixed if named else {}
        shown = {a: row[a] for a in study.attribute_ids if row[a] is not None and row[a] == row[a]}
        assert offer.levels == {**fixed, **shown}


def test_kinds_of_alternatives_and_personal_levels_come_from_the_study(copy_of):
    task = copy_of("channels").read().tasks.tasks[0]
    assert {offer.kind for offer in task.offers} == {"labelled", "status_quo"}
    own = task.offer("as_last_time")
    assert own.personal == {
        "te_decision_days": "days_last",
        "te_wait_min": "wait_last",
        "ac_distance": "travel_last",
    }


def test_a_changed_design_is_noticed_twice_and_named(benefit):
    design = benefit.folder.parents[1] / "designs" / "benefit-claim" / "design.csv"
    design.write_text(design.read_text().replace("1,1,A,40,", "1,1,A,20,", 1))
    problems = benefit.problems()
    assert [p.problem for p in problems] == [
        "design.csv is not what design.lock recorded",
        "design.csv is not the design that this survey was made for",
    ]
    lines = (benefit.folder / "survey.toml").read_text().splitlines()
    line = next(n for n, words in enumerate(lines, 1) if words.startswith("sha256"))
    assert problems[1].where == f"{benefit.folder}/survey.toml:{line}"


def test_a_changed_study_is_noticed(benefit):
    study = benefit.folder.parents[1] / "designs" / "benefit-claim" / "study.toml"
    study.write_text(study.read_text().replace("I would not claim", "I would not"))
    (problem,) = benefit.problems()
    assert problem.problem == "study.toml is not what design.lock recorded"
    assert "ccegov design verify" in problem.cure


def test_a_survey_without_fingerprint_is_told_which_it_is(benefit):
    text = (benefit.folder / "survey.toml").read_text()
    line = next(line for line in text.splitlines() if line.startswith("sha256"))
    benefit.edit("survey.toml", f"{line}\n", "")
    (problem,) = benefit.problems()
    assert line in problem.cure


def test_unknown_levels_columns_and_ragged_rows_are_named_with_their_lines(benefit):
    design = benefit.folder.parents[1] / "designs" / "benefit-claim" / "design.csv"
    lines = design.read_text().splitlines()
    lines[0] = lines[0].replace("ac_human", "ac_humans")
    lines[1] = lines[1].replace("letter", "leter")
    lines[2] = lines[2].replace(",40,", ",forty,")
    lines[3] += ",x"
    design.write_text("\n".join(lines) + "\n")
    found = [(p.where.rpartition("/")[2], p.problem) for p in benefit.problems()]
    assert ("design.csv:1", "unknown column 'ac_humans'") in found
    assert ("design.csv:2", "unknown level of 'ac_channel' 'leter'") in found
    assert ("design.csv:3", "'forty' of 'te_decision_days' is not a number") in found
    assert ("design.csv:4", "the row has 10 cells and the header 9") in found


def test_a_design_that_is_not_there_says_how_to_make_it(benefit):
    (benefit.folder.parents[1] / "designs" / "benefit-claim" / "design.lock").unlink()
    (problem,) = benefit.problems()
    assert problem.where.endswith("designs/benefit-claim/design.lock")
    assert "ccegov design make" in problem.cure
