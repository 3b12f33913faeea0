"""The organizers' pages: one module a page, all behind the same guard."""
