import { join } from "node:path";
import { Writable } from "node:stream";
import { KubeConfig } from "@kubernetes/client-node";
import { SYSTEM_NAMESPACE } from "../../constructs/definition/central-cluster.ts";
import { NIGHTWATCH_SERVICE_ACCOUNT } from "../../constructs/platform/nightwatch-rbac.ts";
import { ONCALL_GROUP } from "../../constructs/platform/oncall-role.ts";
import { bundlePage } from "../../nightwatch/page/bundle.ts";
import { startNightwatch } from "../../nightwatch/start.ts";
import { Central } from "../../ops/central.ts";
import { main } from "../../ops/cli.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import { type NightState, nightState } from "../../runs/night-state.ts";
import type { StepState } from "../../runs/step-status.ts";
import { writeCertificateKubeconfig } from "../farm/kubeconfig.ts";
import { Pki } from "../farm/pki.ts";
import { type ProcessIdentity, terminate } from "../farm/processes.ts";
import { until } from "../farm/wait.ts";
import { GuardedCluster } from "./admission-support.ts";
import { startController } from "./argo-controller.ts";
import { PlayedKubelet } from "./ops-kubelet.ts";
import { serverOf, serviceAccountKubeconfig } from "./service-account.ts";

/** What a command line printed and how it ended. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** How a cluster's nightwatch is set up. */
export interface OpsNightwatch {
  /** Folder with the address that notifications go to. @default - nobody is called */
  readonly webhookFolder?: string;
}

/** A real API server with the platform's policies, the real Argo controller, nightwatch, and a played kubelet. */
export class OpsCluster {
  /** What nightwatch has logged as errors. */
  readonly nightwatchErrors: string[] = [];
  private nightwatch: Awaited<ReturnType<typeof startNightwatch>> | undefined;

  private constructor(
    readonly guarded: GuardedCluster,
    readonly kubelet: PlayedKubelet,
    /** Administrator's view. */
    readonly central: Central,
    private controller: ProcessIdentity,
    private readonly pki: Pki,
  ) {}

  static async start(): Promise<OpsCluster> {
    const guarded = await GuardedCluster.start();
    await untilQuotasAreUsable(guarded);
    await untilRunRecordsAreServed(guarded);
    const { kubeconfig, folder } = guarded.central;
    const pki = await Pki.open(join(folder.path, "api-server", "pki"), "api-server");
    const controller = await startController(guarded.central);
    const namespaces = Object.keys(guarded.lanes).map(laneNamespace);
    const kubelet = new PlayedKubelet(kubeconfig, namespaces);
    kubelet.start();
    const cluster = new OpsCluster(guarded, kubelet, Central.fromKubeconfig(kubeconfig), controller, pki);
    await cluster.startNightwatch();
    await until({ what: "nightwatch has listed everything", limitSeconds: 120 }, async () => {
      return (await cluster.askNightwatch("/readyz")).status === 200;
    });
    return cluster;
  }

  /** Starts nightwatch with exactly the rights of its service account; one that runs is ended before. */
  async startNightwatch({ webhookFolder = "/nonexistent" }: OpsNightwatch = {}): Promise<void> {
    await this.stopNightwatch();
    const config = new KubeConfig();
    config.loadFromFile(await this.serviceAccount(SYSTEM_NAMESPACE, NIGHTWATCH_SERVICE_ACCOUNT));
    this.nightwatch = await startNightwatch({
      config,
      namespace: SYSTEM_NAMESPACE,
      webhookFolder,
      retentionDays: 90,
      port: 0,
      page: { port: 0, assets: await bundlePage() },
      roundMilliseconds: 300,
      identity: "nightwatch-1",
      lost: () => {
        this.nightwatchErrors.push("the lease was lost");
      },
      log: (level, text) => {
        if (level === "error") {
          this.nightwatchErrors.push(text);
        }
      },
    });
  }

  async stopNightwatch(): Promise<void> {
    await this.nightwatch?.stop();
    this.nightwatch = undefined;
  }

