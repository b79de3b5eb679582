import pytest

from orgraph.graph import GraphBuilder, NodeKey
from orgraph.store import open_store, url_of


@pytest.fixture
async def store(tmp_path):
    async with open_store(url_of(tmp_path / "area.db")) as opened:
        await opened.ensure_schema()
        yield opened


@pytest.fixture
def town():
    """A county with one town: villages a and b; a grid in each; only the grid of a has an organization and a worker."""
    builder = GraphBuilder()
    county = builder.add_node("Unit", "370503", {"name": "河口区", "level": "county"})
    town = builder.add_node("Unit", "370503100", {"name": "义和镇", "level": "town"})
    builder.add_relationship("PART_OF", town, county)
    for letter in "ab":
        name, code = f"{letter}村", f"370503100{letter}"
        village = builder.add_node("Unit", code, {"name": name, "level": "village", "population": 100})
        builder.add_relationship("PART_OF", village, town)
        grid = builder.add_node("Grid", f"{code}-G", {"name": f"{name}网格", "kind": "base"})
        builder.add_relationship("PART_OF", grid, village)
    branch = {"name": "a村党支部", "kind": "BRANCH", "members": 5}
    organization = builder.add_node("PartyOrganization", "P", branch)
    builder.add_relationship("LOCATED_IN", organization, NodeKey("Unit", "370503100a"))
    for holder in (NodeKey("Unit", "370503100a"), NodeKey("Grid", "370503100a-G")):
        builder.add_relationship("HAS_ORGANIZATION", holder, organization)
    worker = builder.add_node("GridWorker", "W", {"kind": "base"})
    builder.add_relationship("LOCATED_IN", worker, NodeKey("Unit", "370503100a"))
    builder.add_relationship("COVERS", worker, NodeKey("Grid", "370503100a-G"))
    return builder.freeze()
