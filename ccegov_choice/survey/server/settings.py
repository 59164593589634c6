"""How a survey is served: its key, its address, and what one visitor may ask of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ccegov_choice.responses.records import Ledger
from ccegov_choice.survey.server.admin.passwords import Administrators

_SHORTEST_KEY = 32


@dataclass(frozen=True)
class Limits:
    """How much one address may ask for; 0 means no limit.

    Many people can share an address (a library, a mobile network), so these stop machines, not
    people. Behind a proxy everybody shares one, unless the proxy is trusted to say which it is.

    Parameters
    ----------
    requests : int
        Requests a minute.
    starts : int
        Agreements to take part in ten minutes.
    codes : int
        Codes tried in ten minutes.
    body_bytes : int
        Longest form.
    """

    requests: int = 1200
    starts: int = 200
    codes: int = 30
    body_bytes: int = 128 * 1024


@dataclass(frozen=True)
class ServerSettings:
    """How a survey is served.

    Parameters
    ----------
    key : bytes
        Secret of the server, at least 32 bytes: signs sessions and forms, and makes the codes
        with which people find their answers again. Whoever changes it makes all codes void.
    base_url : str
        The public address, such as ``"https://survey.example.org/claim"``: its scheme says
        whether cookies are for encrypted connections only, its path stands before every address.
        Empty: whatever address the server is reached at.
    ledger : {"live", "preview", "robot"}
        Which book people stand in.
    limits : Limits
        What one address may ask for.
    administrators : Administrators
        Who may administer; without any there are no admin pages.
    panel_key : bytes
        Secret shared with a panel, under which addresses are signed.
    """

    key: bytes = field(repr=False)
    base_url: str = ""
    ledger: Ledger = "live"
    limits: Limits = field(default_factory=Limits)
    administrators: Administrators = field(default_factory=lambda: Administrators({}), repr=False)
    panel_key: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        if len(self.key) < _SHORTEST_KEY:
            raise ValueError(f"a server's key has at least {_SHORTEST_KEY} bytes")

    @property
    def base(self) -> str:
        """What stands before every address: ``""`` or ``"/claim"``."""
        return urlsplit(self.base_url).path.rstrip("/")

    @property
    def secure(self) -> bool:
        """Whether the public address is encrypted."""
        return self.base_url.startswith("https://")

    @property
    def origin(self) -> str:
        """Scheme and host of the public address; empty if it is not known."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
