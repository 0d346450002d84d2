"""Glossary: what every figure means (components/glossary.py)."""

from components.visuals import Page

GLOSSARY = Page(
    "glossary",
    "glossary",
    "Glossary",
    "What every figure means, how it is computed, and why it is defined so.",
    body="glossary",
    icon="book",
    comes_with=("executive", "cmo", "cfo"),
)
