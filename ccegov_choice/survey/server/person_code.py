"""The code with which somebody finds their answers again: made from the server's key, kept nowhere.

Twelve characters of Crockford's base 32 (no I, L, O, U) are 60 bits; whoever types an O for a
zero or leaves out the hyphens is understood.
"""

from __future__ import annotations

import re

from ccegov_choice.survey.server.signing import Signer

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH, _GROUP = 12, 4
_LOOK_ALIKE = str.maketrans("OIL", "011")


def code_of(signer: Signer, person: str) -> str:
    """Return a person's code, such as ``"ABCD-EFGH-JKMN"``."""
    number = int.from_bytes(signer.digest("code", person), "big")
    letters = "".join(_ALPHABET[number >> 5 * place & 31] for place in range(_LENGTH))
    return "-".join(letters[place : place + _GROUP] for place in range(0, _LENGTH, _GROUP))


def plain_code(typed: str) -> str:
    """Return what somebody typed as twelve letters; empty if it can be no code."""
    letters = re.sub(r"[\s\-‐‑–—.]", "", typed[:100]).upper().translate(_LOOK_ALIKE)
    return letters if re.fullmatch(f"[{_ALPHABET}]{{{_LENGTH}}}", letters) else ""


def code_hash(signer: Signer, code: str) -> str:
    """Return what the store keeps of a code: without the server's key it tells nothing."""
    return signer.digest("code hash", plain_code(code)).hex()
