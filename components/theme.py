"""Colors and layout that all charts share; colors are CSS variables, so one theme rules page and charts alike."""

from html import escape
from typing import Any, Final
from zlib import crc32

from kpi.schema import ORDER, UNKNOWN

PLATFORMS: Final = {
    "Meta": "--platform-meta",
    "Google": "--platform-google",
    "Amazon": "--platform-amazon",
    "TikTok": "--platform-tiktok",
    "Microsoft Advertising": "--platform-microsoft",
    "Pinterest": "--platform-pinterest",
    "Snapchat": "--platform-snapchat",
    "LinkedIn": "--platform-linkedin",
    "Reddit": "--platform-reddit",
    "X": "--platform-x",
    "Criteo": "--platform-criteo",
    "Amazon DSP": "--platform-dsp",
    "TikTok GMV Max": "--platform-gmv",
}
#: Of platforms with any other name, each of which keeps its own by its letters; assets/elements.js does the same.
SPARE: Final = ("--platform-spare-1", "--platform-spare-2", "--platform-spare-3")
OTHER: Final = "--platform-other"
SERIES: Final = ("--series-1", "--series-2", "--series-3", "--series-4")
#: The one color of a metric wherever it is a line of several; others have theirs by place.
METRICS: Final = {"revenue": SERIES[0], "spend": SERIES[1], "profit": SERIES[2]}
GOOD, BAD = "--good", "--bad"
FONT: Final = "Inter, system-ui, sans-serif"
TEXT, MUTED, GRID, SURFACE = "--bs-body-color", "--bs-secondary-color", "--grid", "--bs-body-bg"

#: Axis formats by unit (d3-format); kpi.formats gives separators and the currency's sign.
TICKS: Final = {"money": "$~s", "unit_money": "$,.2f", "percent": ".2~%", "ratio": ".1f", "count": "~s", "people": "~s"}
#: Formats of one figure by unit, on hover.
HOVER: Final = {
    "money": "$,.0f",
    "unit_money": "$,.2f",
    "percent": ".2%",
    "ratio": ".2f",
    "count": ",.0f",
    "people": ",.0f",
}


#: What turns the text after it around, as in assets/elements.js.
_TURNING: Final = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def name(text: str) -> str:
    """A name from the data as text in a figure, where plotly would otherwise read markup, and turn text around."""
    return escape(text, quote=False).translate(_TURNING)


def platform_colour(platform: str) -> str:
    """The one colour of a platform: its own, else one of the spare ones by its name; what is not known is gray."""
    if platform in (UNKNOWN, "Other"):
        return OTHER
    return PLATFORMS.get(platform) or SPARE[sum(map(ord, platform)) % len(SPARE)]


def value_colour(dimension: str, value: str) -> str:
    """The one color of a value of `dimension`, whatever else is shown beside it; what is not known is gray."""
    if dimension == "platform":
        return platform_colour(value)
    if value == UNKNOWN:
        return OTHER
    known = ORDER.get(dimension, ())
    return SERIES[(known.index(value) if value in known else crc32(value.encode())) % len(SERIES)]


def axis(title: str | None = None, unit: str | None = None, **more: Any) -> dict[str, Any]:
    """A quiet axis: `title` with its unit, ticks in the format of `unit`."""
    found: dict[str, Any] = {
        "gridcolor": GRID,
        "showline": False,
        "ticks": "",
        "ticklabelstandoff": 6,
        "ticklabeloverflow": "allow",  # all have room: assets/js/margins.js
        "zerolinecolor": MUTED,
        "zeroline": False,
        "tickfont": {"color": MUTED, "size": 12},
        "automargin": True,
        "fixedrange": True,
    }
    if title is not None:
        found["title"] = {"text": title}
    if unit is not None:
        found |= {"tickformat": TICKS[unit], "type": "linear"}
    return {**found, **more}


def layout(**more: Any) -> dict[str, Any]:
    """A figure's layout without junk: transparent, no title (the visual has one), legend on top, tight margins."""
    return {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": TEXT, "size": 13, "family": FONT},
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        # plotly's boxes do not inherit the family: it is said twice
        "hoverlabel": {
            "bgcolor": SURFACE,
            "bordercolor": GRID,
            "font": {"color": TEXT, "size": 13, "family": FONT},
            "align": "left",
        },
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 12}},
        "showlegend": False,
        "dragmode": False,
        **more,
    }
