import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Root of this checkout. */
export const repositoryRoot = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** Where the farm keeps its state: NIGHTLANE_FARM, or /var/lib/nightlane-farm. */
export function farmRoot(): string {
  return resolve(process.env.NIGHTLANE_FARM || "/var/lib/nightlane-farm");
}

/** Files and folders of a farm. */
export class FarmPaths {
  /** What runs: clusters, processes. */
  readonly state: string;
  /** Logical image names and the references by digest that pods use. */
  readonly images: string;
  /** Held by the command that changes the farm. */
  readonly lock: string;
  /** Manifests synthesized with the farm's images. */
  readonly dist: string;
  /** Programs to put on PATH. */
  readonly programs: string;
  /**
   * Unpacked images, one folder per cluster: the one thing that outlives `farm down`, so that the next start is quick.
   */
  readonly imageStores: string;

  constructor(readonly root: string) {
    this.state = join(root, "farm.json");
    this.images = join(root, "images.json");
    this.lock = join(root, "lock");
    this.dist = join(root, "dist");
    this.programs = join(root, "bin");
    this.imageStores = join(root, "image-stores");
  }

  /** Kubeconfig of the central cluster's administrator. */
  get centralKubeconfig(): string {
    return join(this.root, "central", "admin.kubeconfig");
  }

  /** Folder with a customer's credentials. */
  customer(name: string): CustomerPaths {
    return new CustomerPaths(join(this.root, "customers", name));
  }

  /** Files of one cluster's control plane and node. */
  cluster(id: string): ClusterPaths {
    return new ClusterPaths(join(this.root, "clusters", id), join(this.imageStores, id));
  }
}

/** What the farm keeps of a customer outside its cluster. */
export class CustomerPaths {
  /** Kubeconfig of the administrator of the customer's cluster. */
  readonly adminKubeconfig: string;
  /** Kubeconfig of Nightlane's identity in the customer's cluster. */
  readonly kubeconfig: string;
  /** Certificate authority of the customer's cluster. */
  readonly authority: string;
  /** How the pricing application is deployed at this customer. */
  readonly pricingEngine: string;

  constructor(readonly root: string) {
    this.adminKubeconfig = join(root, "admin.kubeconfig");
    this.kubeconfig = join(root, "nightlane.kubeconfig");
    this.authority = join(root, "ca.pem");
    this.pricingEngine = join(root, "pricing-engine");
  }
}

/** Files and folders of one cluster's control plane and node. */
export class ClusterPaths {
  readonly pki: string;
  readonly config: string;
  /**
   * Registries that the cluster's nodes reach in their own way: `<host>:<port>/hosts.toml`. @see
   * https://github.com/containerd/containerd/blob/main/docs/hosts.md
   */
  readonly registries: string;
  readonly logs: string;
  readonly etcd: string;
  /** Folders that replace the machine's own inside the cluster's mount namespace. */
  readonly machine: string;
  /** Content of PersistentVolumes. */
  readonly volumes: string;
  /** Exists once the cluster has been complete; a cluster without it is rebuilt. */
  readonly complete: string;

  constructor(
    readonly root: string,
    readonly imageStore: string,
  ) {
    this.pki = join(root, "pki");
    this.config = join(root, "config");
    this.registries = join(this.config, "registries");
    this.logs = join(root, "logs");
    this.etcd = join(root, "etcd");
    this.machine = join(root, "machine");
    this.volumes = join(root, "volumes");
    this.complete = join(root, "complete");
  }
}
