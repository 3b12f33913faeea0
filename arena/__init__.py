"""The site: store, use cases, web pages, JSON API and command line."""
