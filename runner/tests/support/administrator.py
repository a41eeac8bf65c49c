"""The customer's administrator: makes the namespace and the identity that the runner works with."""

import base64
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nightlane_runner.api.client import Api
from nightlane_runner.api.errors import ApiRefused
from nightlane_runner.api.kubeconfig import FEDERATED_TOKEN, read_kubeconfig
from nightlane_runner.json_tree import JsonObject, object_at, objects_at, text_at
from tests.support.patient_api import PatientApi

RUNNER_RULES: list[tuple[str, str, list[str]]] = [
    ("batch", "jobs", ["create", "get", "list", "watch", "delete"]),
    ("", "pods", ["get", "list", "delete"]),
    ("", "pods/log", ["get"]),
    ("", "pods/exec", ["get", "create"]),
    ("", "events", ["list"]),
    ("coordination.k8s.io", "leases", ["get", "create", "update"]),
]
"""All that the runner may do in the customer's namespace. The tests hold it to that."""

NIGHTLANE = "nightlane"


@dataclass(frozen=True)
class Administrator:
    """Works in one namespace of one API server with all rights."""

    api: Api
    kubeconfig: Path
    namespace: str

    @staticmethod
    def of_new_namespace(kubeconfig: Path, scratch: Path) -> "Administrator":
        """Make a namespace with the runner's identity in it."""
        api = PatientApi(kubeconfig, scratch)
        admin = Administrator(api, kubeconfig, f"risk-{secrets.token_hex(4)}")
        api.create("/api/v1/namespaces", _object("v1", "Namespace", admin.namespace))
        admin.make_identity()
        rules: list[JsonObject] = [
            {"apiGroups": [group], "resources": [resource], "verbs": list(verbs)}
            for group, resource, verbs in RUNNER_RULES
        ]
        role = _object("rbac.authorization.k8s.io/v1", "Role", NIGHTLANE)
        api.create(admin.rbac("roles"), {**role, "rules": list(rules)})
        binding = _object("rbac.authorization.k8s.io/v1", "RoleBinding", NIGHTLANE)
        api.create(
            admin.rbac("rolebindings"),
            {
                **binding,
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": NIGHTLANE},
                "subjects": [{"kind": "ServiceAccount", "name": NIGHTLANE, "namespace": admin.namespace}],
            },
        )
        return admin

    def make_identity(self) -> None:
        """Make the service account whose token is the runner's credential."""
        self.api.create(self.core("serviceaccounts"), _object("v1", "ServiceAccount", NIGHTLANE))

    def remove_identity(self) -> None:
        """Remove it, and with it every token."""
        self.api.delete(self.core(f"serviceaccounts/{NIGHTLANE}"), {})

    def write_kubeconfig(self, file: Path, port: int | None = None, authority: str | None = None) -> None:
        """Write the runner's kubeconfig with a fresh token.

        Args:
            file: where to.
            port: port on loopback to reach the API server through. Default: its own.
            authority: whom to trust, PEM. Default: who has issued the API server's certificate.

        """
        self._write_kubeconfig(file, {"token": self.token()}, port, authority)

    def write_federated_kubeconfig(self, file: Path, port: int | None = None) -> None:
        """Write the kubeconfig of a federated customer without the token beside it, or one through a gateway."""
        self._write_kubeconfig(file, {"tokenFile": FEDERATED_TOKEN}, port, None)

    def token(self) -> str:
        """Make a token of the runner's identity."""
        request: JsonObject = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
        answer = self.api.create(self.core(f"serviceaccounts/{NIGHTLANE}/token"), request)
        return text_at(answer, "status", "token")

    def _write_kubeconfig(self, file: Path, user: JsonObject, port: int | None, authority: str | None) -> None:
        server = read_kubeconfig(self.kubeconfig)
        tree = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "customer",
            "contexts": [{"name": "customer", "context": {"cluster": "customer", "user": NIGHTLANE}}],
            "clusters": [
                {
                    "name": "customer",
                    "cluster": {
                        "server": f"https://{server.host}:{port or server.port}",
                        "certificate-authority-data": base64.b64encode(
                            (authority or server.certificate_authority).encode()
                        ).decode(),
                    },
                }
            ],
            "users": [{"name": NIGHTLANE, "user": user}],
        }
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name("kubeconfig.new")
        fresh.write_text(json.dumps(tree), encoding="utf-8")
        fresh.replace(file)

    def jobs(self) -> list[JsonObject]:
        """List the namespace's Jobs."""
        return objects_at(self.api.get(self.batch("jobs")), "items")

    def only_job(self) -> str:
        """Return the name of the namespace's Job, of which there is one."""
        (job,) = self.jobs()
        return text_at(job, "metadata", "name")

    def job(self, name: str) -> JsonObject | None:
        """Read a Job."""
        try:
            return self.api.get(self.batch(f"jobs/{name}"))
        except ApiRefused:
            return None

    def delete_job(self, name: str) -> None:
        """Delete a Job with its pods."""
        self.api.delete(self.batch(f"jobs/{name}"), {"propagationPolicy": "Background"})

    def suspend_job(self, name: str, suspended: bool) -> None:
        """Suspend or resume a Job."""
        self.change(self.batch(f"jobs/{name}"), lambda job: object_at(job, "spec").update(suspend=suspended))

    def change(self, path: str, edit: Callable[[JsonObject], object], subresource: str = "") -> JsonObject:
        """Read an object, edit it and write it back, again if somebody else was faster."""
        while True:
            tree = self.api.get(path)
            edit(tree)
            try:
                return self.api.replace(f"{path}{subresource}", tree)
            except ApiRefused as error:
                if error.reason != "Conflict":
                    raise

    def core(self, resource: str) -> str:
        """Return the path of a core resource in the namespace."""
        return f"/api/v1/namespaces/{self.namespace}/{resource}"

    def batch(self, resource: str) -> str:
        """Return the path of a batch resource in the namespace."""
        return f"/apis/batch/v1/namespaces/{self.namespace}/{resource}"

    def rbac(self, resource: str) -> str:
        """Return the path of an RBAC resource in the namespace."""
        return f"/apis/rbac.authorization.k8s.io/v1/namespaces/{self.namespace}/{resource}"


def _object(version: str, kind: str, name: str) -> JsonObject:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}}
