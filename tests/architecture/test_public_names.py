"""Every public name exists, is documented in its docstring, and is the one that types see."""

import ast
import inspect
from pathlib import Path

import pytest

import ccegov_choice as cc

SOURCE = Path(cc.__file__).read_text()
NAMES = [name for name in cc.__all__ if not name.startswith("__")]


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_is_documented(name):
    thing = getattr(cc, name)
    text = inspect.getdoc(thing) or ""
    assert len(text) > 20, f"{name} needs a docstring"
    if inspect.isfunction(thing):
        for section in ("Parameters\n", "Returns\n"):
            assert section in text, f"{name} needs the section {section.strip()}"


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_has_a_page_in_the_reference(name):
    pages = Path(__file__).parents[2] / "docs" / "reference"
    assert any(f"ccegov_choice.{name}\n" in page.read_text() for page in pages.glob("*.md")), (
        f"add '::: ccegov_choice.{name}' to a page in docs/reference"
    )


def test_what_type_checkers_see_is_what_is_loaded():
    block = next(
        node
        for node in ast.parse(SOURCE).body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )
    seen = {
        alias.asname: f"{node.module}.{alias.name}"
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    loaded = {name: f"ccegov_choice.{module}.{name}" for name, module in cc._WHERE.items()}
    for name, module in cc._MODULES.items():
        parent, _, leaf = f"ccegov_choice.{module}".rpartition(".")
        loaded[name] = f"{parent}.{leaf}"
    assert seen == loaded


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Studdy'"):
        _ = cc.Studdy
    assert "Study" in dir(cc)
