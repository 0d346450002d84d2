"""Import: files of a company's own are read, shown and, by who may, kept. The browser's own code draws it."""

from components.visuals import Page

IMPORT = Page(
    "import",
    "import",
    "Import",
    "Add reports from the advertising platforms and the shop’s days: see what they hold before anything is kept.",
    body="import",
    icon="upload",
)
