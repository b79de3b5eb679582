"""`Gate`: no document is executed before it has passed the limits, whichever transport it came by."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from graphql import GraphQLError
from strawberry.extensions import MaskErrors, SchemaExtension

from api.errors import masked
from api.limits_documents import Prepared
from orgraph.errors import OrgraphError


class Gate(SchemaExtension):
    """Parses, measures and validates; tells the cost under ``extensions.cost``. The documents come with the context."""

    _prepared: Prepared | None = None

    async def on_parse(self) -> AsyncIterator[None]:
        """Prepare the document. What is wrong is masked here: nothing that is raised before there is a result reaches the masking."""
        asked = self.execution_context
        call, documents = asked.context["call"], asked.context["documents"]
        try:
            self._prepared = await documents.prepared(asked.query or "", asked.variables)
            self._prepared.check_operation(call.asked_operation)
        except (GraphQLError, OrgraphError) as error:
            raise masked(error, call) from None
        asked.graphql_document = self._prepared.node
        call.cost = self._prepared.measure.cost
        yield

    def on_validate(self) -> Iterator[None]:
        """Hand over what validation says; an empty list says that it has been asked."""
        if self._prepared is not None:
            self.execution_context.pre_execution_errors = list(self._prepared.errors)
        yield

    def on_execute(self) -> Iterator[None]:
        """Note what is executed, for the log and the figures."""
        asked = self.execution_context
        asked.context["call"].executes(asked.operation_type.value, asked.operation_name)
        yield

    def get_results(self) -> dict[str, object]:
        """Tell the cost."""
        if self._prepared is None:
            return {}
        most = self.execution_context.context["documents"].limits.cost
        return {"cost": {"requested": self._prepared.measure.cost, "most": most}}


class Masking(MaskErrors):
    """Shows of every error what a client may see."""

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        """Return the masked error."""
        return masked(error, self.execution_context.context["call"])
