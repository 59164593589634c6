"""Forms of a web page, and what a browser would send for them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ccegov_choice.errors import SurveyError, unknown_name

_CONTROLS = "form|input|select|option|textarea|button"
# thousands of citizens read a page each second: one pass of a compiled pattern over the few tags
# that matter costs a tenth of html.parser, which tests compare it with
_TAG = re.compile(
    rf"<(?P<close>/?)(?P<name>{_CONTROLS})(?=[\s/>])"
    r"(?P<attributes>(?:[^>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"([^\s=\"'<>/]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
_UNREAD = re.compile(r"<!--.*?-->|<(script|style|template)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_PRESSED = ("submit", "image")
_SILENT = ("submit", "image", "button", "reset", "file")


@dataclass(frozen=True)
class Control:
    """One control of a form: a field, one button of a group, or a menu.

    Parameters
    ----------
    name, value : str
        What is sent.
    type : str
        That of an ``input`` or ``button``; ``"select"`` or ``"textarea"``.
    on : bool
        Whether a radio button or box is ticked.
    choices : tuple of str
        Values of a menu.
    attributes : mapping of str to str
        All attributes of the tag.
    """

    name: str
    value: str
    type: str
    on: bool = False
    choices: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def sent(self) -> bool:
        """Whether a browser sends it when nobody touches the form."""
        ticked = self.on or self.type not in ("radio", "checkbox")
        return bool(self.name) and ticked and self.type not in _SILENT and not self.disabled

    @property
    def disabled(self) -> bool:
        """Whether it cannot be used."""
        return "disabled" in self.attributes


@dataclass(frozen=True)
class HtmlForm:
    """A form of a page.

    Parameters
    ----------
    action, method : str
        Where it is sent, and how: ``"get"`` or ``"post"``.
    controls : tuple of Control
        In the page's order.
    """

    action: str
    method: str
    controls: tuple[Control, ...]

    def named(self, name: str) -> tuple[Control, ...]:
        """Return the controls of a name."""
        return tuple(control for control in self.controls if control.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of everything that can be filled in, in the page's order."""
        found = [c.name for c in self.controls if c.name and c.type not in (*_SILENT, "hidden")]
        return tuple(dict.fromkeys(found))

    def choices(self, name: str) -> tuple[str, ...]:
        """Return the values that a group of buttons, a group of boxes or a menu offers."""
        found: list[str] = []
        for control in self.named(name):
            if control.type in ("radio", "checkbox", *_PRESSED):
                found.append(control.value)
            found += control.choices
        return tuple(found)

    def filled(
        self, values: Mapping[str, str | Sequence[str]], press: str | tuple[str, str] = ""
    ) -> list[tuple[str, str]]:
        """Return what a browser sends once somebody has filled in the form.

        Parameters
        ----------
        values : mapping of str to str or sequence of str
            Name -> what is written or chosen; several for boxes. Other controls stay as they
            are.
        press : str or (str, str)
            The button pressed: its name, or name and value; the first one when empty.

        Raises
        ------
        SurveyError
            If the form has no such field, or the field no such choice.
        """
        for name, wanted in values.items():
            self._check(name, [wanted] if isinstance(wanted, str) else wanted)
        sent: list[tuple[str, str]] = []
        done: set[str] = set()
        for control in self.controls:
            name = control.name
            if name not in values or control.type in _SILENT:
                if control.sent:
                    sent.append((name, control.value))
                continue
            wanted = values[name]
            if control.type in ("radio", "checkbox"):
                if control.value in ([wanted] if isinstance(wanted, str) else wanted):
                    sent.append((name, control.value))
            elif name not in done:
                done.add(name)
                sent += [
                    (name, value) for value in ([wanted] if isinstance(wanted, str) else wanted)
                ]
        return [*sent, *self._pressed(press)]

    def _check(self, name: str, wanted: Sequence[str]) -> None:
        controls = self.named(name)
        where = f"form {self.action}"
        if not controls:
            raise SurveyError.of([unknown_name(name, self.names, "field", where=where)])
        if controls[0].type in ("radio", "checkbox", "select"):
            known = self.choices(name)
            wrong = [value for value in wanted if value not in known]
            if wrong:
                raise SurveyError.of(
                    [
                        unknown_name(value, known, f"choice of '{name}'", where=where)
                        for value in wrong
                    ]
                )

    def _pressed(self, press: str | tuple[str, str]) -> list[tuple[str, str]]:
        name, value = (press, None) if isinstance(press, str) else press
        buttons = [c for c in self.controls if c.type in _PRESSED and not c.disabled]
        if name:
            found = [c for c in buttons if c.name == name and value in (None, c.value)]
            if not found:
                known = [f"{c.name}={c.value}" for c in buttons if c.name]
                wanted = name if value is None else f"{name}={value}"
                raise SurveyError.of(
                    [unknown_name(wanted, known, "button", where=f"form {self.action}")]
                )
            buttons = found
        return [(c.name, c.value) for c in buttons[:1] if c.name]


def read_forms(page: str) -> tuple[HtmlForm, ...]:
    """Return the forms of a page, in its order.

    Parameters
    ----------
    page : str
        HTML.
    """
    text = _UNREAD.sub("", page) if "<!--" in page or "<script" in page else page
    forms: list[HtmlForm] = []
    opened: dict[str, str] | None = None
    controls: list[Control] = []
    for closing, name, attributes, inside in _tags(text):
        if name == "form":
            if opened is not None:
                forms.append(_form(opened, controls))
            opened, controls = (None, []) if closing else (attributes, [])
        elif opened is not None and not closing:
            control = _control(name, attributes, inside, controls)
            if control is not None:
                controls.append(control)
    return tuple(forms)


def _form(attributes: Mapping[str, str], controls: Sequence[Control]) -> HtmlForm:
    method = attributes.get("method", "get").lower()
    return HtmlForm(attributes.get("action", ""), method, tuple(controls))


def _tags(text: str) -> Iterator[tuple[bool, str, dict[str, str], str]]:
    """Yield closing or not, name, attributes, and what a text field holds."""
    for match in _TAG.finditer(text):
        name = match["name"].lower()
        inside = ""
        if name == "textarea" and not match["close"]:
            end = text.find("</textarea", match.end())
            # a browser drops the first line break
            inside = html.unescape(text[match.end() : end]).removeprefix("\n")
        yield bool(match["close"]), name, _attributes(match["attributes"]), inside


def _attributes(text: str) -> dict[str, str]:
    return {
        name.lower(): html.unescape(double or single or bare)
        for name, double, single, bare in _ATTRIBUTE.findall(text)
    }


def _control(
    name: str, attributes: dict[str, str], inside: str, before: list[Control]
) -> Control | None:
    """Return a control; an option is added to the menu before it."""
    own = attributes.get("name", "")
    if name == "option":
        menu = before.pop()
        value = attributes.get("value", "")
        chosen = value if not menu.choices or "selected" in attributes else menu.value
        return Control(
            menu.name, chosen, "select", choices=(*menu.choices, value), attributes=menu.attributes
        )
    if name == "textarea":
        return Control(own, inside, "textarea", attributes=attributes)
    if name == "select":
        return Control(own, "", "select", attributes=attributes)
    kind = attributes.get("type", "submit" if name == "button" else "text").lower()
    ticked = kind in ("radio", "checkbox")
    value = attributes.get("value", "on" if ticked else "")
    return Control(own, value, kind, "checked" in attributes, attributes=attributes)
