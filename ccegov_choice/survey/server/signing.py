"""Signatures under the server's key: one derived key for each purpose, so that none serves two."""

from __future__ import annotations

import base64
import hmac

_LENGTH = 16  # bytes: 128 bits cannot be guessed


class Signer:
    """Signs and verifies.

    Parameters
    ----------
    key : bytes
        The server's key.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._derived: dict[str, bytes] = {}

    def digest(self, purpose: str, *parts: str) -> bytes:
        """Return the 32 bytes of HMAC-SHA-256 of some parts, under the key of a purpose."""
        key = self._derived.get(purpose)
        if key is None:
            key = self._derived[purpose] = hmac.digest(self._key, purpose.encode(), "sha256")
        # lengths keep ("ab", "c") and ("a", "bc") apart
        data = b"".join(len(part := text.encode()).to_bytes(4, "big") + part for text in parts)
        return hmac.digest(key, data, "sha256")

    def sign(self, purpose: str, *parts: str) -> str:
        """Return a short signature, safe in addresses, forms and cookies."""
        return url_text(self.digest(purpose, *parts)[:_LENGTH])

    def verify(self, signature: str, purpose: str, *parts: str) -> bool:
        """Say, in constant time, whether a signature is right."""
        return hmac.compare_digest(signature.encode(), self.sign(purpose, *parts).encode())


def url_text(data: bytes) -> str:
    """Return bytes as letters that need no escaping in addresses and cookies."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def from_url_text(text: str) -> bytes:
    """Return the bytes of `url_text`; `ValueError` if it is none."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
