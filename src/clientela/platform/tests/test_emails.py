"""One address has one normal form, however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.platform import emails


@pytest.mark.parametrize(
    ("writing", "norm"),
    [
        ("Anna.Ozola@Example.COM", "anna.ozola@example.com"),
        ("  anna@example.com\u00a0", "anna@example.com"),
        ("mailto:anna@example.com", "anna@example.com"),
        ("ĀDA@example.lv", "āda@example.lv"),
        ("A\u0304DA@example.lv", "āda@example.lv"),
        ("a@Bücher.example", "a@xn--bcher-kva.example"),
        ("a@XN--Bcher-KVA.example", "a@xn--bcher-kva.example"),
        ("a@straße.de", "a@xn--strae-oqa.de"),
        ("a@例え.jp", "a@xn--r8jz45g.jp"),
        ("o'brien!#$%&*+-/=?^_`{|}~@example.com", "o'brien!#$%&*+-/=?^_`{|}~@example.com"),
    ],
)
def test_case_and_domain_are_brought_to_one_form(writing: str, norm: str) -> None:
    assert emails.normal(writing).norm == norm


def test_the_writing_is_kept_beside_the_normal_form() -> None:
    norm, shown = emails.normal(" Anna@Bücher.Example ")
    assert (norm, shown) == ("anna@xn--bcher-kva.example", "Anna@Bücher.Example")


def test_dots_and_plus_tags_are_significant() -> None:
    writings = ["annaozola@gmail.com", "anna.ozola@gmail.com", "anna.ozola+shop@gmail.com"]
    assert len({emails.normal(writing).norm for writing in writings}) == 3


@pytest.mark.parametrize(
    ("writing", "reason"),
    [
        ("", "empty"),
        (" \u200b", "empty"),
        ("mailto:", "empty"),
        ("anna", "no-at"),
        ("a@@b.lv", "several-at"),
        ("a@b.lv;c@d.lv", "several-at"),
        ("a b@c.lv", "white-space"),
        ("Anna <a@b.lv>", "white-space"),
        ("@b.lv", "bad-local-part"),
        ("a..b@c.lv", "bad-local-part"),
        (".a@c.lv", "bad-local-part"),
        ("a.@c.lv", "bad-local-part"),
        ('"a"@c.lv', "bad-local-part"),
        ("<a@c.lv>", "bad-local-part"),
        ("a\0b@c.lv", "bad-local-part"),
        ("a\x07b@c.lv", "bad-local-part"),
        ("a@", "bad-domain"),
        ("a@b", "bad-domain"),
        ("a@b..lv", "bad-domain"),
        ("a@.lv", "bad-domain"),
        ("a@b.lv.", "bad-domain"),
        ("a@-b.lv", "bad-domain"),
        ("a@b-.lv", "bad-domain"),
        ("a@b_c.lv", "bad-domain"),
        ("a@ab--cd.lv", "bad-domain"),
        ("a@1.2.3.4", "bad-domain"),
        ("a@[1.2.3.4]", "bad-domain"),
        ("a@xn--a.lv", "bad-domain"),
        ("a@b。", "bad-domain"),
        ("a@" + "b" * 64 + ".lv", "bad-domain"),
        ("a" * 65 + "@b.lv", "too-long"),
        ("ā" * 33 + "@b.lv", "too-long"),
        ("a" * 60 + "@" + "b." * 100 + "lv", "too-long"),
    ],
)
def test_what_is_no_address_is_refused_with_a_reason(writing: str, reason: str) -> None:
    with pytest.raises(emails.BadEmail) as refused:
        emails.normal(writing)
    assert refused.value.reason == reason


labels = st.from_regex(r"\A[a-zA-Zāüñ0-9]([a-zA-Z0-9āüñ]{0,8}[a-zāüñ0-9])?\Z")
local_parts = st.text(st.characters(categories=["L", "N"], include_characters=".+-_'"), max_size=15)


@given(local_parts, st.lists(labels, min_size=1, max_size=3))
def test_the_normal_form_of_a_normal_form_is_itself(local: str, domain: list[str]) -> None:
    try:
        norm = emails.normal(f"{local}@{'.'.join(domain)}.lv").norm
    except emails.BadEmail:
        return
    assert emails.normal(norm).norm == norm
    assert norm.rpartition("@")[2].isascii()


@given(st.text(max_size=40) | st.text("ab@.- ", max_size=20))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        norm, shown = emails.normal(text)
    except emails.BadEmail:
        return
    assert norm.count("@") == shown.count("@") == 1
    assert emails.normal(shown).norm == emails.normal(norm).norm == norm


@given(st.from_regex(r"\A[a-z][a-z.+]{0,10}[a-z]@[a-z]{1,10}\.(lv|es|com)\Z"))
def test_upper_and_lower_case_are_one_address(address: str) -> None:
    try:
        norm = emails.normal(address).norm
    except emails.BadEmail:
        return
    assert emails.normal(address.upper()).norm == norm
