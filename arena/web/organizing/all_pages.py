"""Every page of the organizers, for the application to register."""

from arena.web.organizing import (
    announcement_pages,
    audit_pages,
    calendar_pages,
    dashboard_pages,
    entry_pages,
    people_pages,
    publication_pages,
    role_pages,
)

BLUEPRINTS = tuple(
    module.blueprint
    for module in (
        dashboard_pages,
        publication_pages,
        people_pages,
        entry_pages,
        announcement_pages,
        calendar_pages,
        role_pages,
        audit_pages,
    )
)
