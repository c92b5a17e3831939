"""Is this text Romanian or English? Pure, stdlib only: the app asks it too."""

import re
from dataclasses import dataclass
from enum import IntEnum

from bot.nlu.normaliser import fold

DEFAULT_LANGUAGE = "ro"


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_ROMANIAN = _words(
    """
    si sa nu da de la cu ca ce cum cat cata cate cand unde care cine va ma te imi iti isi mi
    este sunt esti suntem e era fi fost am ai are avem aveti au voi vreau vrea vreti as ar
    pentru pt pe din prin fara dupa inainte peste pana spre despre catre intre dar sau ori daca
    un niste al ale lui ei lor meu mea mei mele nostru noastra dvs dumneavoastra tau ta acum azi
    ieri maine poimaine luna lunii anul anului zile zi saptamana factura facturi facturii
    facturile plata plati platesc platit platesti platiti plateste bani banii leu lei buna salut
    ziua seara multumesc mersi merci rog scuze nevoie vorbesc vorbi vorbiti gata bine doar mai
    foarte tot toate asta ala aia acest aceasta acesta inca iar deja deci poate pot puteti poti
    trebuie stiu stiti vad spune spuneti cont contul contract contractul abonament abonamentul
    abonamentului ultima ultimul trecuta trecut viitoare vineri luni marti miercuri joi sambata
    duminica ianuarie februarie martie aprilie iunie iulie septembrie octombrie noiembrie
    decembrie scadenta datorez datorie sold soldul reducere ieftin scump scumpa mare mult multa
    mic nimic nimeni ajutor ajutati domnule doamna romana romaneste engleza alo hei noapte
    revedere desigur sigur corect exact perfect anulez renunta renunt lasa las operator om banca
    card cardul taxat taxata dublu doua trei
    """
)
_ENGLISH = _words(
    """
    the a an and or but not no yes is are was were be been am do does did done have has had i
    you he she it we they me my your our their his her its this that these those there here what
    when where which who why how much many to of in on at for from with without by about into
    can could will would shall should may might must want wants wanted need needs please thanks
    thank hello hi hey good morning evening bye goodbye if then than so too very just now today
    tomorrow yesterday month months year years week weeks day days bill bills billed billing
    invoice invoices pay paid paying payment payments charge charged charges money due owe
    account last next more less cheaper expensive help speak talk someone person agent human
    english romanian sure right okay correct wrong don dont didnt doesnt isnt cant wont im ive
    id twice again still already get got give tell show see know make went go up down off out
    plan phone internet late early time later extension monday tuesday wednesday thursday friday
    saturday sunday january february march april june july august september october november
    december nope yeah yep cancel stop repeat never mind nothing anything
    """
)
# Words that both languages use say nothing; "no" is an everyday English word, "da" a Romanian one.
_BOTH = _ROMANIAN & _ENGLISH | {
    *("a", "an", "o", "in", "internet", "plan", "card", "operator", "discount", "perfect", "late")
}
# Words that people use whatever they speak: answers, thanks, what everybody borrows, names of
# plans. "Da" to an English question and "ok, thanks" to a Romanian one say nothing of the next
# message.
_ANYBODYS = _BOTH | _words(
    """
    ok okay da nu no yes yeah yep nope gata super cool top sorry scuze please thanks thank multumesc
    mersi merci stop cancel help agent human english romanian romana romaneste engleza abonament
    contract cont hello hi hey bye goodbye good morning evening buna salut alo hei ziua seara noapte
    """
)
# More small words that prove a language. `detect` goes without them: what it says is part of what
# the intent model has learned.
_ALSO_ROMANIAN = _words(
    """
    se ati doresc dori merge exista sunteti alt alta alte alti inapoi fac face faceti facut dati
    prea asa primit gresit aici acolo mine eu noi voi ne vine apare cineva ceva opriti luat luati
    achitat costa cel vechi inteleg trimite trimiteti cati inseamna noastra noastre voastra voastre
    niciodata nici cumva totusi atat uitat gasesc schimb anulati intru ajuns zice
    """
)
_ALSO_ENGLISH = _words(
    """
    any all like one back another let says been some over only yet after doesn isn wasn going new
    old take leave keep keeps made because before every send change changed call wait work working
    between forgot two cannot lost check amount
    """
)
_COURTESY = re.compile(r"\b(?:thank you|thank u|see you|va multumesc|mersi mult|multumesc mult)\b")
_GREETINGS = {
    "ro": _words("buna salut salutare neata ziua seara dimineata"),
    "en": _words("hello hi hey morning evening"),
}
# Addresses, whatever has a figure in it (numbers, codes, invoices, "5g"), and a name with a
# Romanian word in it.
_NOT_WORDS = re.compile(r"\S+@\S+|(?:https?://|www\.)\S+|\S*\d\S*|\bwi-?fi\b")
_APOSTROPHE = re.compile(r"(?<=\w)['’`´](?=\w)")
_WORD = re.compile(r"[^\W\d_]+")
_ROMANIAN_LETTER = re.compile("[ăâîșțşţĂÂÎȘȚŞŢ]")
# "mi-ați", "n-am", "i-am": the small words that Romanian ties to the next one.
_ROMANIAN_TIE = re.compile(r"\b(?:mi|ti|i|l|s|n|v|m|ne|le|te|ma|va|nu|si|de|pe)-[^\W\d_]")
_TIED = re.compile(r"\b(?:mi|ti|i|l|s|n|v|m|ne|le|te|ma|va|nu|si|de|pe)-(?=[^\W\d_])")
_OTHER_SCRIPT = re.compile("[\u0370-\u1cff\u2c80-\ua7ff\uac00-\ud7ff\uf900-\ufdff\ufe70-\ufeff]")
# Endings of Romanian words of five letters and more that English words hardly have.
_ROMANIAN_ENDING = re.compile(r"(?:ului|elor|ilor|eaza|easca|esc|esti|tul|rea|tii|atia|atie|are)$")
_ENGLISH_ENDING = re.compile(r"(?:ing|tion|ght|ough|ness|ly|ould|wn)$")

