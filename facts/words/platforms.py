"""Names of advertising platforms: what reports, loaders and people call them, in the one name that is shown.

A platform that is not listed keeps the name it has.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

#: By shown name, what else it is called, in lower case with plain spaces.
_ALIASES: Final[Mapping[str, str]] = {
    "Meta": "meta ads|facebook|facebook ads|fb|fb ads|facebook marketing|instagram|instagram ads|ig|meta platforms",
    "Google": "google ads|google adwords|adwords|youtube|youtube ads|gads|google search|google shopping|dv360",
    "Amazon": "amazon ads|amazon advertising|amazon sponsored ads|amz|amz ads",
    "TikTok": "tiktok ads|tik tok|tik tok ads|tiktok for business|tiktok business",
    "Microsoft Advertising": "microsoft|microsoft ads|microsoftads|bing|bing ads|bingads",
    "Pinterest": "pinterest ads|pinterestads",
    "Snapchat": "snapchat ads|snap|snap ads",
    "LinkedIn": "linkedin ads|linked in|linked in ads",
    "Reddit": "reddit ads",
    "X": "x ads|twitter|twitter ads|x twitter",
    "Criteo": "criteo ads",
    "Amazon DSP": "amazon demand side platform",
    "TikTok GMV Max": "gmv max|gmvmax|tiktok gmv max ads",
    "Apple Search Ads": "apple search|apple ads",
    "Other": "others",
}
_NAMES: Final = {alias: name for name, aliases in _ALIASES.items() for alias in (name.casefold(), *aliases.split("|"))}
_BRACKETS: Final = re.compile(r"^(.*?)\s*[(\[](.*?)[)\]]\s*$")

#: Words that name a platform in a file's name beyond doubt.
IN_FILE_NAMES: Final = {
    **{word: name for word, name in _NAMES.items() if " " not in word and len(word) > 3},
    **{"meta": "Meta"},
}


def platform_of(text: str) -> str:
    """The shown name of the platform that `text` names: `google-ads`, `FB`, `Meta (Facebook)`; else `text` itself."""
    plain = " ".join(re.sub(r"[_.\-–/]+", " ", text).casefold().split())
    if plain in _NAMES:
        return _NAMES[plain]
    if found := _BRACKETS.match(text):
        for part in (found[1], found[2]):
            name = platform_of(part)
            if name in _ALIASES:
                return name
    return " ".join(text.split())


def renamed_platforms(texts: Iterable[str], names: Iterable[str]) -> str:
    """Which of `texts` became which of `names`, for a sentence; empty where they only differ in case."""
    pairs = [f"{text} → {name}" for text, name in zip(texts, names, strict=True) if text.casefold() != name.casefold()]
    return ", ".join(pairs)
