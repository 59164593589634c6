"""A question: something asked beside the choice tasks, and what may be answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from ccegov_choice.study.wording import Text, own_copy

QuestionKind = Literal["single", "multiple", "matrix", "number", "text", "scale", "date"]
QUESTION_KINDS: tuple[str, ...] = get_args(QuestionKind)


@dataclass(frozen=True)
class Option:
    """One answer to choose from, or one row of a matrix.

    Parameters
    ----------
    id : str
        What the data hold.
    text : str or mapping
        What people read.
    hint : str or mapping
        A line of explanation under it.
    exclusive : bool
        In a multiple choice: goes with no other, such as "none of these".
    write_in : bool
        A field for own words follows, as with "something else".
    screen_out : bool
        Whoever chooses it is thanked and not asked further.
    value : float, optional
        The number that it stands for, where the question fills a numeric covariate of the
        study; an option without one leaves the covariate empty.
    """

    id: str
    text: Text
    hint: Text = ""
    exclusive: bool = False
    write_in: bool = False
    screen_out: bool = False
    value: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", own_copy(self.text))
        object.__setattr__(self, "hint", own_copy(self.hint))


@dataclass(frozen=True)
class Question:
    """Something asked beside the choice tasks.

    Parameters
    ----------
    id : str
        The column in the data; that of a study's covariate fills the covariate.
    kind : {"single", "multiple", "matrix", "number", "text", "scale", "date"}
        One option, several, one per row, a number, own words, a point of a scale, a day.
    text : str or mapping
        The question.
    hint : str or mapping
        A line under it.
    options : tuple of Option
        What to choose from: of a single or multiple choice, the columns of a matrix.
    rows : tuple of Option
        Rows of a matrix.
    required : bool
        Whether an answer is needed to go on. "I would rather not say" is better than force.
    low, high : float, optional
        Bounds of a number; ends of a scale (whole numbers).
    low_text, high_text : str or mapping
        What the ends of a scale mean.
    unit : str or mapping
        What stands behind a number.
    max_length : int
        Longest text in characters.
    shuffle : bool
        Whether options stand in an order of each person's own; exclusive ones and those with
        a write-in stay last.
    sensitive : bool
        Whether it asks for something that many would rather not tell; then nobody is forced to.
    when : mapping of str to tuple of str
        Asked only of those who chose one of these options: question id -> option ids. All must
        hold.
    """

    id: str
    kind: QuestionKind
    text: Text
    hint: Text = ""
    options: tuple[Option, ...] = ()
    rows: tuple[Option, ...] = ()
    required: bool = True
    low: float | None = None
    high: float | None = None
    low_text: Text = ""
    high_text: Text = ""
    unit: Text = ""
    max_length: int = 2000
    shuffle: bool = False
    sensitive: bool = False
    when: Mapping[str, tuple[str, ...]] | None = None

    def __post_init__(self) -> None:
        for name in ("text", "hint", "low_text", "high_text", "unit"):
            object.__setattr__(self, name, own_copy(getattr(self, name)))
        object.__setattr__(self, "options", tuple(self.options))
        object.__setattr__(self, "rows", tuple(self.rows))
        when = {key: tuple(ids) for key, ids in (self.when or {}).items()}
        object.__setattr__(self, "when", when or None)

    @property
    def option_ids(self) -> tuple[str, ...]:
        """Ids of the options; the points of a scale."""
        if self.kind == "scale":
            low, high = int(self.low or 0), int(self.high or 0)
            return tuple(str(point) for point in range(low, high + 1))
        return tuple(option.id for option in self.options)

    def option(self, id: str) -> Option | None:
        """Return an option by id, if there is such a one."""
        return next((option for option in self.options if option.id == id), None)
