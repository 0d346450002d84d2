"""`Layout`: what a source’s export looks like; and the language its column names are in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from facts.words.headers import normal

_LANGUAGES: Final = {
    "de": {"tag", "datum", "kosten", "kampagne", "kampagnenname", "währung", "klicks", "impressionen", "ausgaben"},
    "fr": {
        "jour",
        "campagne",
        "nom de la campagne",
        "devise",
        "clics",
        "coût",
        "dépenses",
        "montant dépensé",
        "achats",
    },
    "it": {"giorno", "data", "campagna", "nome campagna", "nome della campagna", "importo speso", "costo", "spesa"},
    "pt": {"dia", "campanha", "nome da campanha", "montante gasto", "valor usado", "custo", "cliques", "conversões"},
    "es": {"día", "fecha", "campaña", "nombre de la campaña", "divisa", "moneda", "coste", "costo", "gasto", "compras"},
    "nl": {"dag", "campagne", "campagnenaam", "besteed bedrag", "weergaven", "vertoningen", "klikken", "conversies"},
    "pl": {"dzień", "kampania", "nazwa kampanii", "wydana kwota", "wyświetlenia", "wyświetl.", "kliknięcia", "koszt"},
    "tr": {"gün", "kampanya", "kampanya adı", "harcanan tutar", "gösterim", "göstr.", "tıklamalar", "maliyet"},
    "ja": {"日", "日付", "キャンペーン", "キャンペーン名", "消化金額", "費用", "インプレッション", "表示回数"},
}

#: Whose numbers have a decimal point where a file proves nothing; the others' have a comma.
WITH_POINT: Final = ("en", "ja")

#: What a layout's columns are called here, beside the columns of kpi.schema.
PERIOD_FIELDS: Final = ("start", "end", "week", "month")

#: Breakdowns that are no dimension of the facts: their rows are added up, but they name another cut of the money.
EXTRA_CUTS: Final = ("ad group", "ad", "keyword", "search term", "product", "placement")


def language(headers: Sequence[str]) -> str:
    """The language most of the normal `headers` are in, English where few are in any other."""
    counts = {name: len(words.intersection(headers)) for name, words in _LANGUAGES.items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] >= 2 else "en"


@dataclass(frozen=True)
class Layout:
    """What the exports of one source look like.

    `columns` says for each field which headers (in normal form) hold it, the best first; `marks` are headers no other
    source has. `added` names fields of which all columns are added up.
    `absent` gives reasons for measures that this source cannot tell. `period` explains how to get rows by day.
    `labels_totals`: a cell such as “Total: Campaigns” makes a row a sum of others, wherever it stands.
    `told`: a person has said that it is this source, so no mark is needed.
    """

    name: str
    platform: str | None
    columns: Mapping[str, Sequence[str]]
    marks: frozenset[str] = frozenset()
    kind: str = "ads"
    needs: Sequence[str] = ("spend",)
    added: frozenset[str] = frozenset()
    absent: Mapping[str, str] = field(default_factory=dict)
    period: str = "export it again broken down by day"
    labels_totals: bool = False
    told: bool = False

    def find_columns(self, headers: Sequence[str]) -> dict[str, tuple[int, ...]]:
        """The places of each field among the normal `headers`: one, or several of the same name or to be added up."""
        places: dict[str, list[int]] = {}
        for place, header in enumerate(headers):
            places.setdefault(header, []).append(place)
        result = {}
        for name, known in self.columns.items():
            held = [places[header] for header in known if header in places]
            if held:
                result[name] = tuple(place for each in held for place in each) if name in self.added else tuple(held[0])
        return result

    def score(self, headers: Sequence[str]) -> int:
        """How much the normal `headers` look like this source; 0 where they do not."""
        held = set(headers)
        marks = len(self.marks & held)
        fields = len(self.find_columns(headers))
        return marks * 10 + fields if (marks or not self.marks or self.told) and fields >= 2 else 0


def names(text: str) -> tuple[str, ...]:
    """Headers written one after another with `|` between them."""
    return tuple(dict.fromkeys(normal(each) for each in text.split("|")))
