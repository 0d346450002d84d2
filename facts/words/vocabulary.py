"""Translates what platforms in eleven languages call devices, countries, genders and ages into one word each.

The same device or country of two platforms must be one line of a chart. What is not known here stays as it was written.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from babel import Locale

#: The first that occurs in a device's name says what it is.
_DEVICES: Final = (
    ("TV", r"\btv\b|televis|télévis|fernseh|televizyon|telewiz|テレビ"),
    ("Tablet", r"tablet|tablett?e|\bipad\b|surfplatta|タブレット"),
    (
        "Mobile",
        r"phone|fono|mobi|móvil|movil|celular|telefon|komór|telemóvel|\bipod\b|\bandroid\b|\bios\b|スマート|モバイル",
    ),
    (
        "Desktop",
        r"desktop|comput|komput|ordinateur|ordenador|rechner|escritorio|\bdator|bilgisayar|masaüstü|パソコン|\bpc\b",
    ),
)
_WOMEN: Final = (
    "donna",
    "donne",
    "mulher",
    "mulheres",
    "feminino",
    "vrouw",
    "vrouwen",
    "kobieta",
    "kobiety",
    "kadın",
    "女性",
)
_MEN: Final = (
    "uomo",
    "uomini",
    "homem",
    "homens",
    "masculino",
    "man",
    "mannen",
    "mężczyzna",
    "mężczyźni",
    "erkek",
    "男性",
)
_GENDERS: Final = {
    **dict.fromkeys(
        ("female", "women", "weiblich", "frauen", "femme", "femmes", "mujer", "mujeres", *_WOMEN), "Female"
    ),
    **dict.fromkeys(("male", "men", "männlich", "männer", "homme", "hommes", "hombre", "hombres", *_MEN), "Male"),
}
_AGES: Final = re.compile(r"^(?:age[ _])?(\d\d)\s*[-–_ ]\s*(\d\d)(?: (?:jahre|years|ans|años))?$", re.IGNORECASE)
_OLDEST: Final = re.compile(
    r"^(?:age[ _])?(\d\d)\s*(?:\+|plus|and over|or more|und älter|et plus|y más)$", re.IGNORECASE
)

#: What consoles write for some countries beside their names in CLDR.
_COUNTRIES: Final = {
    "usa": "US",
    "united states of america": "US",
    "uk": "GB",
    "great britain": "GB",
    "grossbritannien": "GB",
    "großbritannien": "GB",
    "grande-bretagne": "GB",
    "gran bretaña": "GB",
    "czech republic": "CZ",
    "holland": "NL",
    "turkey": "TR",
    "south korea": "KR",
    "korea, republic of": "KR",
    "hong kong": "HK",
    "russian federation": "RU",
    "viet nam": "VN",
    "ee. uu.": "US",
}


def device(text: str) -> str:
    """The kind of device that `text` names, in any case and language."""
    plain = text.replace("_", " ").casefold()
    return next((kind for kind, pattern in _DEVICES if re.search(pattern, plain)), text)


def country(text: str) -> str:
    """The English name of the country that a code of ISO 3166 or a name in one of eleven languages means."""
    return _countries().get(text.casefold(), text)


def gender(text: str) -> str:
    """The gender that `text` names."""
    return _GENDERS.get(text.casefold(), text)


def age(text: str) -> str:
    """A span of ages as `18-24` or `65+`."""
    if found := _AGES.match(text):
        return f"{found[1]}-{found[2]}"
    found = _OLDEST.match(text)
    return f"{found[1]}+" if found else text


#: By field what renames a platform's value.
WORDS: Final[Mapping[str, Callable[[str], str]]] = {"device": device, "gender": gender, "age": age}


@cache
def _countries() -> dict[str, str]:
    english = Locale("en").territories
    found = {}
    for language in ("ja", "tr", "sv", "pl", "nl", "pt", "it", "es", "fr", "de", "en"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code != "ZZ":
                found[name.casefold()] = found[code.casefold()] = english[code]
    return found | {name: english[code] for name, code in _COUNTRIES.items()}
