import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join, resolve } from "node:path";
import { UserError } from "../../constructs/definition/problem.ts";
import { Api } from "../support/api.ts";
import { type Component, type Launcher, startupFailure, untilReady } from "./component.ts";
import { CONTROL_PLANE_TOOLS, type ControlPlanePorts, prepareControlPlane } from "./control-plane.ts";
import { identify, type ProcessIdentity, terminate } from "./processes.ts";
import { plainEnvironment } from "./run.ts";
import { ensureTools } from "./tools/ensure.ts";
import { type Reporter, silentReporter } from "./tools/reporter.ts";

/** How a bare API server is started. */
export interface ApiServerOptions {
  /** Folder for its files; made if it is missing. Starting again in the same folder keeps what was stored. */
  readonly dir: string;
  /** Gets progress when tools have to be built first. @default - nobody */
  readonly reporter?: Reporter;
  /** Whether others may find out, at its address, who signs its tokens. @default false */
  readonly isIssuer?: boolean;
  /** Which other issuers' tokens it accepts. @default - none */
  readonly authentication?: object;
  /** Further flags of kube-apiserver. @default - none */
  readonly flags?: readonly string[];
}

/** A running API server. */
export interface ApiServer {
  /** Kubeconfig of its administrator. */
  readonly kubeconfig: string;
  /** Where its etcd listens, for storing things faster than by requests. */
  readonly etcd: string;
  /** Ends it and everything that belongs to it. */
  stop(): Promise<void>;
}

const LOOPBACK = "127.0.0.1";

/** How long it may take to answer: on a busy machine, and with many objects stored, it is slow. */
const READY_SECONDS = 180;

const STARTS = 3;

/**
 * Starts a control plane without nodes on loopback: etcd, kube-apiserver and kube-controller-manager, on free ports,
 * without root. Admission, RBAC and garbage collection are real; pods stay Pending. Ready after about four seconds.
 * Its processes end with the process that called, however that ends.
 *
 * One that ends at its start is started again on other ports: somebody else may have taken one meanwhile.
 *
 * @throws UserError with the last output of what did not start
 */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  for (let left = STARTS; ; left -= 1) {
    try {
      return await startOnce(options);
    } catch (error) {
      if (left === 1 || !(error instanceof UserError)) {
        throw error;
      }
    }
  }
}

async function startOnce(options: ApiServerOptions): Promise<ApiServer> {
  const dir = resolve(options.dir);
  const tools = await ensureTools(CONTROL_PLANE_TOOLS, options.reporter ?? silentReporter);
  const ports = await freePorts();
  const controlPlane = await prepareControlPlane({
    name: "api-server",
    pki: join(dir, "pki"),
    config: join(dir, "config"),
    etcd: join(dir, "etcd"),
    tools,
    bindAddress: LOOPBACK,
    address: LOOPBACK,
    ports,
    serviceRange: "10.61.0.0/16",
    serviceAddress: "10.61.0.1",
    hostnames: [],
    ...(options.isIssuer === true ? { issuer: `https://${LOOPBACK}:${ports.api}` } : {}),
    ...(options.authentication === undefined ? {} : { authentication: options.authentication }),
  });
  const started: ProcessIdentity[] = [];
  const client = await Api.fromKubeconfig(controlPlane.adminKubeconfig);
  const stop = async (): Promise<void> => {
    client.close();
    // The API server first: without etcd it would wait for it instead of ending.
    for (const process of started.toReversed()) {
      await terminate(process);
    }
  };
  const start = async (component: Component): Promise<() => Promise<void>> => {
    const log = join(dir, "logs", `${component.name}.log`);
    const identity = await childLauncher.start(component, log);
    started.push(identity);
    return () => untilReady(component, identity, log, READY_SECONDS, () => client.isReady());
  };
  try {
    await start(controlPlane.etcd);
    const { command } = controlPlane.apiServer;
    const apiServerReady = await start({ ...controlPlane.apiServer, command: [...command, ...(options.flags ?? [])] });
    await apiServerReady();
    const log = join(dir, "logs", "kube-controller-manager.log");
    const controllers = await childLauncher.start(controlPlane.controllerManager, log);
    started.push(controllers);
    // Its first visible action: from now on namespaces are set up and pods can be created.
    const furnished = async (): Promise<boolean> =>
      (await client.find("/api/v1/namespaces/default/serviceaccounts/default")) !== undefined;
    await untilReady(controlPlane.controllerManager, controllers, log, READY_SECONDS, furnished);
  } catch (error) {
    await stop();
    throw error;
  }
  return { kubeconfig: controlPlane.adminKubeconfig, etcd: `http://${LOOPBACK}:${ports.etcdClient}`, stop };
}

/** Starts components as children of this process. */
const childLauncher: Launcher = {
  start: async (component, log) => {
    await mkdir(dirname(log), { recursive: true });
    const output = await open(log, "a");
    try {
      // The kernel ends them with this process even if it is killed; their own session keeps Ctrl-C from them, so that
      // they end in order.
      const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", ...component.command], {
        env: { ...plainEnvironment },
        stdio: ["ignore", output.fd, output.fd],
        detached: true,
        cwd: "/",
      });
      await Promise.race([once(child, "spawn"), once(child, "error").then(([error]) => Promise.reject(error))]);
      const identity = child.pid === undefined ? undefined : await identify(child.pid);
      if (identity === undefined) {
        throw await startupFailure(component, log);
      }
      child.unref();
      return identity;
    } finally {
      await output.close();
    }
  },
};

async function freePorts(): Promise<ControlPlanePorts> {
  // All are held open until all are known, so that no port comes twice.
  const servers = [createServer(), createServer(), createServer()];
  const ports = await Promise.all(
    servers.map(async (server) => {
      server.listen(0, LOOPBACK);
      await once(server, "listening");
      const address = server.address();
      if (address === null || typeof address === "string") {
        throw new Error("a TCP server has no port");
      }
      return address.port;
    }),
  );
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  const [api = 0, etcdClient = 0, etcdPeer = 0] = ports;
  return { api, etcdClient, etcdPeer };
}
