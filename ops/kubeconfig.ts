import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { parse } from "yaml";
import { ExitCode, OpsError } from "./exit-code.ts";
import { unknownName } from "./unknown-name.ts";

/** Which kubeconfig is used. */
export interface KubeconfigOptions {
  /** Path of one file. @default - the files that `KUBECONFIG` lists, else `~/.kube/config` */
  readonly kubeconfig?: string;
  /** Name of the context. @default - the current one */
  readonly context?: string;
}

/** What `--kubeconfig` is by default, for help. */
export const DEFAULT_KUBECONFIG = "$KUBECONFIG, else ~/.kube/config";

const HOW_TO = "name it with --kubeconfig FILE, or in KUBECONFIG; `kubectl config view` shows what kubectl uses";

function unusable(message: string, fix = HOW_TO): OpsError {
  return new OpsError(ExitCode.usage, message, fix);
}

/**
 * Loads the kubeconfig as kubectl does: of several files the first that defines a name wins, and missing files are
 * skipped.
 * @throws OpsError usage
 */
export function loadKubeconfig(options: KubeconfigOptions, environment = process.env): KubeConfig {
  const listed = (environment.KUBECONFIG ?? "").split(delimiter).filter((file) => file !== "");
  const files = options.kubeconfig !== undefined ? [options.kubeconfig] : listed;
  const wanted = files.length > 0 ? files : [join(environment.HOME ?? homedir(), ".kube", "config")];
  const found = wanted.filter((file) => existsSync(file));
  if (found.length === 0) {
    throw unusable(`there is no kubeconfig: ${wanted.join(", ")} does not exist`);
  }
  const config = merged(found.map(loadFile));
  if (options.context !== undefined) {
    config.setCurrentContext(options.context);
  }
  requireUsable(config, found, options);
  return config;
}

function loadFile(file: string): KubeConfig {
  const config = new KubeConfig();
  try {
    const content: unknown = parse(readFileSync(file, "utf8"));
    if (content === null) {
      return config;
    }
    if (typeof content !== "object" || Array.isArray(content)) {
      throw new Error("it is not a mapping of clusters, users and contexts");
    }
    config.loadFromFile(file);
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    throw unusable(`${file} cannot be read as a kubeconfig: ${reason}`);
  }
  return config;
}

function merged(configs: readonly KubeConfig[]): KubeConfig {
  const config = new KubeConfig();
  const current = configs.map((one) => one.getCurrentContext()).find(Boolean);
  config.loadFromOptions({
    clusters: firstOfName(configs.map((one) => one.getClusters())),
    users: firstOfName(configs.map((one) => one.getUsers())),
    contexts: firstOfName(configs.map((one) => one.getContexts())),
    currentContext: current,
  });
  return config;
}

function firstOfName<Named extends { readonly name: string }>(lists: readonly (readonly Named[])[]): Named[] {
  const found = new Map<string, Named>();
  for (const one of lists.flat()) {
    if (!found.has(one.name)) {
      found.set(one.name, one);
    }
  }
  return [...found.values()];
}

function requireUsable(config: KubeConfig, files: readonly string[], { context: asked }: KubeconfigOptions): void {
  const names = config.getContexts().map(({ name }) => name);
  const current = config.getCurrentContext();
  const place = files.join(", ");
  const nameOne = `name one with --context: ${names.join(", ") || "there is none"}`;
  if (!current) {
    throw unusable(`${place}: no current-context is set`, nameOne);
  }
  const context = config.getContextObject(current);
  if (context === null) {
    throw asked === undefined
      ? unusable(`${place}: current-context ${JSON.stringify(current)} is not one of its contexts`, nameOne)
      : unknownName("context", asked, names, ExitCode.usage);
  }
  for (const [what, name, thing] of [
    ["cluster", context.cluster, config.getCurrentCluster()],
    ["user", context.user, config.getCurrentUser()],
  ] as const) {
    if (thing === null) {
      const named = `${what} ${JSON.stringify(name)}, which does not exist`;
      throw unusable(`${place}: context ${JSON.stringify(current)} names ${named}`);
    }
  }
}
