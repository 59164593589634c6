"""Tables are made and brought up to date when a store is opened, by whoever comes first."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from ccegov_choice.errors import ResponseError
from ccegov_choice.responses import schema
from ccegov_choice.responses.database import Database
from ccegov_choice.responses.store import ResponseStore
from ccegov_choice.responses.tables import metadata, vault


def test_migrations_make_the_tables_that_the_code_uses(field) -> None:
    for database, tables in (
        (field.store._answers, metadata),
        (field.store._contacts, vault),
    ):
        differences = database.read(
            lambda c, tables=tables: compare_metadata(MigrationContext.configure(c), tables)
        )
        assert differences == []


def test_known_revisions_are_those_of_the_files() -> None:
    for part, revisions in schema.REVISIONS.items():
        folder = Path(schema.__file__).parent / "migrations"
        script = ScriptDirectory(str(folder), version_locations=[str(folder / part / "versions")])
        found = [revision.revision for revision in script.walk_revisions()]
        assert tuple(reversed(found)) == revisions


def test_a_newer_database_is_refused(field) -> None:
    with field.store._answers.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ResponseError, match=r"format 9999.*\n.*Update ccegov_choice"):
        field.again()


def test_workers_that_start_at_once(tmp_path, new_postgres_url) -> None:
    for url in (f"sqlite:///{tmp_path / 'a.sqlite'}", new_postgres_url()):
        errors: list[BaseException] = []

        def come(url=url, errors=errors) -> None:
            try:
                ResponseStore.open(url).close()
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=come) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []


def test_a_restarted_store_goes_on(field) -> None:
    ann = field.start()
    field.say(ann, "task:1", "A", "form")
    field.store.close()
    with field.again() as store:
        field.store = store
        assert field.say(ann, "task:1", "A", "form").status == "repeated"
        assert field.start().block != ann.block


@pytest.mark.parametrize("url", ["answers.sqlite", "mysql://host/name", "", "sqlite:answers"])
def test_an_address_that_is_none(url) -> None:
    with pytest.raises(ResponseError, match="sqlite:///FILE"):
        Database(url)


def test_a_folder_that_is_missing(tmp_path) -> None:
    with pytest.raises(ResponseError, match=r"cannot be opened.*\n.*folder exists"):
        ResponseStore.open(f"sqlite:///{tmp_path / 'no' / 'a.sqlite'}")


def test_a_file_that_is_no_database(tmp_path) -> None:
    file = tmp_path / "a.sqlite"
    file.write_text("this is a letter, and rather a long one " * 100)
    with pytest.raises(ResponseError, match="no database"):
        ResponseStore.open(f"sqlite:///{file}")


def test_passwords_are_not_told() -> None:
    url = "postgresql://ann:secret@127.0.0.1:1/answers"
    with pytest.raises(ResponseError) as caught:
        ResponseStore.open(url)
    assert "secret" not in str(caught.value)
    assert "does not answer" in str(caught.value)


def test_a_store_in_memory(tmp_path) -> None:
    with ResponseStore.open("sqlite://") as store:
        store.ready()
        store.keep_contact("demo", {"email": "a@example.org"}, "")
        assert len(store.contacts("demo")) == 1


def test_records_load_no_database() -> None:
    code = "import sys, ccegov_choice.responses.store; print('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
