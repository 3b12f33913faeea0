"""What a browser calls itself, in words that its owner knows and that nobody else can choose."""

# The first that is found counts: most browsers claim to be several.
BROWSERS = (
    ("Edg", "Edge"),
    ("Whale", "Whale"),
    ("SamsungBrowser", "Samsung Internet"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def name(agent: str) -> str:
    """Return for instance `Firefox, Linux`; nothing of what a browser sends is kept but these names."""
    found = (next((word for mark, word in known if mark in agent), "") for known in (BROWSERS, SYSTEMS))
    return ", ".join(word for word in found if word)
