"""The two ways in which an API server does not do what it was asked to, and what each of its answers means.

| answer | what it is | what is done |
|---|---|---|
| no answer, TLS, 408, 429, 5xx, not Kubernetes | unknown | asked again, up to the outage budget, then 20 |
| 401 | unknown: a credential may be renewed in place | the same; reported as `credential` |
| 403 | refused for the moment: roles are loaded late, bindings are fixed | asked again for two minutes, then 20 |
| 404, 409, 410 | a state, not a failure | the caller interprets it |
| 400, 413, 422 and every other one | refused for good | 50 if nothing runs |
"""

import re

from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ReadTimeoutError

from nightlane_runner.trouble import TroubleKind

_FORBIDDEN = 403

_BY_ROLE = re.compile(r'is forbidden: User "[^"]*" cannot ')
"""How an API server reports that a role lacks a right, whatever precedes it."""

_FORBIDDEN_TEXT = re.compile(
    r"\(403 \w*\)|Error from server \(Forbidden\)|admission webhook \"[^\"]*\" denied the request"
)
"""How the ways into a container pass on that something is forbidden; a webhook may give any status with it."""

APPLY_CUSTOMER_SIDE = "ask the customer's administrator to apply the customer side"
"""What fixes a role or a binding."""


class ApiUnknown(Exception):
    """No answer that can be trusted: the state is unknown, and this may pass by itself.

    Network and TLS failures, timeouts, overload, server errors, a credential that is not accepted at the
    moment, and answers that do not come from a Kubernetes API server (a load balancer's own page).

    Attributes:
        trouble: how it is reported if it lasts.

    """

    trouble = TroubleKind.UNREACHABLE


class CredentialRefused(ApiUnknown):
    """The credential is not accepted, at the moment or for good."""

    trouble = TroubleKind.CREDENTIAL


class CertificateRefused(ApiUnknown):
    """The server's certificate is not trusted, or it does not trust the runner's."""

    trouble = TroubleKind.CERTIFICATE


class NotPermitted(ApiUnknown):
    """The request is not permitted, which reveals nothing about its object.

    Permissions are missing for a moment after an API server has started, or for good.

    Attributes:
        remedy: what a person can do about it.

    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.remedy = remedy_of(message)


class ApiRefused(Exception):
    """The API server understood the request and refused it.

    Attributes:
        status: the HTTP status, 4xx.
        reason: the machine-readable reason, such as AlreadyExists.
        message: the server's own sentence.

    """

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(f"{status} {reason}: {message}")
        self.status = status
        self.reason = reason
        self.message = message

    @property
    def forbidden(self) -> bool:
        """Whether it may be permitted soon: by a role that is loaded late, or a policy that is fixed."""
        return self.status == _FORBIDDEN


def remedy_of(message: str) -> str:
    """Return what helps where a message says that something is forbidden: by a role, or by a policy or webhook."""
    return APPLY_CUSTOMER_SIDE if _BY_ROLE.search(message) else "have what refuses it checked"


def is_forbidden(message: str) -> bool:
    """Return whether the API server forbids what a message is about: by a role, policy or webhook."""
    return _BY_ROLE.search(message) is not None or _FORBIDDEN_TEXT.search(message) is not None


def words_of(error: Exception) -> str:
    """Return what an error says, without the names that the HTTP library gives its own parts."""
    match error:
        case NewConnectionError():
            return f"{error.conn.host}: {str(error).removeprefix(f'{error.conn}: ')}"
        case ConnectTimeoutError():
            return str(error.args[-1])
        case ReadTimeoutError():
            return f"{error.pool.host}: {str(error).removeprefix(f'{error.pool}: ')}"
    return str(error)
