"""Which column of a file holds what: the words that other programs use, and the study's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.study import Study
from ccegov_choice.study.wording import Text

KEYS = ("block", "task", "alternative")
# letters and digits only, lower case: "Choice situation", "choice_situation" are the same
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "block": (
        *("block", "blockid", "blocks", "blocknumber", "blockno", "blk"),
        *("version", "versionid", "designversion", "respid"),
    ),
    "task": (
        *("task", "taskid", "tasknumber", "taskno", "choicetask", "choicesituation", "situation"),
        *("choiceset", "choicesetid", "choicesetnumber", "set", "setid", "setnumber", "cs", "csid"),
        *("scenario", "question", "questionid", "questionnumber", "qid", "qes", "q", "obsid"),
    ),
    "alternative": (
        *("alternative", "alternativeid", "alternativenumber", "alt", "altid", "altno", "altname"),
        *("option", "optionid", "concept", "conceptid", "choiceid"),
    ),
}
_SAWTOOTH = re.compile(r"^att(?:ribute)?\s*(\d+)\s*(?:[-–:.]\s*)?(.*)$", re.IGNORECASE)
# how a file names an alternative that has no name of its own: alt1, Option B, 3
PLACE = re.compile(
    r"^(?:alt(?:ernative)?|opt(?:ion)?|concept|profile|choice)?[\s_.-]*(\d+|[a-z])$", re.IGNORECASE
)
_OPT_OUT_WORDS = {"none", "optout", "neither", "nochoice", "statusquo", "sq", "noneoption"}
Token = str


@dataclass(frozen=True)
class Header:
    """What the cells of a header mean.

    Parameters
    ----------
    names : tuple of str
        The cells as in the file.
    keys : mapping of str to tuple of int
        ``block``, ``task``, ``alternative`` -> columns that may hold it, likeliest first.
    attributes : mapping of str to int
        Attribute id -> its column, where a column holds an attribute of any alternative.
    pairs : mapping of (str, str) to int
        Attribute id and alternative as the file calls it -> column.
    coded : bool
        True where the header is one of Sawtooth's, whose cells are codes from 1.
    repeated : tuple of str
        What two columns claim to hold.
    """

    names: tuple[str, ...]
    keys: Mapping[str, tuple[int, ...]]
    attributes: Mapping[str, int]
    pairs: Mapping[tuple[str, Token], int]
    coded: bool
    repeated: tuple[str, ...]

    @property
    def alternatives(self) -> tuple[Token, ...]:
        """The alternatives that pairs speak of, in the order of their columns."""
        return tuple(dict.fromkeys(token for _, token in self.pairs))

    def layout(self) -> str | None:
        """Return the layout that the header belongs to, or None."""
        if "task" in self.keys and "alternative" in self.keys and self.attributes:
            names = {squeezed(name) for name in self.names}
            sawtooth = {"version", "task", "concept"} <= names
            return "sawtooth" if sawtooth else "long"
        if not self.pairs:
            return None
        dotted = all("." in self.names[column] for column in self.pairs.values())
        tasks = self.keys.get("task", ())
        situations = any(squeezed(self.names[i]) == "choicesituation" for i in tasks)
        return "ngene" if dotted and situations else "wide"

    def meaning(self) -> int:
        """Return how many cells of the header mean something."""
        return len(self.keys) + len(self.attributes) + len(self.pairs)


def squeezed(name: str) -> str:
    """Return the letters and digits of a name in lower case."""
    return re.sub(r"[\W_]+", "", name.casefold())


def texts(text: Text) -> Iterator[str]:
    """Yield a wording in every language."""
    yield from (text,) if isinstance(text, str) else text.values()


def alternative_named(study: Study, name: str) -> Alternative | None:
    """Return the named alternative that a file means, by id or label; else the nearest writing."""
    for same in (str, squeezed):
        wanted = same(name)
        found = [
            item
            for item in study.named_alternatives
            if wanted and wanted in {same(item.id), *map(same, texts(item.label))}
        ]
        if len(found) == 1:
            return found[0]
    if study.opt_out is not None and squeezed(name) in _OPT_OUT_WORDS:
        return study.opt_out
    return None


def read_header(cells: Sequence[str], study: Study, columns: Mapping[str, str]) -> Header:
    """Say what each cell of a header means.

    Parameters
    ----------
    cells : sequence of str
        The header.
    study : Study
        What is asked.
    columns : mapping of str to str
        What the user says: column in the file -> ``block``, ``task``, ``alternative``, an
        attribute id, or ``ALTERNATIVE.ATTRIBUTE``.
    """
    renamed = [columns.get(cell, cell) for cell in cells]
    attributes: dict[str, int] = {}
    repeated: list[str] = []
    whole = {i: found for i, name in enumerate(renamed) if (found := attribute_named(name, study))}
    for i, id in whole.items():
        if attributes.setdefault(id, i) != i:
            repeated.append(id)
    given = {columns[cell]: i for i, cell in enumerate(cells) if cell in columns}
    keys: dict[str, tuple[int, ...]] = {}
    for key in KEYS:
        words = [key] if key in given else list(SYNONYMS[key])
        places = [
            (words.index(squeezed(name)), i)
            for i, name in enumerate(renamed)
            if i not in whole and squeezed(name) in words
        ]
        keys |= {key: tuple(i for _, i in sorted(places))} if places else {}
    used = {*whole, *(i for places in keys.values() for i in places)}
    pairs, twice = _pairs({i: n for i, n in enumerate(renamed) if i not in used}, study, columns)
    coded = any(_SAWTOOTH.match(cell) for cell in cells)
    return Header(tuple(cells), keys, attributes, pairs, coded, (*repeated, *twice))


def attribute_named(name: str, study: Study) -> str | None:
    """Return the attribute that a column is named after."""
    match = _SAWTOOTH.match(name)
    if match and not match[2] and 1 <= int(match[1]) <= len(study.attributes):
        return study.attribute_ids[int(match[1]) - 1]
    name = match[2] if match and match[2] else name
    if name in study.attribute_ids:
        return name
    known = [a.id for a in study.attributes if squeezed(name) in _called(a)]
    return known[0] if len(known) == 1 else None


def _called(attribute: Attribute) -> set[str]:
    names = (squeezed(name) for name in (attribute.id, *texts(attribute.label)))
    return {name for name in names if name}


def _pairs(
    names: Mapping[int, str], study: Study, columns: Mapping[str, str]
) -> tuple[dict[tuple[str, Token], int], list[str]]:
    """Part columns such as ``wait_A`` or ``alt1.wait`` into attribute and alternative."""
    spoken = {
        name.casefold(): item.id for item in study.attributes for name in texts(item.label) if name
    }
    spoken |= {theirs.casefold(): ours for theirs, ours in columns.items()}
    spoken |= {item.id.casefold(): item.id for item in study.attributes}
    spoken = {name: id for name, id in spoken.items() if id in study.attribute_ids}
    pairs: dict[tuple[str, Token], int] = {}
    repeated = []
    for i, name in names.items():
        found = sorted(_splits(name, spoken, study), reverse=True)
        if found and pairs.setdefault(found[0][2:], i) != i:
            repeated.append(f"{found[0][2]} of alternative {found[0][3]}")
    covered = {token: sum(t == token for _, t in pairs) for _, token in pairs}
    kept = {
        pair: column
        for pair, column in pairs.items()
        # "wait_now" speaks of an alternative 'now' only if something else does as well
        if covered[pair[1]] > 1 or len(study.attributes) == 1 or _is_known(pair[1], study)
    }
    return kept, repeated


def _is_known(token: Token, study: Study) -> bool:
    return bool(PLACE.match(token)) or alternative_named(study, token) is not None


def _splits(
    name: str, spoken: Mapping[str, str], study: Study
) -> Iterator[tuple[bool, int, str, Token]]:
    """Yield (alternative is known, length of the attribute's name, attribute, alternative)."""
    folded = name.casefold()
    for called, id in spoken.items():
        rests = []
        if folded.startswith(called):
            rests.append(re.fullmatch(r"[\s_.:-]+(\S.*)|(\d+)", name[len(called) :]))
        if folded.endswith(called):
            rests.append(re.fullmatch(r"(.*\S)[\s_.:-]+|(.*\d)", name[: -len(called)]))
        for rest in rests:
            if rest:
                token = (rest[1] or rest[2]).strip(" _.:-")
                if token:
                    yield _is_known(token, study), len(called), id, token
