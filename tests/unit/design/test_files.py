"""Saving, reading and verifying: what is tampered with is named."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ccegov_choice.design.design import Design
from ccegov_choice.design.orthogonal import orthogonal_design
from ccegov_choice.design.random import random_design
from ccegov_choice.design.verify import verify
from ccegov_choice.errors import DesignError, FileFormatError, ProvenanceError
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.constraint import Forbidden


@pytest.fixture
def folder(tmp_path, constrained):
    constrained.write(tmp_path / "study.toml")
    return random_design(constrained, tasks=12, blocks=3, seed=1).save(tmp_path)


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize("study", ["plain", "constrained", "labelled"])
def test_a_design_comes_back_as_it_was(study, request, tmp_path):
    study = request.getfixturevalue(study)
    study.write(tmp_path / "study.toml")
    design = random_design(study, tasks=12, blocks=2, seed=3)
    again = Design.read(design.save(tmp_path))
    assert again.sha256 == design.sha256
    assert again.frame.equals(design.frame)
    assert again.provenance == design.provenance
    assert Design.read(tmp_path / "design.csv", study).sha256 == design.sha256


def test_saving_twice_gives_the_same_bytes(tmp_path, plain):
    for name in ("one", "two"):
        random_design(plain, tasks=6, seed=1).save(tmp_path / name)
    for file in ("design.csv", "design.lock"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_verify_does_the_work_again(folder):
    checks = dict(verify(folder).checks)
    assert checks["the work done again gives the same tasks"] == "12 tasks by random_design"
    assert "Design verified" in str(verify(folder))
    assert "<caption>" in verify(folder)._repr_html_()


def test_verify_replays_orthogonal_designs_and_keeps_notes(tmp_path, constrained):
    constrained.write(tmp_path / "study.toml")
    design = orthogonal_design(constrained, allow_loss=True, blocks=2, seed=5)
    design.save(tmp_path)
    assert len(verify(tmp_path).checks) == 4
    assert Design.read(tmp_path).notes == design.notes


def test_a_changed_cell_is_named(folder):
    lines = (folder / "design.csv").read_text().splitlines()
    cells = lines[1].split(",")
    cells[3] = "14" if cells[3] != "14" else "30"
    lines[1] = ",".join(cells)
    (folder / "design.csv").write_text("\n".join(lines) + "\n")
    with pytest.raises(ProvenanceError) as caught:
        verify(folder)
    told = str(caught.value)
    assert "design.csv was changed after it was saved" in told
    assert "task 1, alternative 'A': wait is" in told
    assert "design.csv:2" in told
    with pytest.raises((ProvenanceError, DesignError)):
        Design.read(folder)


def test_a_missing_row_is_named(folder):
    text = (folder / "design.csv").read_text()
    (folder / "design.csv").write_text(text[: text.rstrip().rindex("\n") + 1])
    with pytest.raises(ProvenanceError, match="has 35 rows"):
        verify(folder)


def test_a_changed_lock_is_found(folder):
    edit(folder / "design.lock", '"seed": 1', '"seed": 2')
    with pytest.raises(ProvenanceError, match="the recorded work gives"):
        verify(folder)


def test_a_lock_with_a_wrong_parameter(folder):
    edit(folder / "design.lock", '"tasks": 12,\n   "alt', '"duties": 12,\n   "alt')
    with pytest.raises(ProvenanceError, match=r"cannot be done again.*duties"):
        verify(folder)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda s, w: replace(s, attributes=(w, *s.attributes[1:])),
            "attribute 'wait' was .*60.0.* now .*90.0",
        ),
        (lambda s, w: replace(s, attributes=s.attributes[:2]), "attribute 'dignity' was taken out"),
        (
            lambda s, w: replace(s, attributes=(*s.attributes, replace(w, id="more"))),
            "attribute 'more' is new",
        ),
        (lambda s, w: replace(s, opt_out=None), "opt-out 'none' was taken out"),
        (
            lambda s, w: replace(s, constraints=()),
            "constraint 'wait = 7 and channel = office is forbidden' was taken out",
        ),
        (
            lambda s, w: replace(s, constraints=(*s.constraints, Forbidden({"wait": (14,)}))),
            "constraint 'wait = 14 is forbidden' is new",
        ),
        (lambda s, w: replace(s, attributes=s.attributes[::-1]), "the order of attributes is now"),
        (lambda s, w: replace(s, title="Another title"), "in its words only"),
    ],
)
def test_a_changed_study_is_named(folder, constrained, change, told):
    other = Attribute.numeric("wait", "Days", [7, 14, 30, 90], "day", "days", direction="-")
    study = change(constrained, other)
    with pytest.raises(ProvenanceError, match=told):
        verify(folder, study)


def test_reading_with_another_study_is_refused(folder, constrained):
    with pytest.raises(ProvenanceError, match="design verify"):
        Design.read(folder, replace(constrained, title="Another title"))


def test_a_design_of_ones_own_needs_no_lock(folder, constrained):
    (folder / "design.lock").unlink()
    design = Design.read(folder)
    assert design.provenance.made_by == "author"
    design.save(folder)
    assert "nothing to do again" in str(verify(folder))


def test_wrong_levels_in_a_file_name_the_file(folder):
    (folder / "design.lock").unlink()
    edit(folder / "design.csv", "routine", "rutine")
    with pytest.raises(DesignError, match=r"rutine.*\n.*Did you mean 'routine'"):
        Design.read(folder)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the file is empty"),
        ("block,task\n1\n", "does not have 2 cells"),
        ("block,task,alternative,wait,channel,dignity\n1,1,A,soon,web,routine\n", "'soon' in"),
    ],
)
def test_unreadable_files(folder, text, told):
    (folder / "design.csv").write_text(text)
    with pytest.raises(FileFormatError, match=told):
        Design.read(folder)


def test_an_incomplete_lock(folder):
    lock = json.loads((folder / "design.lock").read_text())
    del lock["provenance"]["seed"], lock["notes"]
    (folder / "design.lock").write_text(json.dumps(lock))
    with pytest.raises(FileFormatError, match=r"lacks provenance.seed, notes"):
        verify(folder)


def test_missing_files(tmp_path, plain):
    with pytest.raises(FileFormatError):
        Design.read(tmp_path, plain)
    with pytest.raises(FileFormatError):
        verify(tmp_path, plain)
