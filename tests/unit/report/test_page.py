"""The page needs one extra package, and says so where it is missing."""

import sys

import pytest

from ccegov_choice.errors import MissingExtraError
from ccegov_choice.report.document import Report
from ccegov_choice.report.templating import environment


def test_without_jinja_the_cure_names_the_extra(study, parts, monkeypatch):
    design, data, results = parts
    monkeypatch.setitem(sys.modules, "jinja2", None)
    environment.cache_clear()
    try:
        with pytest.raises(MissingExtraError, match=r"ccegov_choice\[report\]"):
            Report(study, design, data, [results]).to_html()
    finally:
        environment.cache_clear()
