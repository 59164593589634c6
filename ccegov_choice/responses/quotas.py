"""Room in quotas: claims of people who have completed or hold their place, and no others."""

from __future__ import annotations

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, or_, select

from ccegov_choice.responses.database import inserting
from ccegov_choice.responses.refusals import NotTakingPart
from ccegov_choice.responses.tables import person, place, quota_cell, quota_claim

_WHO = select(person.c.survey, person.c.ledger).where(
    person.c.id == bindparam("who"), person.c.erased.is_(None)
)
_HOLDS_PLACE = and_(place.c.state == "taken", place.c.free_from > bindparam("now"))
_COUNTS = or_(person.c.state == "completed", and_(person.c.state == "started", _HOLDS_PLACE))
_IN_CELL = (
    select(func.count())
    .select_from(
        quota_claim.join(person, person.c.id == quota_claim.c.person).outerjoin(
            place, place.c.person == person.c.id
        )
    )
    .where(
        quota_claim.c.survey == bindparam("survey"),
        quota_claim.c.ledger == bindparam("ledger"),
        quota_claim.c.quota == bindparam("quota"),
        quota_claim.c.cell == bindparam("cell"),
        person.c.id != bindparam("who"),
        _COUNTS,
    )
)
_IN_ALL = (
    select(func.count())
    .select_from(person.outerjoin(place, place.c.person == person.c.id))
    .where(person.c.survey == bindparam("survey"), person.c.ledger == bindparam("ledger"), _COUNTS)
)


def claim(
    connection: Connection, person_id: str, quota: str, cell: str, limit: int, *, now: int
) -> bool:
    """Claim one of a cell's interviews; False if all are completed or under way.

    A claim lapses with the person's place and revives with it: somebody who comes back after
    their place was given away is never turned away for that, and the cell may then hold one
    more than its limit.
    """
    who = connection.execute(_WHO, {"who": person_id}).first()
    if who is None:
        raise NotTakingPart.because("unknown")
    where = {"survey": who.survey, "ledger": who.ledger, "quota": quota, "cell": cell}
    _queue_up(connection, now, **where)
    mine = and_(quota_claim.c.person == person_id, quota_claim.c.quota == quota)
    held = connection.execute(select(quota_claim.c.cell).where(mine)).scalar()
    if held == cell:
        return True
    count = connection.execute(_IN_CELL, where | {"now": now, "who": person_id}).scalar_one()
    if held is not None:  # the answer was changed: the old cell has room again
        connection.execute(delete(quota_claim).where(mine))
    if count >= limit:
        return False
    connection.execute(insert(quota_claim), where | {"person": person_id})
    return True


def has_room(connection: Connection, survey: str, ledger: str, target: int, now: int) -> bool:
    """Say whether fewer people than the target have completed or are under way."""
    _queue_up(connection, now, survey=survey, ledger=ledger, quota="", cell="")
    where = {"survey": survey, "ledger": ledger, "now": now}
    return bool(connection.execute(_IN_ALL, where).scalar_one() < target)


def _queue_up(connection: Connection, now: int, **cell: str) -> None:
    # whoever writes the cell's row makes others wait, so that nobody counts half a claim
    lock = inserting(connection.dialect.name, quota_cell).values(**cell, asked=now)
    connection.execute(lock.on_conflict_do_update(index_elements=list(cell), set_={"asked": now}))
