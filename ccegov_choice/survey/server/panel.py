"""Panels: people come with parameters, perhaps signed, and are sent back with their result.

A signature is the HMAC-SHA-256, in hexadecimal, under the key shared with the panel, of lines
joined by a line feed: the status (``start``, ``completed``, ``screened_out``, ``over_quota``), then
``name=value`` for each parameter that survey.toml declares, in that order.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import quote

from ccegov_choice.responses.records import Person
from ccegov_choice.survey.server.site import Site
from ccegov_choice.survey.server.visit import Visit
from ccegov_choice.survey.settings import Panel
from ccegov_choice.survey.survey import Survey

_LONGEST = 200


def signature(key: bytes, panel: Panel, status: str, values: Mapping[str, str]) -> str:
    """Return the signature of a status and a member's parameters."""
    lines = [status, *(f"{name}={values.get(name, '')}" for name in panel.parameters)]
    return hmac.new(key, "\n".join(lines).encode(), hashlib.sha256).hexdigest()


def parameters(survey: Survey, visit: Visit) -> dict[str, str]:
    """Return the panel's parameters of an address."""
    names = survey.fieldwork.panel.parameters
    return {name: value[:_LONGEST] for name in names if (value := visit.asked(name))}


def admitted(site: Site, visit: Visit) -> bool:
    """Say whether somebody came by an address that the panel has signed, where it must be."""
    panel = site.survey.fieldwork.panel
    if not panel.signed or site.ledger(visit) != "live":
        return True
    if visit.sent.panel and not parameters(site.survey, visit):
        return True
    right = signature(site.settings.panel_key, panel, "start", parameters(site.survey, visit))
    return hmac.compare_digest(right.encode(), visit.asked("signature").encode())


def vouched_for(site: Site, visit: Visit) -> bool:
    """Say whether a member's address proves who they are: anybody can make one without a key."""
    return site.survey.fieldwork.panel.signed and site.ledger(visit) == "live"


def member(survey: Survey, values: Mapping[str, str]) -> str:
    """Return who a panel's parameters name: the first one declared is the member's own.

    Others, such as a session of the panel's, may change when somebody comes back.
    """
    names = survey.fieldwork.panel.parameters
    return values.get(names[0], "") if names else ""


def nonce(site: Site, visit: Visit) -> str:
    """Return what makes a member of a panel the same person each time; empty for others."""
    who = member(site.survey, visit.session.panel)
    return who and site.signer.sign("panel", site.survey.id, site.ledger(visit), who)


def way_back(site: Site, person: Person) -> str:
    """Return the panel's address for how somebody ended; empty for a page of our own."""
    panel = site.survey.fieldwork.panel
    addresses = {
        "completed": panel.completed,
        "screened_out": panel.screened_out,
        "over_quota": panel.over_quota,
    }
    address = addresses.get(person.state, "")
    if not address or not person.panel:
        return ""
    signed = signature(site.settings.panel_key, panel, person.state, person.panel)
    for name in panel.parameters:
        address = address.replace(f"{{{name}}}", quote(person.panel.get(name, ""), safe=""))
    return address.replace("{signature}", signed)


def origins(survey: Survey) -> tuple[str, ...]:
    """Return scheme and host of the panel's addresses: forms may lead there."""
    panel = survey.fieldwork.panel
    addresses = (panel.completed, panel.screened_out, panel.over_quota)
    return tuple(sorted({"/".join(a.split("/", 3)[:3]) for a in addresses if a}))
