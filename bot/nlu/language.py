"""Is this text Romanian or English? Pure, stdlib only: the app asks it too."""

import re

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
_WORD = re.compile(r"[^\W\d_]+")
_ROMANIAN_LETTER = re.compile("[ăâîșțşţĂÂÎȘȚŞŢ]")
# "mi-ați", "n-am", "i-am": the small words that Romanian ties to the next one.
_ROMANIAN_TIE = re.compile(r"\b(?:mi|ti|i|l|s|n|v|m|ne|le|te|ma|va|nu|si|de|pe)-[^\W\d_]")
_OTHER_SCRIPT = re.compile("[\u0370-\u1cff\u2c80-\ua7ff\uac00-\ud7ff\uf900-\ufdff\ufe70-\ufeff]")
# Endings of Romanian words of five letters and more that English words hardly have.
_ROMANIAN_ENDING = re.compile(r"(?:ului|elor|ilor|eaza|easca|esc|esti|tul|rea|tii|atia|atie|are)$")
_ENGLISH_ENDING = re.compile(r"(?:ing|tion|ght|ough|ness|ly|ould|wn)$")


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
