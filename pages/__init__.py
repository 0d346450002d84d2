"""One file a page: a `Page` value with its visuals in reading order. Adding a visual is one entry there."""

from pages.campaign import CAMPAIGN
from pages.cfo import CFO
from pages.cmo import CMO
from pages.executive import EXECUTIVE
from pages.glossary import GLOSSARY
from pages.importing import IMPORT

#: The pages of figures.
PAGES = (EXECUTIVE, CMO, CFO)

#: Every page there is, and those that a policy can give.
EVERY = (*PAGES, IMPORT, GLOSSARY, CAMPAIGN)
GIVEN = tuple(page.key for page in EVERY if not page.comes_with)

__all__ = ["CAMPAIGN", "CFO", "CMO", "EVERY", "EXECUTIVE", "GIVEN", "GLOSSARY", "IMPORT", "PAGES"]
