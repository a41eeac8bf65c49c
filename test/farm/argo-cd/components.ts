import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ARGOCD_NAMESPACE } from "../../../constructs/apps/argo-cd.ts";
import type { Component } from "../component.ts";
import { quote } from "../sandbox-script.ts";

/** Ports on the loopback address of the central cluster's network, out of the way of Kubernetes' own. */
const PORTS = { redis: 17379, repoServer: 18081, repoServerMetrics: 18084, controllerMetrics: 18082 } as const;

/** What Argo CD's processes are started with. */
export interface ComponentsProps {
  /** Folder for their files. */
  readonly folder: string;
  /** Programs. */
  readonly tools: Readonly<Record<"argocd" | "helm", string>>;
  /** Kubeconfig of the application controller's own account. */
  readonly kubeconfig: string;
  readonly redisPassword: string;
  /** Lines for /etc/hosts, which these processes alone see. */
  readonly hosts: readonly string[];
  /** Authority that is trusted for a git host, PEM, by the host's name. */
  readonly authorities: Readonly<Record<string, string>>;
}

/** A component with the port that shows that it is ready. */
export interface ArgoCdComponent extends Component {
  readonly port: number;
}

/** The three processes that keep Applications; Argo CD's own API server is not needed for it. */
export async function argoCdComponents(props: ComponentsProps): Promise<readonly ArgoCdComponent[]> {
  const folders = await makeFolders(props);
  const environment = {
    REDIS_PASSWORD: props.redisPassword,
    ARGOCD_TLS_DATA_PATH: folders.tls,
    ARGOCD_SSH_DATA_PATH: folders.ssh,
    ARGOCD_GPG_DATA_PATH: folders.gpg,
    ARGOCD_GNUPGHOME: folders.gnupg,
    ARGOCD_GPG_ENABLED: "false",
    ARGOCD_PLUGINSOCKFILEPATH: folders.plugins,
    ARGOCD_ASK_PASS_SOCK: join(folders.tmp, "ask-pass.sock"),
    ARGOCD_FAKE_IN_CLUSTER: "true",
    HOME: folders.home,
    TMPDIR: folders.tmp,
    PATH: `${folders.bin}:/usr/local/bin:/usr/bin:/bin`,
  };
  const redisConfig = join(props.folder, "redis.conf");
  const lines = [`port ${PORTS.redis}`, "bind 127.0.0.1", 'save ""', "appendonly no", `dir ${folders.tmp}`];
  await writeFile(redisConfig, `${[...lines, `requirepass ${props.redisPassword}`].join("\n")}\n`, { mode: 0o600 });
  const redis = `127.0.0.1:${PORTS.redis}`;
  const repoServer = `127.0.0.1:${PORTS.repoServer}`;
  const component = async (
    name: string,
    port: number,
    command: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<ArgoCdComponent> => {
    const script = join(props.folder, `${name}.sh`);
    await writeFile(script, startScript(command, { ...environment, ...env }, join(props.folder, "hosts")), {
      mode: 0o700,
    });
    return { name, command: ["unshare", "--mount", "--propagation", "private", script], port };
  };
  const argocd = (name: string, port: number, args: readonly string[]): Promise<ArgoCdComponent> =>
    component(name, port, [props.tools.argocd, ...args], { ARGOCD_BINARY_NAME: name });
  return [
    await component("argocd-redis", PORTS.redis, ["/usr/bin/redis-server", redisConfig]),
    await argocd("argocd-repo-server", PORTS.repoServer, [
      ...["--address", "127.0.0.1", "--port", String(PORTS.repoServer)],
      ...["--metrics-port", String(PORTS.repoServerMetrics), "--redis", redis],
    ]),
    await argocd("argocd-application-controller", PORTS.controllerMetrics, [
      ...["--kubeconfig", props.kubeconfig, "--namespace", ARGOCD_NAMESPACE],
      ...["--redis", redis, "--repo-server", repoServer, "--metrics-port", String(PORTS.controllerMetrics)],
    ]),
  ];
}

const FOLDERS = ["tls", "ssh", "gpg", "gnupg", "plugins", "home", "tmp", "bin"] as const;

async function makeFolders(props: ComponentsProps): Promise<Readonly<Record<(typeof FOLDERS)[number], string>>> {
  for (const name of FOLDERS) {
    await mkdir(join(props.folder, name), { recursive: true, mode: 0o700 });
  }
  await writeFile(join(props.folder, "hosts"), ["127.0.0.1 localhost", ...props.hosts, ""].join("\n"));
  for (const [host, authority] of Object.entries(props.authorities)) {
    await writeFile(join(props.folder, "tls", host), authority);
  }
  await writeFile(join(props.folder, "bin", "helm"), `#!/bin/sh\nexec ${quote(props.tools.helm)} "$@"\n`, {
    mode: 0o755,
  });
  const at = (name: (typeof FOLDERS)[number]): string => join(props.folder, name);
  return {
    tls: at("tls"),
    ssh: at("ssh"),
    gpg: at("gpg"),
    gnupg: at("gnupg"),
    plugins: at("plugins"),
    home: at("home"),
    tmp: at("tmp"),
    bin: at("bin"),
  };
}

/** The environment is in a file, not in arguments, which every process of the machine may read. */
function startScript(command: readonly string[], env: Readonly<Record<string, string>>, hosts: string): string {
  return [
    "#!/bin/sh",
    "set -eu",
    `mount --bind ${quote(hosts)} /etc/hosts`,
    ...Object.entries(env).map(([name, value]) => `export ${name}=${quote(value)}`),
    `exec ${command.map(quote).join(" ")}`,
    "",
  ].join("\n");
}
