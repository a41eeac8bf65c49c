"""The two ways in which an API server does not do what it was asked."""

from nightlane_runner.trouble import TroubleKind


class ApiUnknown(Exception):
    """No answer that can be trusted: nobody knows what the state is, and it may get better by itself.

    Network and TLS failures, timeouts, overload, server errors, a credential that is not accepted at the
    moment, and answers that do not come from a Kubernetes API server (a load balancer's own page).

    Attributes:
        trouble: what it is called where it lasts.

    """

    trouble = TroubleKind.UNREACHABLE


class CredentialRefused(ApiUnknown):
    """The credential is not accepted, at the moment or for good."""

    trouble = TroubleKind.CREDENTIAL


class CertificateRefused(ApiUnknown):
    """The server's certificate is not trusted, or it does not trust ours."""

    trouble = TroubleKind.CERTIFICATE


class ReadRefused(ApiUnknown):
    """Reading is not permitted, which says nothing about what was to be read.

    Permissions are missing for a moment after an API server has started, or for good.
    """


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