  /** Asks nightwatch itself: `/metrics`, `/healthz` or `/readyz`. */
  async askNightwatch(path: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.nightwatch?.port}${path}`);
  }

  /** Port of nightwatch's page. */
  get pagePort(): number {
    return this.nightwatch?.pagePort ?? 0;
  }

  /** Kubeconfig of an operator on call, with exactly the rights of the platform's role. */
  async operator(name: string, group = ONCALL_GROUP): Promise<string> {
    const file = join(this.guarded.central.folder.path, `${name}.kubeconfig`);
    const certificate = await this.pki.certificate(name, { commonName: name, organization: group });
    const server = serverOf(this.guarded.central.kubeconfig);
    await writeCertificateKubeconfig(file, { cluster: "central", server, user: name }, this.pki.authority, certificate);
    return file;
  }

  /** Kubeconfig of a service account, with exactly the rights that are bound to it. */
  async serviceAccount(namespace: string, name: string): Promise<string> {
    return serviceAccountKubeconfig(this.guarded.central, namespace, name);
  }

  /** Runs `nightlane` as somebody. */
  async nightlane(kubeconfig: string, ...args: readonly string[]): Promise<Outcome> {
    const out = new Collected();
    const err = new Collected();
    const code = await main([...args, "--kubeconfig", kubeconfig], { out, err });
    return { code, out: out.text, err: err.text };
  }

  /** A night as it is now. */
  async night(customer: string, workflow: string): Promise<NightState> {
    return nightState(await this.central.workflow(laneNamespace(customer), workflow), Date.now());
  }

  /** Waits until a step is in a state. */
  async untilStep(
    customer: string,
    workflow: string,
    step: string,
    state: StepState,
    attempts?: number,
  ): Promise<void> {
    const what = `${step} of ${customer} is ${state}`;
    await until({ what, limitSeconds: 180, everyMilliseconds: 250 }, async () => {
      const found = (await this.night(customer, workflow)).steps.find((one) => one.name === step);
      return found?.state === state && (attempts === undefined || found.attempts === attempts);
    });
  }

  /** Waits until a night is in a phase. */
  async untilPhase(customer: string, workflow: string, phase: NightState["phase"]): Promise<void> {
    const what = `${workflow} of ${customer} is ${phase}`;
    await until({ what, limitSeconds: 180, everyMilliseconds: 250 }, async () => {
      return (await this.night(customer, workflow)).phase === phase;
    });
  }

  /** Waits until a step has had so many runners. */
  async untilStarts(customer: string, step: string, count: number): Promise<void> {
    const what = `${step} of ${customer} has had ${count} runners`;
    await until({ what, limitSeconds: 180 }, async () => this.kubelet.starts(customer, step) >= count);
  }

  /** Kills Argo's controller, and starts another one. */
  async restartController(): Promise<void> {
    await terminate(this.controller, 0);
    this.controller = await startController(this.guarded.central);
  }

  async stop(): Promise<void> {
    await this.stopNightwatch();
    await this.kubelet.stop();
    // Run as a process it does not end on SIGTERM within a minute.
    await terminate(this.controller, 0);
    await this.guarded.stop();
  }
}

/** A quota without counts refuses everything. */
async function untilQuotasAreUsable(guarded: GuardedCluster): Promise<void> {
  const what = "the lanes' quotas have been counted";
  await until({ what, limitSeconds: 120, everyMilliseconds: 500 }, async () => {
    const quotas = await guarded.central.kubectl(
      "get",
      "resourcequotas",
      "-A",
      "-o",
      "jsonpath={.items[*].status.used}",
    );
    const counted = ["count/workflows.argoproj.io", "count/nightacts.nightlane.example"];
    return counted.every((what) => quotas.split(what).length > Object.keys(guarded.lanes).length);
  });
}

/** For a moment after its definition is established, a kind's storage answers that it is being made ready. */
async function untilRunRecordsAreServed(guarded: GuardedCluster): Promise<void> {
  const options = { what: "the run records are served", limitSeconds: 120, everyMilliseconds: 500 };
  await until(options, () =>
    guarded.central.kubectl("get", "runrecords", "-A").then(
      () => true,
      () => false,
    ),
  );
}

class Collected extends Writable {
  text = "";

  override _write(chunk: Buffer, _encoding: BufferEncoding, next: (error?: Error | null) => void): void {
    this.text += chunk.toString();
    next();
  }
}
