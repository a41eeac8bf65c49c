"""The customer's kubeconfig: checked before use, so that it can only do what a lane's credential is for."""

import base64
import binascii
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from nightlane_runner.document.input_check import Problem
from nightlane_runner.json_tree import Json, JsonObject, flag_at, object_at, objects_at, text_at

_TOKEN = re.compile(r"[!-~]+")
_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)*")


FEDERATED_TOKEN = "federated-token"  # noqa: S105 - a file's name
"""The one file that a kubeconfig may name: the pod's own token beside it, made for this customer alone."""


class UnusableKubeconfig(Exception):
    """The kubeconfig breaks rules; the text names each of them, and contains no secret."""

    def __init__(self, problems: list[Problem]) -> None:
        listed = "; ".join(f"({number}) {problem}" for number, problem in enumerate(problems, start=1))
        super().__init__(f"the kubeconfig cannot be used: {listed}")


_LEAST_TOKEN = 8
"""Characters. Anything shorter is not a secret, and occurs in many words."""


@dataclass(frozen=True, slots=True)
class Credential:
    """How to reach one API server as one identity.

    Attributes:
        host: the server's name or address, against which its certificate is checked.
        port: its port.
        path: what comes before the paths of Kubernetes: "" or such as "/k8s/clusters/c-m-abc", behind Rancher.
        certificate_authority: PEM.
        token: bearer token, "" if a client certificate is used.
        client_certificate: PEM, "" if a token is used.
        client_key: PEM, "" if a token is used.
        token_file: the file of the token that the kubelet renews in place; none if the kubeconfig holds the token.

    """

    host: str
    port: int
    path: str
    certificate_authority: str
    token: str = field(repr=False)
    client_certificate: str = field(repr=False)
    client_key: str = field(repr=False)
    token_file: Path | None = None

    def with_current_token(self) -> "Credential":
        """Return it with the token that is in the file now, itself if that is the same or there is no file."""
        if self.token_file is None:
            return self
        try:
            token = read_token(self.token_file)
        except (OSError, UnusableKubeconfig):
            return self  # the last good one stays in use; a 401 would reveal that it is not accepted
        return self if token == self.token else replace(self, token=token)

    def left_out_of(self, answer: bytes) -> bytes:
        """Return an answer without the token: a server or gateway that quotes a request would put it into a log."""
        return answer.replace(self.token.encode(), b"<token>") if len(self.token) >= _LEAST_TOKEN else answer

    def left_out_of_text(self, text: str) -> str:
        """Return a text without the token; half of a pair of characters, which JSON lets through, becomes a ?."""
        return self.left_out_of(text.encode("utf-8", "replace")).decode()

    @property
    def server(self) -> str:
        """The server's address for messages."""
        return f"https://{url_host(self.host)}:{self.port}{self.path}"


def read_kubeconfig(file: Path) -> Credential:
    """Read and check a kubeconfig.

    Raises:
        UnusableKubeconfig: it is not YAML, or breaks a rule: exactly one context, cluster and user; https;
            inline CA; inline token, the pod's own, or client certificate; no other files, plugins, proxy,
            server name or insecure flag.
        OSError: the file cannot be read.

    """
    try:
        tree: Json = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        # The parser's own message quotes the file, and with it the token.
        raise UnusableKubeconfig(
            [Problem("kubeconfig", "not YAML", "must be YAML", "write it with kubectl config view --raw --flatten")]
        ) from error
    return _Checker(tree, file.parent).credential()


def read_token(file: Path) -> str:
    """Read a token's file.

    Raises:
        UnusableKubeconfig: there is none, or no token in it.
        OSError: the file cannot be read.

    """
    rule = "must be the pod's own token for this customer"
    try:
        token = file.read_text(encoding="ascii").strip()
    except FileNotFoundError as error:
        # A template from before the customer was federated mounts no token.
        fix = "start the night with the lane's current template"
        raise UnusableKubeconfig([Problem(file.name, "no file", rule, fix)]) from error
    except UnicodeDecodeError:
        token = ""
    if _TOKEN.fullmatch(token) is None:
        raise UnusableKubeconfig(
            [Problem(file.name, "no token", rule, "check the pod's events: the kubelet provides it")]
        )
    return token


def url_host(address: str) -> str:
    """Return an address or a name as it is written in a URL."""
    return f"[{address}]" if ":" in address else address


