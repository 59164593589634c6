"""Section 10: which files, versions and seeds the report was made from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from ccegov_choice._provenance import Provenance
from ccegov_choice._table import Cell, Table
from ccegov_choice.report.blocks import Block, Panel, Paragraph, Section, Subheading
from ccegov_choice.report.material import Material
from ccegov_choice.report.origins import origins_block
from ccegov_choice.report.wording import say


def provenance_section(material: Material, sections: Sequence[Section] = ()) -> Section:
    """Give fingerprints, versions and seeds, and where each number of the sections comes from."""
    blocks: tuple[Block, ...] = (
        Paragraph(say("provenance.lead")),
        *_source(material),
        *_numbers(sections),
        Panel(_fingerprints(material), folded=True),
        Panel(_steps(material), folded=True),
        Panel(_versions(), folded=True),
    )
    return Section("provenance", say("provenance.title"), blocks, technical=True)


def _numbers(sections: Sequence[Section]) -> Iterator[Block]:
    origins = origins_block(sections)
    if origins.items:
        yield Subheading(say("provenance.origins"))
        yield Paragraph(say("provenance.origins_lead"))
        yield origins


def _source(material: Material) -> Iterator[Block]:
    source = material.data.source
    if source is not None:
        text = say(
            "provenance.source",
            title=source.title,
            citation=source.citation,
            licence=source.licence,
        )
        yield Paragraph(text)


def _fingerprints(material: Material) -> Table:
    study = material.study
    rows: list[tuple[Cell, ...]] = [(say("provenance.study", id=study.id), study.sha256)]
    if material.design is not None:
        rows.append((say("provenance.design"), material.design.sha256))
    rows.append((say("provenance.data"), material.data_sha256))
    columns = (say("provenance.what"), say("provenance.hash"))
    return Table(say("provenance.files"), columns, tuple(rows))


def _records(material: Material) -> Iterator[tuple[str, Provenance]]:
    if material.design is not None:
        yield say("provenance.design"), material.design.provenance
    if material.data.provenance is not None:
        yield say("provenance.data"), material.data.provenance
    for number, results in enumerate(material.models, 1):
        title = say("provenance.model", n=number, title=results.model.title)
        yield title, results.provenance


def _steps(material: Material) -> Table:
    names = ("part", "made_by", "seed", "parameters")
    columns = tuple(say(f"provenance.{name}") for name in names)
    rows: list[tuple[Cell, ...]] = []
    for name, record in _records(material):
        seed = say("provenance.no_seed") if record.seed is None else str(record.seed)
        parameters = json.dumps(dict(record.parameters), ensure_ascii=False, sort_keys=True)
        rows.append((name, record.made_by, seed, parameters))
    return Table(say("provenance.steps"), columns, tuple(rows))


def _versions() -> Table:
    versions = Provenance.record("report").versions
    columns = (say("provenance.package"), say("provenance.version"))
    return Table(say("provenance.versions"), columns, tuple(versions.items()))
