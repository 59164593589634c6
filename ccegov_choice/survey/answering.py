"""Forms and answers: the names of fields, what is posted, and what is kept.

=============  ==========================================================  ======================
what           fields                                                      kept (payload)
=============  ==========================================================  ======================
read only      none                                                        ``{"seen": True}``
question       ``q.ID``; several values for a multiple choice; a matrix    ``{ID: value}``: option
               has ``q.ID.ROW``, a date ``q.ID.day .month .year``, own      id, list of ids, ``{row:
               words behind an option ``q.ID.other``                       option}``, number, text,
                                                                           ISO day; ``ID.other``
choice, dual   ``chosen`` (alternative or ``dont_know``), ``reason``       ``chosen`` or
                                                                           ``dont_know: True``;
                                                                           ``reason``
best-worst     ``best``, ``worst`` (or ``best = dont_know``)               ``best``, ``worst``
ranking        ``rank.ALTERNATIVE`` = 1 .. J                               ``ranking``: names, best
                                                                           first
rating         ``rating.ALTERNATIVE`` = 1 .. points                        ``ratings``
follow-up      ``follow`` = option id                                      ``follow``
warm-up        as its task                                                 as its task
budget         ``buy.PROJECT`` = yes or no, ``why``                        ``picked``, ``spent``,
                                                                           ``why``
contact        ``contact.email``, ``contact.phone``, ``contact.wish``      ``{"left": bool}``; the
                                                                           contact goes elsewhere
consent        ``agree`` (yes or no), ``statement.ID`` = yes                ``statements``
=============  ==========================================================  ======================

Every form also carries ``nonce`` and ``revision``, and for the record of what happened
``seen_ms`` (visible time), ``first_ms`` (until the first touch), ``opened`` (helps opened,
separated by commas) and ``changes`` (how often the choice was changed).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class FieldProblem:
    """Something to put right in a form.

    Parameters
    ----------
    field : str
        Name of the field that an error link leads to.
    key : str
        Key of the message among the shell's words, such as ``"error.required"``.
    values : mapping
        What the message is filled with.
    """

    field: str
    key: str
    values: Mapping[str, str] = field(default_factory=dict)
