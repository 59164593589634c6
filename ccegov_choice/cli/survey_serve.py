"""`ccegov survey serve`: put a survey in front of people."""

from __future__ import annotations

import argparse
import os
import re
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from ccegov_choice.errors import MissingExtraError, SurveyError
from ccegov_choice.survey.survey import Survey

Parsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

_DESCRIPTION = """\
Serve a survey. Without further options answers are kept in NAME.sqlite in the working folder,
contacts in a second file beside it, and the server's key in NAME.key. Keep all three: without the
key people cannot find their answers again.
"""


def register(verbs: Parsers) -> None:
    """Add the verb."""
    verb = verbs.add_parser("serve", help="serve a survey", description=_DESCRIPTION)
    add_options(verb)
    verb.add_argument("--database", metavar="URL", help="sqlite:///FILE or postgresql://...")
    verb.add_argument("--contacts-database", metavar="URL", help="where contacts are kept")
    verb.add_argument("--key-file", metavar="FILE", help="the server's key; made if missing")
    verb.add_argument("--admin-password-file", metavar="FILE", help="turns on /admin")
    verb.add_argument("--panel-key-file", metavar="FILE", help="secret shared with a panel")
    verb.add_argument(
        "--ledger",
        choices=("live", "preview", "robot"),
        default="live",
        help="which book answers stand in; only live ones count (default: %(default)s)",
    )
    verb.set_defaults(run=run)


def add_options(verb: argparse.ArgumentParser) -> None:
    """Add what serving and previewing have in common."""
    verb.add_argument("folder", help="the survey's folder, or its name in surveys/")
    verb.add_argument("--host", default="127.0.0.1", help="address to listen at (%(default)s)")
    verb.add_argument("--port", type=int, default=8000, help="0 takes a free one (%(default)s)")
    verb.add_argument("--workers", type=int, default=1, help="processes (default: %(default)s)")
    verb.add_argument("--base-url", default="", metavar="URL", help="the public address")
    verb.add_argument(
        "--trust-proxy",
        default="",
        metavar="ADDRESSES",
        help="proxies whose X-Forwarded-For and -Proto are believed, such as 127.0.0.1",
    )
    verb.add_argument("--no-limits", action="store_true", help="no limits on requests (rehearsals)")
    verb.add_argument("--print-link", action="store_true", help="print the link and nothing else")


def run(parsed: argparse.Namespace) -> int:
    """Serve until stopped."""
    folder = survey_folder(parsed.folder)
    name = folder.name
    variables = {
        "CCEGOV_DATABASE": parsed.database or f"sqlite:///{Path(f'{name}.sqlite').resolve()}",
        "CCEGOV_CONTACTS_DATABASE": parsed.contacts_database,
        "CCEGOV_KEY_FILE": str(Path(parsed.key_file or f"{name}.key").resolve()),
        "CCEGOV_ADMIN_FILE": parsed.admin_password_file,
        "CCEGOV_PANEL_KEY_FILE": parsed.panel_key_file,
        "CCEGOV_LEDGER": parsed.ledger,
    }
    return serve(parsed, folder, {key: value for key, value in variables.items() if value})


def survey_folder(named: str) -> Path:
    """Return a survey's folder: the one named, or of that name in ``surveys/``."""
    for folder in (Path(named), Path("surveys") / named):
        if (folder / "survey.toml").is_file():
            return folder.resolve()
    raise SurveyError(
        "there is no survey.toml",
        where=str(Path(named)),
        cure="Name a folder such as surveys/benefit-claim, or make one: ccegov survey new.",
    )


def serve(
    parsed: argparse.Namespace,
    folder: Path,
    variables: Mapping[str, str],
    check: Callable[[Survey], None] = Survey.require_valid,
) -> int:
    """Check everything, say where it is, and serve until stopped."""
    try:
        import uvicorn

        from ccegov_choice.survey.server import asgi
        from ccegov_choice.survey.server.key_file import make_key
    except ImportError as error:
        raise MissingExtraError(
            f"serving a survey needs the package {error.name}",
            cure="Install it with: pip install 'ccegov_choice[survey]'",
        ) from error
    shared = {**variables, "CCEGOV_SURVEY": str(folder), "CCEGOV_BASE_URL": parsed.base_url}
    if parsed.no_limits:
        shared["CCEGOV_LIMITS"] = "off"
    os.umask(0o077)  # answers, contacts and the key are for the server's own eyes
    make_key(variables["CCEGOV_KEY_FILE"])
    # workers find out for themselves too, but whoever starts the server is to read it once
    os.environ.update(shared)
    check(Survey.read(folder))
    settings = asgi.settings_of(os.environ)
    asgi.open_store(os.environ).close()
    port = _free_port(parsed.host, parsed.port)
    _say(parsed, port, admin=bool(settings.administrators))
    uvicorn.run(
        "ccegov_choice.survey.server.asgi:application",
        factory=True,
        host=parsed.host,
        port=port,
        workers=parsed.workers,
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=True,
        proxy_headers=bool(parsed.trust_proxy),
        forwarded_allow_ips=parsed.trust_proxy or None,
        timeout_graceful_shutdown=20,
        timeout_keep_alive=30,
    )
    return 0


def _free_port(host: str, port: int) -> int:
    """Return the port, a free one for 0; whoever has it taken is named before anything starts."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as error:
            raise SurveyError(
                f"cannot listen at {host}:{port}: {error.strerror}",
                where="--host, --port",
                cure="Another server may run there; name another port, or 0 for a free one.",
            ) from error
        return int(tried.getsockname()[1])


def _say(parsed: argparse.Namespace, port: int, *, admin: bool) -> None:
    host = parsed.host
    shown = f"[{host}]" if ":" in host else host
    link = parsed.base_url.rstrip("/") or f"http://{shown}:{port}"
    print(f"{link}/", flush=True)
    if parsed.print_link:
        return
    told = [f"Answers are kept in {_without_password(os.environ['CCEGOV_DATABASE'])}"]
    if admin:
        told.append(f"Administration: {link}/admin")
    told.append("Stop with Ctrl+C.")
    print("\n".join(told), file=sys.stderr, flush=True)


def _without_password(url: str) -> str:
    return re.sub(r"(://[^:/@]*):[^@]*@", r"\1:***@", url)
