"""What the software itself does to protect people who answer; each is tested in this repository."""

from __future__ import annotations

SECURITY_MEASURES: tuple[str, ...] = (
    "No IP address and no browser identification is stored, neither with answers nor in logs.",
    "Contacts are kept in another database than answers, without a key between them.",
    "Receipt codes and administrators' passwords are stored only as hashes (HMAC, scrypt).",
    "One signed, HttpOnly cookie that is needed for the survey; no cookie for anything else.",
    "Pages load nothing from other servers; a strict content security policy enforces it.",
    "Forms carry signed tokens bound to person and page; requests and log-ins are rate limited.",
    "Administration needs a password and a session that ends when idle; log-ins, downloads and "
    "changes of state are logged with name and time.",
    "Answers are appended and never overwritten; erasure and retention delete, and are logged.",
    "The reverse proxy encrypts what is on the way (deploy/README.md); cookies are marked Secure.",
)
"""Sentences for records and notices."""
