"""Administrators' passwords: scrypt hashes, one name and hash a line; there is no default."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ccegov_choice._files import read_text
from ccegov_choice.errors import Problem, SurveyError

MINIMUM_LENGTH = 12
"""Characters of a password; the log-in limit makes guessing hopeless from there on."""

VARIABLE = "CCEGOV_ADMIN_HASH"
"""Environment variable with lines as in the file."""

# 32 MB and about 0.3 s: the OWASP cheat sheet's equivalent of N = 2^17, r = 8, p = 1
_N, _R, _P, _LENGTH = 2**15, 8, 3, 32
_MEMORY = 128 * 1024 * 1024
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


@dataclass(frozen=True)
class PasswordHash:
    """A scrypt hash of a password.

    Parameters
    ----------
    n, r, p : int
        Costs of scrypt.
    salt, hash : bytes
        Random salt, and what scrypt made of the password.
    """

    n: int
    r: int
    p: int
    salt: bytes
    hash: bytes

    @classmethod
    def of(cls, password: str) -> PasswordHash:
        """Hash a password with a new salt."""
        salt = secrets.token_bytes(16)
        return cls(_N, _R, _P, salt, _scrypt(password, salt, _N, _R, _P))

    def matches(self, password: str) -> bool:
        """Return whether this is the password, in time that does not tell how far it is right."""
        found = _scrypt(password, self.salt, self.n, self.r, self.p)
        return hmac.compare_digest(found, self.hash)

    @classmethod
    def parse(cls, text: str) -> PasswordHash:
        """Read ``scrypt:N:r:p:salt:hash``; ValueError if it is not that."""
        kind, n, r, p, salt, found = text.split(":")
        hash = base64.b64decode(found, validate=True)
        costs = (int(n), int(r), int(p))
        if kind != "scrypt" or len(hash) != _LENGTH or not (2**14 <= costs[0] <= 2**16):
            raise ValueError(text)
        return cls(*costs, base64.b64decode(salt, validate=True), hash)

    def __str__(self) -> str:
        salt, hash = (base64.b64encode(part).decode() for part in (self.salt, self.hash))
        return f"scrypt:{self.n}:{self.r}:{self.p}:{salt}:{hash}"


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(
        password.encode(errors="replace"), salt=salt, n=n, r=r, p=p, maxmem=_MEMORY, dklen=_LENGTH
    )


_NOBODY = PasswordHash(_N, _R, _P, bytes(16), bytes(_LENGTH))


@dataclass(frozen=True)
class Administrators:
    """Who may administer, by name.

    Parameters
    ----------
    hashes : mapping of str to PasswordHash
        Name -> hash; empty means that there is no administration at all.
    """

    hashes: Mapping[str, PasswordHash]

    def __bool__(self) -> bool:
        return bool(self.hashes)

    def admits(self, name: str, password: str) -> bool:
        """Return whether this is somebody's name and password.

        An unknown name costs as much time as a known one, so that names cannot be found out.
        """
        known = self.hashes.get(name)
        return (known or _NOBODY).matches(password) and known is not None

    def to_text(self) -> str:
        """Return the lines of a password file."""
        return "".join(f"{name}:{hash}\n" for name, hash in self.hashes.items())

    def with_password(self, name: str, password: str) -> Administrators:
        """Return administrators among whom a name has this password.

        Raises
        ------
        SurveyError
            If the name or the password will not do.
        """
        problems = []
        if not _NAME.fullmatch(name):
            problems.append(
                Problem(
                    f"'{name}' cannot be an administrator's name",
                    "Use up to 40 small letters, digits, dots, hyphens; it stands in the log.",
                )
            )
        if len(password) < MINIMUM_LENGTH:
            problems.append(
                Problem(
                    f"the password has {len(password)} characters",
                    f"Use at least {MINIMUM_LENGTH}; four random words are easy to remember.",
                )
            )
        if problems:
            raise SurveyError.of(problems)
        return Administrators({**self.hashes, name: PasswordHash.of(password)})

    def without(self, name: str) -> Administrators:
        """Return administrators without one."""
        return Administrators({key: hash for key, hash in self.hashes.items() if key != name})

    @classmethod
    def parse(cls, text: str, place: str) -> Administrators:
        """Read lines ``name:hash``; empty lines and those that begin with # are skipped.

        Raises
        ------
        SurveyError
            Listing every line that cannot be read. Lines are not repeated: they are secret.
        """
        hashes: dict[str, PasswordHash] = {}
        problems = []
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            name, _, written = line.strip().partition(":")
            try:
                if not _NAME.fullmatch(name) or name in hashes:
                    raise ValueError(name)
                hashes[name] = PasswordHash.parse(written)
            except ValueError:
                problems.append(
                    Problem(
                        "this is no administrator's name and password hash, or a name twice",
                        "Make it with: ccegov survey admin set-password FILE --name NAME",
                        f"{place}:{number}",
                    )
                )
        if problems:
            raise SurveyError.of(problems)
        return cls(hashes)


def read_administrators(
    file: str | Path | None = None, environment: Mapping[str, str] | None = None
) -> Administrators:
    """Read who may administer: from a file, or from `CCEGOV_ADMIN_HASH`, or nobody.

    Parameters
    ----------
    file : str or Path, optional
        The password file; goes before the environment.
    environment : mapping, optional
        Environment variables; those of the process by default.

    Raises
    ------
    FileFormatError
        If a file is named that does not exist.
    SurveyError
        If a line cannot be read, or the file names nobody.
    """
    if file is not None:
        found = Administrators.parse(read_text(file), str(file))
        if not found:
            raise SurveyError(
                "the password file names nobody",
                where=str(file),
                cure="Add somebody: ccegov survey admin set-password FILE --name NAME",
            )
        return found
    variables = os.environ if environment is None else environment
    return Administrators.parse(variables.get(VARIABLE, ""), VARIABLE)
