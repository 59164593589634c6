"""What holds for every page of a survey, in every language and both views."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from ccegov_choice.survey.pages.words import shell_words


@pytest.fixture(scope="module", params=["en-cards", "en-table", "ar-cards", "pl-table"])
def shown(request, rooms, parse):
    language, view = request.param.split("-")
    pages = {page.name: parse(page.html) for page in rooms.gallery(language, view)}
    assert len(pages) > 35
    return language, pages


def everywhere(shown):
    return shown[1].items()


def test_language_and_direction_are_said(shown):
    for name, page in everywhere(shown):
        html = page.all("html")[0].attributes
        assert (html["lang"], html["dir"]) == (shown[0], "rtl" if shown[0] == "ar" else "ltr"), name


def test_there_is_one_main_heading_and_none_is_skipped(shown):
    for name, page in everywhere(shown):
        levels = [int(e.tag[1]) for e in page.elements if re.fullmatch("h[1-6]", e.tag)]
        assert levels.count(1) == 1, name
        below = levels[levels.index(1) :]
        assert all(b - a <= 1 for a, b in pairwise(below)), (name, levels)


def test_no_id_is_used_twice_and_every_reference_leads_somewhere(shown):
    for name, page in everywhere(shown):
        ids = page.ids
        assert len(ids) == len(set(ids)), (name, sorted(i for i in ids if ids.count(i) > 1))
        for element in page.elements:
            for key in ("aria-describedby", "aria-labelledby", "for"):
                for target in element.attributes.get(key, "").split():
                    assert target in ids, (name, key, target)
            href = element.attributes.get("href", "")
            if href.startswith("#"):
                assert href[1:] in ids, (name, href)


def test_every_field_has_a_label(shown):
    for name, page in everywhere(shown):
        labelled = {e.attributes["for"] for e in page.all("label")}
        for field in [*page.all("input"), *page.all("textarea"), *page.all("select")]:
            if field.attributes.get("type") != "hidden":
                assert field.attributes["id"] in labelled, (name, field)


def test_every_group_of_radios_stands_in_a_named_group(shown):
    for name, page in everywhere(shown):
        for radio in page.all("input", type="radio"):
            assert "fieldset" in radio.parents, name
        for fieldset in page.all("fieldset"):
            assert fieldset.text.strip(), name


def test_every_picture_has_a_text(shown):
    pictures = [e for _, page in everywhere(shown) for e in page.all("img")]
    assert len(pictures) > 40
    assert all(e.attributes["alt"] for e in pictures)


def test_nothing_is_inline_and_nothing_comes_from_elsewhere(shown):
    for name, page in everywhere(shown):
        assert page.all("style") == [], name
        for element in page.elements:
            assert not [a for a in element.attributes if a == "style" or a.startswith("on")], name
            if element.tag in ("script", "link", "img") and "hreflang" not in element.attributes:
                address = element.attributes.get("src") or element.attributes.get("href", "")
                assert address.startswith(("/static/", "/media/")), (name, address)
        assert all(not script.text for script in page.all("script")), name


def test_every_form_is_posted_with_its_nonce(shown):
    forms = 0
    for name, page in everywhere(shown):
        for form in page.all("form"):
            forms += 1
            assert form.attributes["method"] == "post", name
            assert page.posted()["nonce"] == ["n"], name
    assert forms > 20


def test_titles_tell_pages_apart_and_errors_first(shown):
    language, pages = shown
    words = shell_words(language)
    titles = {name: page.all("title")[0].text for name, page in pages.items()}
    for name, title in titles.items():
        wrong = name.endswith(("-wrong", "-over")) or name == "resume"
        assert title.startswith(f"{words['error.title']} ") == wrong, name
        assert title.endswith("– Claims in our town"), name
    steps = ["about", "explain", "trial", "task-1", "money", "contact", "end", "conflict", "mine"]
    assert len({titles[name] for name in steps}) == len(steps)


def test_problems_lead_to_their_field_and_stand_at_it(shown):
    language, pages = shown
    words = shell_words(language)
    page = pages["about-wrong"]
    links = [e.attributes["href"][1:] for e in page.all("a") if e.attributes["href"][0] == "#"][1:]
    assert links == [
        "q.age",
        "q.ways",
        "q.trust.fair",
        "q.wait",
        "q.post",
        "q.story",
        "q.sure",
        "q.born.month",
    ]
    for field in links[:-1]:
        [message] = page.all("p", id=f"{field}-error")
        assert message.text.startswith(words["error.prefix"])
    over = pages["money-over"].all("a", href="#purse")[0].text
    written = {"pl": "115,5 million", "ar": "115,5 million"}.get(language, "115.5 million")
    assert written in over
    assert "100 million" in over


def test_what_people_typed_is_never_markup(shown):
    for name, page in everywhere(shown):
        assert "alert(1)" not in "".join(e.text for e in page.all("script")), name
        assert page.all("b") == [], name


def test_other_languages_are_named_in_their_own_words(shown):
    language, pages = shown
    [nav] = [e for e in pages["welcome"].all("nav") if "languages" in e.attributes.get("class", "")]
    for name in ("English", "Deutsch", "Français", "Polski", "العربية"):
        assert name in nav.text
    links = pages["task-1"].all("a", rel="alternate")
    assert len(links) == 4
    for link in links:
        code = link.attributes["lang"]
        assert code != language
        assert link.attributes["href"] == f"/page/task-1?lang={code}"


def test_the_code_is_at_hand_on_the_way_and_not_twice_at_the_end(shown):
    _, pages = shown
    assert "ABCD-EFGH-JKMN" in pages["task-1"].all("footer")[0].text
    assert "ABCD-EFGH-JKMN" not in pages["end"].all("footer")[0].text
    assert "ABCD-EFGH-JKMN" in pages["end"].all("main")[0].text
