"""Designs made elsewhere: every layout is recognised, every fault told with its line and cure."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccegov_choice._files import sha256
from ccegov_choice.design.design import Design
from ccegov_choice.design.foreign.exporting import design_text, export_design
from ccegov_choice.design.foreign.importing import import_design
from ccegov_choice.design.random import random_design
from ccegov_choice.design.verify import verify
from ccegov_choice.errors import DesignError, FileFormatError
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.study import Study

LONG = """\
qID,altID,wait,channel,dignity
1,1,7,web,routine
1,2,14,office,respectful
1,3,NA,NA,NA
2,1,60,phone,respectful
2,2,30,web,routine
2,3,,,none
"""

WIDE = """\
question;block;wait_A;wait_B;channel_A;channel_B;dignity_A;dignity_B
1;1;7;14;web;office;routine;respectful
2;1;60;30;phone;web;respectful;routine
"""

NGENE = """\
Design
Choice situation\talt1.wait\talt1.channel\talt1.dignity\talt2.wait\talt2.channel\talt2.dignity\tBlock
1\t7\t0\t0\t14\t2\t1\t1
2\t60\t1\t1\t30\t0\t0\t1
|||||||
"""

SAWTOOTH = """\
Version,Task,Concept,Att 1 - Days,Att 2 - Channel,Att 3 - Dignity
1,1,1,1,1,1
1,1,2,2,3,2
1,2,1,4,2,2
1,2,2,3,1,1
"""

# what a spreadsheet of the south of Europe makes of it: a BOM, text around the table, semicolons,
# decimal commas, labels with capitals, blanks
MESSY = """\
\ufeffOur design, second try;;;;;;
made in May;;;;;;
;;;;;;
Choice set;Days A;Days B;CHANNEL A;Channel B;Dignity  A;dignity B
1;7,0;14,0;Web;OFFICE;Routine;respectful
2;60,0; 30,0;phone ;web;RESPECTFUL;Routine
;;;;;;
Source: our files;;;;;;
"""

# the same two tasks in every file above
TASKS = [
    (1, 1, "A", 7.0, "web", "routine"),
    (1, 1, "B", 14.0, "office", "respectful"),
    (1, 1, "none", None, None, None),
    (1, 2, "A", 60.0, "phone", "respectful"),
    (1, 2, "B", 30.0, "web", "routine"),
    (1, 2, "none", None, None, None),
]


@pytest.fixture
def put(tmp_path):
    """Write a file and return its path."""

    def write(text, name="theirs.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


def expected(study) -> pd.DataFrame:
    columns = ["block", "task", "alternative", *study.attribute_ids]
    return Design(pd.DataFrame(TASKS, columns=columns), study).frame


def refused(source, study, **options) -> list[str]:
    with pytest.raises(DesignError) as caught:
        import_design(source, study, **options)
    return [str(problem) for problem in caught.value.problems]


# -- layouts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "layout"),
    [(LONG, "long"), (WIDE, "wide"), (NGENE, "ngene"), (SAWTOOTH, "sawtooth"), (MESSY, "wide")],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_each_layout_is_recognised_and_read(put, plain, text, layout, encoding):
    encoded = text.removeprefix("\ufeff") if encoding == "utf-16" else text
    path = put(encoded, encoding=encoding)
    design = import_design(path, plain)
    pd.testing.assert_frame_equal(design.frame, expected(plain))
    assert design.notes[0].startswith(f"Imported from theirs.csv, layout '{layout}' (recognised")
    same = import_design(path, plain, layout=layout)
    pd.testing.assert_frame_equal(same.frame, design.frame)
    assert design.diagnose().title == design.table().title


@pytest.mark.parametrize("separator", ["\t", ";", "|"])
def test_the_separator_does_not_matter(put, plain, separator):
    design = import_design(put(LONG.replace(",", separator)), plain)
    pd.testing.assert_frame_equal(design.frame, expected(plain))


@pytest.mark.parametrize(
    "header",
    [
        "task,alternative,wait,channel,dignity",
        "Choice Situation,Alt,Wait,Channel,Dignity",
        "set,OPTION,DAYS,CHANNEL,DIGNITY",
        "obsID,concept,wait,channel,dignity",
        "QES,ALT,wait,channel,dignity",
    ],
)
def test_words_of_other_programs_are_known(put, plain, header):
    design = import_design(put(header + LONG[LONG.index("\n") :]), plain)
    pd.testing.assert_frame_equal(design.frame, expected(plain))


@pytest.mark.parametrize(
    "pattern", ["{a}.{x}", "{x}_{a}", "{x}.{a}", "alt{n}_{x}", "{x}{n}", "Option {a}: {x}"]
)
def test_wide_columns_of_every_make(put, plain, pattern):
    def column(x, n):
        return pattern.format(x=x, n=n, a="AB"[n - 1])

    names = [column(x, n) for x in plain.attribute_ids for n in (1, 2)]
    body = WIDE.splitlines()[1:]
    text = "\n".join([";".join(["task", "block", *names]), *body])
    pd.testing.assert_frame_equal(import_design(put(text), plain).frame, expected(plain))


def test_data_frames_of_pandas_and_polars(plain):
    frame = expected(plain)
    words = frame.astype({"alternative": "category"})
    lazy = pl.DataFrame({name: frame[name].to_numpy() for name in ("block", "task", "wait")}).lazy()
    others = ("alternative", "channel", "dignity")
    lazy = lazy.with_columns(
        pl.Series(name, [None if pd.isna(cell) else cell for cell in frame[name]])
        for name in others
    )
    for table in (frame, words, lazy, lazy.collect()):
        pd.testing.assert_frame_equal(import_design(table, plain).frame, frame)


def test_what_was_recognised_is_told(put, plain):
    notes = "\n".join(import_design(put(MESSY), plain).notes)
    assert "header in line 4" in notes
    assert "Lines outside the table were not read: 1, 2 and 8." in notes
    assert "task from 'Choice set'" in notes
    assert "The opt-out 'none' is not in the file; it was added to every task." in notes
    notes = "\n".join(import_design(put(NGENE), plain).notes)
    assert "channel is coded from 0: 0 = web, 1 = phone, 2 = office." in notes
    assert "dignity is coded from 0: 0 = routine, 1 = respectful; levels under the floor" in notes
    assert "Alternatives: 'alt1' is A and 'alt2' is B." in notes


# -- levels --------------------------------------------------------------------------------------


def test_labels_in_any_language(put):
    units = {"en": "day", "de": "Tag"}, {"en": "days", "de": "Tage"}
    wait = Attribute.numeric("wait", {"en": "Wait", "de": "Warten"}, [7, 14], *units)
    form = Attribute.categorical(
        "form",
        {"en": "Form", "de": "Formular"},
        {"short": {"en": "Short one", "de": "Kurz"}, "long": {"en": "Long one", "de": "Lang"}},
    )
    study = Study("s", {"en": "S", "de": "S"}, (wait, form), languages=("en", "de"))
    text = "task,alt,Warten,Formular\n1,A,7 Tage,kurz\n1,B,14 days,Long_One\n"
    frame = import_design(put(text), study).frame
    assert list(frame["form"]) == ["short", "long"]
    assert list(frame["wait"]) == [7.0, 14.0]


def test_codes_from_one_and_from_nought(put, plain):
    coded = LONG.replace("web", "1").replace("phone", "2").replace("office", "3")
    pd.testing.assert_frame_equal(import_design(put(coded), plain).frame, expected(plain))
    coded = LONG.replace("web", "0").replace("phone", "1").replace("office", "2")
    pd.testing.assert_frame_equal(import_design(put(coded), plain).frame, expected(plain))


def test_codes_that_could_be_either_are_refused_and_the_cure_works(put, plain):
    path = put(LONG.replace("web", "1").replace("phone", "2").replace("office", "2"))
    (problem,) = refused(path, plain)
    assert problem.startswith(f"{path}:2, 3, 5 and 6: the cells 1 and 2 of 'channel' may be codes")
    assert "from 1 (1 = web, 2 = phone) or from 0 (1 = phone, 2 = office)" in problem
    assert "--level 'channel:1=web' --level 'channel:2=phone'" in problem
    design = import_design(path, plain, levels={"channel": {1: "web", "2": "office"}})
    pd.testing.assert_frame_equal(
        design.frame, expected(plain).replace({"channel": {"phone": "office"}})
    )


def test_codes_of_numbers_are_never_guessed(put, plain):
    text = LONG
    for code, number in enumerate(("7", "14", "30", "60")):
        text = text.replace(f",{number},", f",{code},")
    (problem,) = refused(put(text), plain)
    assert "the cells 0, 1, 2 and 3 of 'wait' are not its levels" in problem
    assert "levels={'wait': {'0': '7', '1': '14', '2': '30', '3': '60'}}" in problem
    meant = {"wait": {0: 7, 1: 14, 2: 30, 3: 60}}
    pd.testing.assert_frame_equal(
        import_design(put(text), plain, levels=meant).frame, expected(plain)
    )


def test_signs_and_decimals_are_never_mixed_up(put, channel):
    gap = Attribute.numeric("gap", "Gap", [-5, 2.5, 5, 25, 1000])
    study = Study("s", "S", (gap, channel))
    cells = ["-5", "2,5", "5.0", '"1,000"']
    rows = [f"{i // 2 + 1},{'AB'[i % 2]},{c},web" for i, c in enumerate(cells)]
    text = "\n".join(["task,alt,gap,channel", *rows]).replace("2,5", '"2,5"')
    assert list(import_design(put(text), study).frame["gap"]) == [-5.0, 2.5, 5.0, 1000.0]


def test_a_level_may_be_called_none(put):
    help_ = Attribute.categorical("help", "Help", {"none": "None", "call": "Call back"})
    form = Attribute.categorical("form", "Form", {"NA": "Not at all", "long": "Long"})
    none = Alternative("neither", "Neither", kind="opt_out")
    study = Study("s", "S", (help_, form), opt_out=none)
    text = "task,alt,help,form\n1,1,none,NA\n1,2,call,long\n1,neither,none,none\n"
    frame = import_design(put(text), study).frame
    assert list(frame["help"].fillna("")) == ["none", "call", ""]
    assert list(frame["form"].fillna("")) == ["NA", "long", ""]


def test_sawtooth_cells_that_are_levels_or_codes(put, channel):
    days = Attribute.numeric("days", "Days", [0, 1, 2])
    study = Study("s", "S", (days, channel))
    text = "Version,Task,Concept,days,channel\n1,1,1,1,web\n1,1,2,2,phone\n"
    (problem,) = refused(put(text), study)
    assert "the cells of 'days' may be its levels, or codes from 1 (1 = 0, 2 = 1)" in problem
    # a layout that was named is taken by its definition
    design = import_design(put(text), study, layout="sawtooth")
    assert list(design.frame["days"]) == [0.0, 1.0]
    assert list(import_design(put(text), study, layout="long").frame["days"]) == [1.0, 2.0]


# -- alternatives and the opt-out ----------------------------------------------------------------

LABELLED = """\
set,alternative,wait,hours
1,{0},5,{na}
1,{1},10,Long
2,{0},20,{na}
2,{1},5,short
"""


@pytest.mark.parametrize(
    "names", [("web", "phone"), ("Web", "PHONE"), ("1", "2"), ("alt1", "alt2")]
)
def test_labelled_alternatives_by_name_or_position(put, labelled, names):
    frame = import_design(put(LABELLED.format(*names, na="")), labelled).frame
    assert list(frame["alternative"]) == ["web", "phone", "today"] * 2
    assert list(frame["hours"].fillna("")) == ["", "long", "", "", "short", ""]


def test_noughts_stand_for_attributes_an_alternative_does_not_have(put, labelled):
    frame = import_design(put(LABELLED.format("web", "phone", na="0")), labelled).frame
    assert list(frame["hours"].dropna()) == ["long", "short"]


def test_alternatives_that_are_unknown_have_a_cure_that_works(put, labelled):
    path = put(LABELLED.format("internet", "phone", na=""))
    (problem,) = refused(path, labelled)
    assert problem.startswith(f"{path}:2 and 4: unknown alternative 'internet'")
    assert "alternatives={'internet': 'web'}" in problem
    design = import_design(path, labelled, alternatives={"internet": "web"})
    assert design.alternatives == ("web", "phone", "today")


def test_a_status_quo_is_filled_in_and_recognised(put, two_level):
    levels = {"a0": "no", "a1": "yes"}
    quo = Alternative("today", "Today", kind="status_quo", levels=levels)
    study = Study("quo", "Quo", two_level.attributes[:2], opt_out=quo)
    with_it = (
        "task,alt,a0,a1\n1,1,yes,yes\n1,2,no,no\n1,3,no,yes\n2,1,yes,no\n2,2,yes,yes\n2,3,no,yes\n"
    )
    without = "\n".join(line for line in with_it.splitlines() if ",3," not in line)
    one, two = import_design(put(with_it), study), import_design(put(without), study)
    pd.testing.assert_frame_equal(one.frame, two.frame)
    assert one.alternatives == ("A", "B", "today")
    assert not any("added" in note for note in one.notes)


def test_alternatives_numbered_through_the_file_are_named_by_place(put, plain):
    lines = [line for line in LONG.splitlines() if "NA" not in line and "none" not in line]
    numbered = [f"{line[:2]}{i}{line[3:]}" if i else line for i, line in enumerate(lines)]
    design = import_design(put("\n".join(numbered)), plain)
    pd.testing.assert_frame_equal(design.frame, expected(plain))


def test_blank_alternatives_need_an_opt_out(put, plain):
    problems = refused(put(LONG), replace(plain, opt_out=None))
    assert "4 and 7: an alternative shows no level, and the study has no opt-out" in problems[0]


# -- tasks and blocks ----------------------------------------------------------------------------


def test_tasks_are_numbered_block_by_block(put, plain):
    lines = NGENE.splitlines()
    lines[2] = lines[2][:-1] + "2"
    design = import_design(put("\n".join(lines)), plain)
    assert list(design.frame["wait"].dropna()) == [60.0, 30.0, 7.0, 14.0]
    assert list(design.frame["block"]) == [1] * 3 + [2] * 3
    assert "Tasks are numbered through all blocks; in the file they are 2 and 1." in design.notes


def test_fixed_tasks_of_sawtooth_are_in_every_block(put, plain):
    versions = ["Version,Task,Concept,Att 1,Att 2,Att 3", "0,1,1,1,1,1", "0,1,2,2,3,2"]
    versions += [f"{v},2,{c},{c},{v},{c}" for v in (1, 2, 3) for c in (1, 2)]
    design = import_design(put("\n".join(versions)), plain)
    assert (design.blocks, design.tasks) == (3, 6)
    first = design.frame[design.frame["task"].isin([1, 3, 5])]
    assert list(first["channel"].dropna()) == ["web", "office"] * 3
    assert "Version 0 holds fixed tasks (1): they are in each of the 3 blocks." in design.notes


def test_tasks_can_be_dealt_into_blocks(put, plain):
    whole = random_design(plain, tasks=12, seed=1)
    design = import_design(whole.frame, plain, blocks=3)
    assert list(design.frame.groupby("block")["task"].nunique()) == [4, 4, 4]
    rows = ["wait", "channel", "dignity"]
    shown = {tuple(map(str, row)) for row in design.frame[rows].to_numpy()}
    assert shown == {tuple(map(str, row)) for row in whole.frame[rows].to_numpy()}
    assert import_design(whole.frame, plain, blocks=3).sha256 == design.sha256
    (problem,) = refused(random_design(plain, tasks=6, blocks=2, seed=1).frame, plain, blocks=3)
    assert "3 blocks were asked for, but the file has 2" in problem


def test_columns_that_compete_must_agree_or_be_named(put, plain):
    lines = LONG.splitlines()
    both = ["obsID," + lines[0], *(f"{line[0]}1,{line}" for line in lines[1:])]
    pd.testing.assert_frame_equal(import_design(put("\n".join(both)), plain).frame, expected(plain))
    differ = ["obsID," + lines[0], *(f"{i},{line}" for i, line in enumerate(lines[1:]))]
    (problem,) = refused(put("\n".join(differ)), plain)
    assert "several columns may be the task: qID and obsID" in problem
    design = import_design(put("\n".join(differ)), plain, columns={"qID": "task"})
    pd.testing.assert_frame_equal(design.frame, expected(plain))


# -- what is wrong -------------------------------------------------------------------------------

WRONG = """\
task,alt,days of waiting,chanel,dignity
1,1,7,web,routine
1,2,21,fax,Brusque
2,1,30,phone,routine
2,2,7,office,Routine
3,1,60,web,respectful
"""


def test_all_problems_are_told_at_once_with_lines_and_cures(put, constrained):
    path = put(WRONG)
    (problem, other) = refused(path, constrained)
    assert problem.startswith(f"{path}:1: no column holds the attribute 'wait' (Days)")
    assert "columns={'chanel': 'channel'}" in other
    assert "Columns that were not understood: days of waiting and chanel." in other
    columns = {"days of waiting": "wait", "chanel": "channel"}
    assert refused(path, constrained, columns=columns) == [
        f"{path}:3: '21' is no level of 'wait' (7, 14, 30 and 60)\n"
        "    -> Correct the cell, say which level it is: levels={'wait': {'21': '14'}} (in a "
        "shell: --level 'wait:21=14'), or add the level to the study.",
        f"{path}:3: 'fax' is no level of 'channel' (web, phone and office)\n"
        "    -> Correct the cell, say which level it is: levels={'channel': {'fax': '...'}} (in a "
        "shell: --level 'channel:fax=...'), or add the level to the study.",
        f"{path}:6: task 3: without the alternative B\n"
        "    -> Give every task the same alternatives.",
        f"{path}:5: the combination is not allowed: wait = 7 and channel = office is forbidden\n"
        "    -> Change a level of this alternative.",
    ]


def test_a_level_under_the_floor_is_told_once_with_all_lines(put, plain):
    path = put(LONG.replace("routine", "brusque"))
    (problem,) = refused(path, plain)
    assert problem.startswith(f"{path}:2 and 6: dignity = 'brusque' lies under the floor")


def test_rows_of_a_frame_are_counted_from_one(plain):
    frame = expected(plain).replace({"channel": {"office": "fax"}})
    (problem,) = refused(frame, plain)
    assert problem.startswith("row 2 of the data frame: 'fax' is no level of 'channel'")


def test_missing_columns_of_one_alternative(put, plain):
    lines = [line.rpartition(";")[0] for line in WIDE.splitlines()]
    (problem,) = refused(put("\n".join(lines)), plain)
    assert "no column holds 'dignity' of the alternative 'B'" in problem
    assert "columns={'their name': 'B.dignity'}" in problem
    named = [lines[0] + ";manners", *(line + ";routine" for line in lines[1:])]
    design = import_design(put("\n".join(named)), plain, columns={"manners": "B.dignity"})
    assert set(design.frame.query("alternative == 'B'")["dignity"]) == {"routine"}


@pytest.mark.parametrize(
    ("text", "options", "told"),
    [
        ("a,b,c\n1,2,3\n", {}, ":1: no line is the header of a design; this line comes nearest: a"),
        ("only words\nand more\n", {}, "no line is the header of a design"),
        (LONG, {"layout": "ngene"}, "no line is the header of a design of the layout 'ngene'"),
        (LONG, {"layout": "lnog"}, "unknown layout 'lnog'"),
        (LONG, {"columns": {"qid": "taks"}}, "unknown name in the study 'taks' for the column"),
        (LONG, {"columns": {"qqq": "task"}}, "unknown column 'qqq'"),
        (LONG, {"levels": {"chanel": {"1": "web"}}}, "unknown attribute 'chanel'"),
        (LONG, {"levels": {"channel": {"1": "wep"}}}, "unknown level 'wep'"),
        (LONG, {"alternatives": {"7": "A"}}, "unknown alternative of the file '7'"),
        (LONG, {"alternatives": {"1": "Z"}}, "unknown alternative 'Z'"),
        (
            LONG.replace("14,office,respectful", "14"),
            {},
            ":3: fewer cells than the 5 of the header",
        ),
        (LONG.replace("14,", "14,x,"), {}, ":3: more cells than the 5 of the header"),
        (LONG.replace("1,2,14", ",2,14"), {}, ":3: 'qID' (task) is empty"),
        (LONG.replace("1,2,14", "1,1,14"), {}, "task 1: the alternative A more than once"),
        (LONG.splitlines()[0], {}, "there are no rows under the header"),
        (LONG.replace("altID,wait", "altID,Days,wait").replace(",7,", ",7,7,"), {}, "two columns"),
    ],
)
def test_faults_of_files_and_arguments(put, plain, text, options, told):
    assert told in "\n".join(refused(put(text), plain, **options))


def test_files_that_are_none(put, plain, tmp_path):
    with pytest.raises(FileFormatError, match="no such file"):
        import_design(tmp_path / "nothing.csv", plain)
    with pytest.raises(FileFormatError, match="not UTF-8"):
        import_design(put("täsk", encoding="latin-1"), plain)
    with pytest.raises(DesignError, match="the file is empty"):
        import_design(put("\n \n"), plain)
    with pytest.raises(DesignError, match="list is neither a path nor a data frame"):
        import_design([1, 2], plain)


# -- provenance and export -----------------------------------------------------------------------


def test_the_record_names_file_and_arguments_and_verify_holds(put, plain, tmp_path):
    path = put(NGENE, name="ngene.txt")
    design = import_design(path, plain, alternatives={"alt1": "A"})
    provenance = design.provenance
    assert provenance.made_by == "import_design"
    assert provenance.parents == {"study": plain.sha256, "file": sha256(path.read_bytes())}
    assert provenance.parameters["layout"] == "ngene"
    assert provenance.parameters["alternatives"] == {"alt1": "A"}
    plain.write(tmp_path / "study.toml")
    design.save(tmp_path)
    path.unlink()
    told = str(verify(tmp_path))
    assert "made by 'import_design': nothing to do again" in told
    again = Design.read(tmp_path)
    assert again.notes == design.notes
    pd.testing.assert_frame_equal(again.frame, design.frame)


@pytest.mark.parametrize("name", ["plain", "constrained", "labelled", "two_level", "awkward"])
@given(
    tasks=st.integers(2, 9),
    blocks=st.integers(1, 2),
    alternatives=st.integers(2, 3),
    seed=st.integers(0, 2**32 - 1),
    layout=st.sampled_from(["long", "wide", "ngene", "sawtooth"]),
    named=st.booleans(),
)
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_what_was_exported_comes_back(
    request, tmp_path, name, tasks, blocks, alternatives, seed, layout, named
):
    study = request.getfixturevalue(name)
    count = None if study.labelled else alternatives
    design = random_design(
        study, tasks=tasks, blocks=blocks, alternatives=count, seed=seed, balanced=False
    )
    path = export_design(design, tmp_path / "out.csv", layout)
    again = import_design(path, study, layout=layout if named else "auto")
    pd.testing.assert_frame_equal(again.frame, design.frame)
    assert again.sha256 == design.sha256


@pytest.fixture
def awkward() -> Study:
    """Numbers that look like codes, ids that look like codes and blanks, and a status quo."""
    odd = {"2": "Two", "1": "One", "a, b": "Both", "none": "No"}
    attributes = (
        Attribute.numeric("n", "N", [-3, 0, 1, 2.5]),
        Attribute.categorical("odd", "Odd", odd),
        Attribute.ordered("n_odd", "N of odd", ["0", "1", "NA"]),
    )
    levels = {"n": 1, "odd": "none", "n_odd": "0"}
    quo = Alternative("today", "Today", kind="status_quo", levels=levels)
    return Study("quo", "Quo", attributes, opt_out=quo)


def test_exported_text_by_hand(put, plain):
    design = import_design(put(LONG), plain)
    assert design_text(design, "sawtooth") == SAWTOOTH.replace("Days", "wait").replace(
        "Channel", "channel"
    ).replace("Dignity", "dignity")
    assert design_text(design, "wide").splitlines()[:2] == [
        "block,task,A.wait,A.channel,A.dignity,B.wait,B.channel,B.dignity",
        "1,1,7,web,routine,14,office,respectful",
    ]
    assert design_text(design, "ngene").splitlines()[1:5] == [
        "channel: 0 = web, 1 = phone, 2 = office",
        "dignity: 0 = brusque, 1 = routine, 2 = respectful",
        NGENE.splitlines()[1],
        "1\t7\t0\t1\t14\t2\t2\t1",
    ]
    with pytest.raises(DesignError, match="unknown layout 'jmp'"):
        design_text(design, "jmp")


def test_layouts_with_a_place_for_each_alternative_refuse_tasks_that_differ(plain):
    frame = expected(plain)
    design = Design(frame.drop(index=1), plain)
    with pytest.raises(DesignError, match="task 1 does not show all of the alternatives A, B"):
        design_text(design, "wide")
