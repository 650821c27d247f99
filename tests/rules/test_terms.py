"""Banned terms: found as whole words in every disguise that folding undoes, and in nothing else."""

from __future__ import annotations

import re
import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.rules.terms import folded, found

WORDS = st.text(string.ascii_lowercase, min_size=1, max_size=8)
UNSEEN = st.sampled_from(["", "\u200b", "\u200d", "\u00ad", "\u2060", "\ufe0f", "\u034f"])
ACCENTS = st.sampled_from(["", "\u0301", "\u0308", "\u0327"])
AROUND = st.sampled_from(["", " ", "\n", "-", "_", "“", "(", "!", ", ", "🦊", " 3 "])


SCRAPS = st.lists(st.sampled_from("ab猫犬_-+' \n"), max_size=12).map("".join)


@st.composite
def disguised(draw: st.DrawFn, word: str) -> str:
    """The word in other cases, widths and accents, with what nobody sees between its letters."""
    letters = []
    for char in word:
        wide = chr(ord(char) + 0xFEE0)
        letters.append(draw(st.sampled_from([char, char.upper(), wide])) + draw(ACCENTS) + draw(UNSEEN))
    return "".join(letters)


@given(st.data(), WORDS, AROUND, AROUND)
def test_a_disguised_word_is_found(data: st.DataObject, word: str, before: str, after: str) -> None:
    prompt = before + data.draw(disguised(word)) + after
    assert found((word,), prompt) == word


@given(st.data(), st.lists(WORDS, min_size=2, max_size=4), st.sampled_from(["-", " ", "_", "  \n", ", ", "\u00a0"]))
def test_a_phrase_is_found_whatever_stands_between_its_words(
    data: st.DataObject, words: list[str], between: str
) -> None:
    prompt = between.join(data.draw(disguised(word)) for word in words)
    phrase = " ".join(words)
    assert found((phrase,), f"a picture of {prompt}.") == phrase


@given(WORDS, WORDS, st.booleans())
def test_a_part_of_a_longer_word_is_not_found(word: str, rest: str, first: bool) -> None:
    assert found((word,), f"7 {word + rest if first else rest + word} 7") is None


def sought(term: str, prompt: str) -> bool:
    """The slow way: one regular expression with the borders of words spelled out."""
    unspaced = "\u3040-\u30ff\u3400-\u9fff"
    letter = rf"[^\W_{unspaced}]"
    words = folded(term).split()
    before = rf"(?<!{letter})" if re.match(letter, words[0][0]) else ""
    after = rf"(?!{letter})" if re.match(letter, words[-1][-1]) else ""
    pattern = before + r"[\W_]+".join(re.escape(word) for word in words) + after
    return re.search(pattern, folded(prompt)) is not None


@given(SCRAPS.filter(str.strip), SCRAPS)
def test_looking_words_up_finds_what_searching_for_them_finds(term: str, prompt: str) -> None:
    assert (found((term,), prompt) == term) == sought(term, prompt)


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(words: str) -> None:
    assert folded(folded(words)) == folded(words)


@given(st.text(max_size=60))
def test_the_form_of_composition_does_not_matter(words: str) -> None:
    assert folded(unicodedata.normalize("NFD", words)) == folded(unicodedata.normalize("NFC", words))


@given(st.lists(st.text(max_size=20), max_size=5), st.text(max_size=200))
def test_no_words_break_it_and_what_is_found_is_one_of_the_terms(terms: list[str], prompt: str) -> None:
    term = found(terms, prompt)
    assert term is None or term in terms


@given(st.text(min_size=1, max_size=20).filter(lambda term: bool(folded(term).split())))
def test_every_term_that_can_be_seen_is_found_in_itself(term: str) -> None:
    assert found((term,), term) == term


@pytest.mark.parametrize(
    ("term", "prompt"),
    [
        ("gore", "G\u200bo\u200br\u200be"),
        ("Café", "a cafe at night"),
        ("cafe", "ein CAFÉ"),
        ("cocaine", "\u0441\u043e\u0441\u0430ine"),  # with Cyrillic letters
        ("straße", "a STRASSE in rain"),
        ("red fox", "a red-fox"),
        ("red fox", "a red\nfox"),
        ("猫", "白い猫の絵"),
        ("고양이", "귀여운 고양이가 잔다"),
        ("c++", "written in C++"),
        ("🍆", "nice 🍆!"),
        ("𝔤𝔬𝔯𝔢", "gore"),
        ("istanbul", "İstanbul"),
        ("нос", "большой нос"),
    ],
)
def test_these_are_found(term: str, prompt: str) -> None:
    assert found((term,), prompt) == term


@pytest.mark.parametrize(
    ("term", "prompt"),
    [
        ("cat", "a catalogue"),
        ("cat", "a tomcat"),
        ("red fox", "a red and white fox"),
        ("gore", "Igor, Gorey and the category"),
        ("c++", "a letter c"),
        ("", "anything"),
        ("\u200b", "anything"),
        ("  ", "a b"),
    ],
)
def test_these_are_not(term: str, prompt: str) -> None:
    assert found((term,), prompt) is None


def test_of_several_terms_the_one_that_is_there_is_named_as_it_was_given() -> None:
    assert found(("Gore", "Big Brand", "fox"), "the BIG brand's logo") == "Big Brand"


def test_a_long_list_and_a_long_prompt_are_nothing() -> None:
    """It ends: at every word of the prompt a search for each term would begin anew."""
    terms = tuple(f"word{number}" for number in range(150)) + tuple(f"red fox{number}" for number in range(50))
    prompt = "red foxes, words and " * 1_500
    assert all(found(terms, prompt) is None for _ in range(5))
    assert found(terms, prompt + "a red\nfox49") == "red fox49"
    assert found(("! ?",), "!" * 32_000) is None
    assert found(("! a",), "!" * 32_000 + " xa") is None