_SENTENCE, _PHRASE = 3.0, 2.0  # telling words
# What a word of both languages adds to a phrase: "I want a discount" is a sentence.
_SHARED = 0.5
# How many times as much there must be of one language as of the other.
_CLEARLY_MORE, _MORE = 3.0, 2.0


class Strength(IntEnum):
    """How much words prove of the language that their writer speaks."""

    WORD = 1  # "hello", "de ce?" shortened to "ce?": enough for a first guess
    PHRASE = 2  # "how much", "vreau o reducere"
    SENTENCE = 3  # "how much do I owe", "vreau să plătesc factura"


@dataclass(frozen=True, slots=True)
class Evidence:
    language: str
    strength: Strength


def evidence(text: str) -> Evidence | None:
    """What a message proves of its writer's language; None when it proves nothing.

    Stricter than `detect`: answers, thanks, names, numbers, addresses, names of plans and words
    that everybody borrows prove nothing, and neither do both languages at once. Each word counts
    once.
    """
    if _OTHER_SCRIPT.search(text):
        return None
    folded = _COURTESY.sub(" ", _APOSTROPHE.sub("", _NOT_WORDS.sub(" ", fold(text))))
    plain, ties = _TIED.subn(" ", folded)
    words = set(_WORD.findall(plain))
    telling = words - _ANYBODYS
    romanian = sum(map(_romanian_weight, telling)) + len(telling & _ALSO_ROMANIAN) + bool(ties)
    english = sum(map(_english_weight, telling)) + len(telling & _ALSO_ENGLISH)
    if romanian >= 1 and _ROMANIAN_LETTER.search(text):
        romanian += 0.5
    more, less = max(romanian, english), min(romanian, english)
    if more < 1:
        return _greeting(words)
    if more >= _PHRASE:
        more += _SHARED * len(words & _BOTH)
    language = "ro" if romanian > english else "en"
    strength = _strength(more, less)
    return Evidence(language, strength) if strength else None


def detect(text: str) -> str | None:
    """ "ro", "en", or None where the text does not tell ("ok", a name, digits, another script).

    Counts the function words and everyday billing words of each language; a letter that only
    Romanian has counts as two words, the shape of an unknown word as half of one.
    """
    if _OTHER_SCRIPT.search(text):
        return None
    folded = fold(text)
    words = _WORD.findall(folded)
    romanian = sum(map(_romanian_weight, words))
    english = sum(map(_english_weight, words))
    if _ROMANIAN_LETTER.search(text) or _ROMANIAN_TIE.search(folded):
        romanian += 2
    if romanian == english:
        return None
    return "ro" if romanian > english else "en"


def _strength(more: float, less: float) -> Strength | None:
    if more >= _SENTENCE and more >= _CLEARLY_MORE * less:
        return Strength.SENTENCE
    if more >= _PHRASE and more >= _MORE * less:
        return Strength.PHRASE
    return None if less else Strength.WORD


def _greeting(words: set[str]) -> Evidence | None:
    greeted = [language for language, known in _GREETINGS.items() if words & known]
    return Evidence(greeted[0], Strength.WORD) if len(greeted) == 1 else None


def _romanian_weight(word: str) -> float:
    if word in _BOTH or word in _ENGLISH:
        return 0
    if word in _ROMANIAN:
        return 1
    return 0.5 if len(word) >= 6 and _ROMANIAN_ENDING.search(word) else 0


def _english_weight(word: str) -> float:
    if word in _BOTH or word in _ROMANIAN:
        return 0
    if word in _ENGLISH:
        return 1
    return 0.5 if len(word) >= 6 and _ENGLISH_ENDING.search(word) else 0
