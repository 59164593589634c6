"""Forms are read as a browser reads them: compared with html.parser, and by hand."""

from html.parser import HTMLParser

import pytest

from ccegov_choice.errors import SurveyError
from ccegov_choice.walk.html_form import read_forms

PAGE = """<!doctype html><html><body>
<!-- <form action="/old"><input name=gone></form> -->
<form action="/language"><select name="lang"><option value="en">English
<option value="ar" selected>العربية</option></select><button>Go</button></form>
<form method="POST" action="/page/task-1?a=1&amp;b=2">
<input type="hidden" name="nonce" value="a&quot;b>c"><input type=hidden name=revision value=0>
<fieldset><legend>Which?</legend>
<input type="radio" name="chosen" value="A" id="a"><label for="a">A</label>
<input type="radio" name="chosen" value="B" id="b" checked>
<input type="radio" name="chosen" value="dont_know">
</fieldset>
<input type="checkbox" name="q.help" value="x"><input type="checkbox" name="q.help" value="y" checked>
<input type="checkbox" name="statement.read" value="yes">
<textarea name="why">
Because &lt;I&gt;
say so</textarea>
<input name="contact.email" disabled value="no"><input type="number" name="q.age" min="18" max="99">
<button type="submit" name="do" value="next">Continue</button>
<button type="submit" name="do" value="leave">Stop</button>
</form></body></html>"""


class ByParser(HTMLParser):
    """What the standard library sees: form, name, type, value and state of every control."""

    def __init__(self):
        super().__init__()
        self.form, self.found, self._area = None, [], None

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "form":
            self.form = a.get("action", "")
        elif tag == "input":
            kind = a.get("type", "text")
            default = "on" if kind in ("radio", "checkbox") else ""
            entry = (self.form, a.get("name", ""), kind, a.get("value", default), "checked" in a)
            self.found.append(entry)
        elif tag == "button":
            entry = (
                self.form,
                a.get("name", ""),
                a.get("type", "submit"),
                a.get("value", ""),
                False,
            )
            self.found.append(entry)
        elif tag == "textarea":
            self._area = (self.form, a.get("name", ""))

    def handle_data(self, data):
        if self._area:
            self.found.append((*self._area, "textarea", data.removeprefix("\n"), False))
            self._area = None


def ours(page):
    return [
        (form.action, c.name, c.type, c.value, c.on)
        for form in read_forms(page)
        for c in form.controls
        if c.type != "select"
    ]


def test_forms_are_those_of_the_standard_parser():
    parser = ByParser()
    parser.feed(PAGE)
    assert ours(PAGE) == parser.found
    assert len(parser.found) == 14


def test_an_untouched_form_sends_what_a_browser_would():
    language, task = read_forms(PAGE)
    assert language.method == "get"
    assert language.filled({}) == [("lang", "ar")]
    assert task.method == "post"
    assert task.action == "/page/task-1?a=1&b=2"
    assert task.filled({}) == [
        ("nonce", 'a"b>c'),
        ("revision", "0"),
        ("chosen", "B"),
        ("q.help", "y"),
        ("why", "Because <I>\nsay so"),
        ("q.age", ""),
        ("do", "next"),
    ]


def test_what_is_filled_in_replaces_what_was_there():
    task = read_forms(PAGE)[1]
    sent = task.filled(
        {"chosen": "A", "q.help": ["x"], "why": "", "statement.read": "yes"}, press=("do", "leave")
    )
    assert ("chosen", "A") in sent
    assert ("chosen", "B") not in sent
    assert [value for name, value in sent if name == "q.help"] == ["x"]
    assert ("statement.read", "yes") in sent
    assert sent[-1] == ("do", "leave")


def test_a_citizen_cannot_answer_what_is_not_on_the_page():
    task = read_forms(PAGE)[1]
    with pytest.raises(SurveyError, match="chosen") as caught:
        task.filled({"chosen": "C"})
    assert "C" in str(caught.value)
    with pytest.raises(SurveyError, match="chosn"):
        task.filled({"chosn": "A"})
    with pytest.raises(SurveyError, match="button"):
        task.filled({}, press="erase")


def test_choices_and_names_in_the_order_of_the_page():
    task = read_forms(PAGE)[1]
    assert task.choices("chosen") == ("A", "B", "dont_know")
    assert task.names == (
        "chosen", "q.help", "statement.read", "why", "contact.email", "q.age",
    )  # fmt: skip
    assert read_forms(PAGE)[0].choices("lang") == ("en", "ar")
