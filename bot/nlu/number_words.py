"""Which number do these Romanian or English words say? Pure, stdlib only."""

_UNITS: dict[str, int] = {
    "zero": 0, "un": 1, "unu": 1, "una": 1, "o": 1, "doi": 2, "doua": 2, "trei": 3,
    "patru": 4, "cinci": 5, "sase": 6, "sapte": 7, "opt": 8, "noua": 9,
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9,
}  # fmt: skip
_TEENS: dict[str, int] = {
    "zece": 10, "unsprezece": 11, "unspe": 11, "doisprezece": 12, "douasprezece": 12,
    "doispe": 12, "treisprezece": 13, "treispe": 13, "paisprezece": 14, "patrusprezece": 14,
    "paispe": 14, "cincisprezece": 15, "cinsprezece": 15, "cinspe": 15, "cincispe": 15,
    "saisprezece": 16, "sasesprezece": 16, "saispe": 16, "saptesprezece": 17, "saptespe": 17,
    "optsprezece": 18, "optispe": 18, "nouasprezece": 19, "nouaspe": 19,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS: dict[str, int] = {
    "douazeci": 20, "treizeci": 30, "patruzeci": 40, "cincizeci": 50, "saizeci": 60,
    "saptezeci": 70, "optzeci": 80, "nouazeci": 90,
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALES: dict[str, int] = {
    "suta": 100, "sute": 100, "hundred": 100, "mie": 1000, "mii": 1000, "thousand": 1000,
}  # fmt: skip

ORDINALS: dict[str, int] = {
    "intai": 1, "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6,
    "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12,
    "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17,
    "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip

CONNECTORS = frozenset({"si", "and"})


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Words that are also articles, or "new", or "us": numbers only beside something that is counted
# or dated.
_DOUBTFUL = frozenset({"un", "una", "o", "a", "an", "one", "noua", "unu"})
_COUNTED = _words(
    """
    zi zile saptamana saptamani luna luni an ani leu lei ron bani rate month months week weeks
    day days year years ianuarie februarie martie aprilie mai iunie iulie august septembrie
    octombrie noiembrie decembrie january february march april may june july september october
    november december instalments installments de
    """
)


def is_number_word(word: str) -> bool:
    """Whether the folded `word` can be part of a number."""
    return word in _UNITS or word in _TEENS or word in _TENS or word in _SCALES


def number_of(words: list[str], before: str = "", following: str = "de") -> int | None:
    """The number that folded `words` say together (spaces, hyphens and "and" between them).

    None when they say none, or not one: "two three" is two numbers. A doubtful word alone ("o",
    "a", "noua") counts only when `following` is something counted, never as "de" for articles.
    """
    words = [word for word in words if word.strip().strip("-") and word not in CONNECTORS]
    if len(words) == 1 and words[0] in _DOUBTFUL:
        counted = following in _COUNTED and not (following == "de" and words[0] != "noua")
        dated = words[0] in ("noua", "unu") and before.endswith(("pe ", "peste "))
        dictated = words[0] in ("unu", "one") and before[-2:-1].isdigit()  # "0 7 2 1"
        if not (counted or dated or dictated):
            return None
    total = group = 0
    limit = 1000  # what may follow must be smaller: after tens a unit, after hundreds tens
    for word in words:
        if word in _SCALES:
            scale = _SCALES[word]
            if scale == 1000 and group and not total:
                total, group, limit = group * 1000, 0, 1000
            elif scale == 100 and 1 <= group < 10:
                group, limit = group * 100, 100
            else:  # "sute de lei" is no number, and "mie" alone is "to me"
                return None
            continue
        value, room = _small(word)
        if value >= limit:
            return None
        group, limit = group + value, room
    return total + group if words else None


def _small(word: str) -> "tuple[int, int]":
    """A word's value, and what may be added to it: below 10 after tens, nothing after others."""
    if word in _TENS:
        return _TENS[word], 10
    return (_UNITS[word], 0) if word in _UNITS else (_TEENS[word], 0)
