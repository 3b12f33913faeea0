"""The versions of a challenge: what it was when, what changed and why, and the definition whose digest was published."""

from apiflask import APIBlueprint

from arena import hosting, versions, wire_versions
from arena.api import describing
from arena.api.paging import Page, next_page
from arena.api.parts import reading

blueprint = APIBlueprint("versions", __name__, tag="Versions")


@blueprint.get("/challenges/<slug:slug>/versions")
@blueprint.input(Page, location="query")
@blueprint.output(wire_versions.VersionList)
def every(slug: str, query_data: Page) -> wire_versions.VersionList:
    """List a challenge's versions with their notes and digests; every one stays readable."""
    with reading() as session:
        hosted = hosting.find(session, slug)
        found = versions.every(session, hosted)[query_data.offset :]
    return wire_versions.VersionList(
        versions=[describing.version(hosted, one) for one in found[: query_data.limit]],
        next=next_page(query_data, len(found), "challenges", slug, "versions"),
    )


@blueprint.get("/challenges/<slug:slug>/versions/<id:number>")
@blueprint.output(wire_versions.VersionDetail)
def one(slug: str, number: int) -> wire_versions.VersionDetail:
    """Show one version whole: its definition, from which the published digest can be computed, and its files' digests."""
    with reading() as session:
        hosted = hosting.find(session, slug)
        found = versions.one(session, hosted, number)
    return describing.version_detail(hosted, found)
