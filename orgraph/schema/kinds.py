"""All that is declared, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from orgraph.schema.coverage import COVERAGE
from orgraph.schema.model import CoverageMeasure, NodeKind, RelationshipKind
from orgraph.schema.party import PARTY
from orgraph.schema.proposals import PROPOSALS
from orgraph.schema.relationships import RELATIONSHIPS
from orgraph.schema.services import SERVICES
from orgraph.schema.territory import TERRITORY

NODE_KINDS: Mapping[str, NodeKind] = MappingProxyType(
    {kind.name: kind for kind in (*TERRITORY, *PARTY, *SERVICES, *PROPOSALS)}
)
"""Every node kind by its class name, such as ``PartyOrganization``."""

NODE_KIND_BY_PLURAL: Mapping[str, NodeKind] = MappingProxyType(
    {kind.plural: kind for kind in NODE_KINDS.values()}
)
"""Every node kind by the word for files, tables and query roots, such as ``organizations``."""

RELATIONSHIP_KINDS: Mapping[str, RelationshipKind] = MappingProxyType(
    {kind.name: kind for kind in RELATIONSHIPS}
)
"""Every relationship kind by name, such as ``PART_OF``."""

COVERAGE_MEASURES: Mapping[str, CoverageMeasure] = MappingProxyType({m.name: m for m in COVERAGE})
"""Every coverage measure by name, such as ``grids_with_worker``."""
