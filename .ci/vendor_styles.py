"""Compile the part of GOV.UK Frontend that survey pages use; a maintainer runs it, nobody else.

    python .ci/vendor_styles.py [--check]

Needs node and npm. Packages are pinned by version and by the hash of their archive; what is
written is committed, so that neither the wheel nor the tests need node. ``--check`` writes nothing
and fails if the committed files are not what the pinned packages give.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
ENTRY = ROOT / ".ci" / "survey_styles.scss"
STATIC = ROOT / "ccegov_choice" / "survey" / "pages" / "static"
PACKAGES = {
    "govuk-frontend": (
        "6.6.0",
        "MIT",
        "sha512-xctkWrQvLnvQt7fyjQ3MGX9S0wz0x0RQuLxCeoXF+s8EjGICG81/DYQGKN5qgO+0KVT12UAaRwUsGY6fulRcRg==",
    ),
    "sass": (
        "1.108.2",
        "MIT",
        "sha512-kugK8djotnG9HQRPTOf36asKYlxg8rWWsNLYHOgWDIVOiZQqlRfKBgF4XXM6kfw146kIDMvm57B4GIkvDSyTzA==",
    ),
    "rtlcss": (
        "4.3.0",
        "MIT",
        "sha512-FI+pHEn7Wc4NqKXMXFM+VAYKEj/mRIcW4h24YVwVtyjI+EqGrLc2Hx/Ny0lrZ21cBWU2goLy36eqMcNj3AQJig==",
    ),
}
SASS = ("npx", "sass", "--style=compressed", "--no-source-map", "--load-path=node_modules")
UNWANTED = re.compile(
    r"@font-face|gds transport|crest|crown|url\(|@import|https?://\w", re.IGNORECASE
)


def main() -> int:
    """Compile, look for what must not be there, write or compare."""
    with tempfile.TemporaryDirectory() as folder:
        made = compiled(Path(folder))
    made["govuk-provenance.json"] = provenance(made)
    if "--check" in sys.argv[1:]:
        stale = [name for name, text in made.items() if committed(name) != text]
        sys.stdout.write(f"stale: {', '.join(stale)}\n" if stale else "as committed\n")
        return 1 if stale else 0
    for name, text in made.items():
        (STATIC / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"{name}: {len(text.encode()):,} bytes\n")
    return 0


def compiled(folder: Path) -> dict[str, str]:
    """Return both style sheets, made in an empty folder from archives whose hash is right."""
    archives = []
    for name, (version, _, integrity) in PACKAGES.items():
        packed = run(folder, "npm", "pack", "--json", f"{name}@{version}")
        archive = folder / json.loads(packed)[0]["filename"]
        digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if f"sha512-{digest}" != integrity:
            sys.exit(f"{name} {version} is not the archive that was looked at: {digest}")
        archives.append(str(archive))
    (folder / "package.json").write_text('{"private": true}')
    run(folder, "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", *archives)
    (folder / "entry.scss").write_text(ENTRY.read_text(encoding="utf-8"), encoding="utf-8")
    left = run(folder, *SASS, "entry.scss").strip() + "\n"
    (folder / "ltr.css").write_text(left, encoding="utf-8")
    run(folder, "npx", "rtlcss", "ltr.css", "rtl.css")
    right = (folder / "rtl.css").read_text(encoding="utf-8").strip() + "\n"
    for text in (left, right):
        found = UNWANTED.findall(text)
        if found:
            sys.exit(f"the style sheet holds what it must not: {', '.join(found)}")
    return {"govuk-ltr.css": left, "govuk-rtl.css": right}


def provenance(made: dict[str, str]) -> str:
    """Return what the style sheets were made from, as JSON."""
    record = {
        "made_by": "python .ci/vendor_styles.py",
        "entry": {".ci/survey_styles.scss": sha256(ENTRY.read_text(encoding="utf-8"))},
        "packages": [
            {"name": name, "version": version, "licence": licence, "integrity": integrity}
            for name, (version, licence, integrity) in PACKAGES.items()
        ],
        "commands": [" ".join(SASS) + " entry.scss", "npx rtlcss ltr.css rtl.css"],
        "sha256": {name: sha256(text) for name, text in made.items()},
    }
    return json.dumps(record, indent=2) + "\n"


def sha256(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def committed(name: str) -> str:
    """Return what is committed under a name; empty if nothing."""
    path = STATIC / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def run(folder: Path, *command: str) -> str:
    """Run a command in a folder and return what it printed."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    return re.sub("\r\n", "\n", done.stdout)


if __name__ == "__main__":
    sys.exit(main())