class _Checker:
    def __init__(self, tree: Json, folder: Path) -> None:
        self._tree = tree
        self._folder = folder
        self._problems: list[Problem] = []

    def credential(self) -> Credential:
        context = object_at(self._only("contexts"), "context")
        cluster = object_at(self._only("clusters"), "cluster")
        user = object_at(self._only("users"), "user")
        self._same_name("cluster", context, "clusters")
        self._same_name("user", context, "users")
        self._forbid("cluster", cluster, "certificate-authority", "proxy-url")
        self._forbid("user", user, "exec", "auth-provider", "client-certificate", "client-key")
        self._forbid("user", user, "username", "password", "as")
        if "tls-server-name" in cluster:
            # The customer's file says for whom the certificate must be, and a reviewer reads it there.
            fix = "write that name as the server, in the customer's file too: the lane goes to its address anyway"
            self._problem("cluster.tls-server-name", "a value", "must not be used", fix)
        if flag_at(cluster, "insecure-skip-tls-verify"):
            self._problem("cluster.insecure-skip-tls-verify", "true", "must not be set", "remove it")
        host, port, path = self._server(text_at(cluster, "server"))
        authority = self._pem(cluster, "cluster", "certificate-authority-data")
        token_file = self._token_file(user)
        token = text_at(user, "token")
        if token and _TOKEN.fullmatch(token) is None:
            self._problem(
                "user.token",
                "a value",
                "must be printable ASCII without white space",
                "write it on one line, as issued",
            )
        certificate = key = ""
        if not token and token_file is None:
            certificate = self._pem(user, "user", "client-certificate-data")
            key = self._pem(user, "user", "client-key-data")
        if self._problems:
            raise UnusableKubeconfig(self._problems)
        if token_file is not None:
            token = read_token(token_file)
        return Credential(
            host=host,
            port=port,
            path=path,
            certificate_authority=authority,
            token=token,
            client_certificate=certificate,
            client_key=key,
            token_file=token_file,
        )

    def _token_file(self, user: JsonObject) -> Path | None:
        if "tokenFile" not in user:
            return None
        if text_at(user, "tokenFile") != FEDERATED_TOKEN or "token" in user:
            self._problem(
                "user.tokenFile",
                "a value",
                f"must be {FEDERATED_TOKEN}, and no token beside it: no other file belongs to a customer",
                "write the kubeconfig without it",
            )
            return None
        return self._folder / FEDERATED_TOKEN

    def _server(self, address: str) -> tuple[str, int, str]:
        try:
            parts = urlsplit(address)
            host, port = parts.hostname or "", parts.port or 443
        except ValueError:
            parts, host, port = urlsplit(""), "", 443
        path = parts.path.rstrip("/")
        further = "@" in parts.netloc or parts.query or parts.fragment
        if parts.scheme != "https" or not host or _PATH.fullmatch(path) is None or further:
            rule = "must be https://host:port, at most with the path of a cluster, and without a user or password"
            # Any other part may be a secret.
            shown = f"{parts.scheme}://{host}" if parts.scheme and host else "something else"
            self._problem("cluster.server", shown, rule, "write it like that")
        return host, port, path

    def _only(self, key: str) -> JsonObject:
        found = objects_at(self._tree, key)
        if len(found) == 1:
            return found[0]
        self._problem(key, f"{len(found)} entries", "must have exactly one entry", "keep the one of this customer")
        return {}

    def _same_name(self, key: str, context: JsonObject, listed: str) -> None:
        names = [text_at(item, "name") for item in objects_at(self._tree, listed)]
        if len(names) == 1 and text_at(context, key) != names[0]:
            self._problem(
                f"context.{key}", repr(text_at(context, key)), f"must name the entry in {listed}", "use its name"
            )

    def _forbid(self, owner: str, tree: JsonObject, *keys: str) -> None:
        for key in keys:
            if key in tree:
                self._problem(f"{owner}.{key}", "a value", "must not be used", "write the kubeconfig without it")

    def _pem(self, tree: JsonObject, owner: str, key: str) -> str:
        try:
            decoded = base64.b64decode(text_at(tree, key), validate=True).decode("ascii")
        except (binascii.Error, UnicodeDecodeError):
            decoded = ""
        if "-----BEGIN " not in decoded:
            shown = "a value" if key in tree else "nothing"
            self._problem(
                f"{owner}.{key}", shown, "must be PEM in base64", "use kubectl config view --raw --flatten --minify"
            )
        return decoded

    def _problem(self, prop: str, value: str, rule: str, fix: str) -> None:
        self._problems.append(Problem(prop, value, rule, fix))
