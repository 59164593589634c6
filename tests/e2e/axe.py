"""What axe finds on a page: WCAG 2.2 A and AA, and good practice."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """Return what breaks a rule, each with its element."""
    options = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
    response = Axe().run(page, options=options).response
    assert response["passes"], "axe looked at nothing"
    return [
        f"{found['id']} ({found['impact']}): {node['html'][:200]}"
        for found in response["violations"]
        for node in found["nodes"]
    ]
