"""What the driver and the server report, told as the errors of the port: what happened, where, what to do; never a query, a value or a secret."""

from __future__ import annotations

from neo4j.exceptions import (
    AuthConfigurationError,
    AuthError,
    ConfigurationError,
    DriverError,
    IncompleteCommit,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
)

from orgraph.errors import StoreError, StoreUnavailable
from orgraph.store.neo4j.address import Address

_BY_CODE = {
    "Neo.ClientError.Database.DatabaseNotFound": "store_no_database",
    "Neo.ClientError.Security.Forbidden": "store_no_right",
    "Neo.ClientError.Security.AuthenticationRateLimit": "store_login_blocked",
    "Neo.ClientError.Security.CredentialsExpired": "store_password_expired",
    "Neo.ClientError.General.ForbiddenOnReadOnlyDatabase": "store_database_read_only",
    "Neo.ClientError.General.WriteOnReadOnlyAccessDatabase": "store_database_read_only",
    "Neo.ClientError.Transaction.TransactionTimedOut": "store_timed_out",
    "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration": "store_timed_out",
    "Neo.ClientError.Transaction.LockClientStopped": "store_timed_out",
    "Neo.TransientError.Transaction.LockAcquisitionTimeout": "store_timed_out",
    "Neo.TransientError.General.MemoryPoolOutOfMemoryError": "store_server_memory",
    "Neo.TransientError.General.TransactionOutOfMemoryError": "store_server_memory",
    "Neo.TransientError.General.OutOfMemoryError": "store_server_memory",
    "Neo.TransientError.General.DatabaseUnavailable": "store_database_unavailable",
    "Neo.TransientError.Database.DatabaseUnavailable": "store_database_unavailable",
    # a database that has met a disk error starts no transaction until it is started again
    "Neo.DatabaseError.Transaction.TransactionStartFailed": "store_database_unavailable",
    "Neo.DatabaseError.Transaction.TransactionCommitFailed": "store_server_write_failed",
    "Neo.DatabaseError.Transaction.TransactionRollbackFailed": "store_server_write_failed",
    "Neo.DatabaseError.Transaction.TransactionLogError": "store_server_write_failed",
    "Neo.DatabaseError.General.StorageDamageDetected": "store_server_damaged",
}

_OVERTAKEN = "Neo.TransientError.Transaction.Outdated"


class Overtaken(StoreUnavailable):
    """What a read was looking at is no longer there: a commit went by. The server notices that now and then, and ends the read."""


def translated(error: Exception, address: Address) -> StoreError:
    """Return the port's error for one of the driver's, the server's or the network's."""
    where = str(address)
    if isinstance(error, IncompleteCommit):
        return StoreUnavailable("store_commit_unknown", address=where)
    if isinstance(error, ServiceUnavailable | SessionExpired | OSError):
        key = "store_unreachable_encrypted" if address.is_encrypted else "store_unreachable"
        return StoreUnavailable(key, address=where)
    if isinstance(error, Neo4jError):
        code = _BY_CODE.get(error.code or "")
        if code is not None:
            return StoreUnavailable(code, address=where, database=address.database)
        if error.code == _OVERTAKEN:
            return Overtaken("store_busy_server", address=where)
        if isinstance(error, AuthError):
            return StoreUnavailable("store_login_refused", address=where)
        if error.is_retryable():
            return StoreUnavailable("store_busy_server", address=where)
        return StoreError("store_server_failed", address=where, problem=error.code or type(error).__name__)
    if isinstance(error, ConfigurationError | AuthConfigurationError):
        return StoreError("store_configuration", address=where, problem=type(error).__name__)
    assert isinstance(error, DriverError)
    return StoreUnavailable("store_unreachable", address=where)
