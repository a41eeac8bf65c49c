"""Where the runner's container has its mounts."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """The container's mounts below one root.

    Attributes:
        root: "/" in a pod; another folder on a laptop or in tests (environment variable NIGHTLANE_MOUNT_ROOT).

    """

    root: Path = Path("/")

    @property
    def kubeconfig(self) -> Path:
        """The customer's kubeconfig. Its content changes in place when the credential is rotated."""
        return self.root / "credentials" / "kubeconfig"

    @property
    def addresses(self) -> Path:
        """The addresses of the customer's API server. They change in place when the lane is deployed with others."""
        return self.root / "server" / "addresses"

    @property
    def results(self) -> Path:
        """The lane's results volume."""
        return self.root / "results"

    @property
    def annotations(self) -> Path:
        """The pod's own annotations, kept current by the downward API: the way in for orders."""
        return self.root / "podinfo" / "annotations"

    @property
    def outputs(self) -> Path:
        """Files that the workflow reads as output parameters."""
        return self.root / "tmp" / "outputs"

    @property
    def scratch(self) -> Path:
        """The one writable folder of the container besides the results volume."""
        return self.root / "tmp"

    @property
    def termination_log(self) -> Path:
        """The file whose content Kubernetes shows as the container's termination message."""
        return self.root / "dev" / "termination-log"
