import { Duration, Size } from "cdk8s";
import type { Cpu } from "cdk8s-plus-27";
import { isObject } from "../../runs/json.ts";
import type { HelmApp } from "../apps/helm-app.ts";
import { runnersAtOnce } from "../night/runners-at-once.ts";
import { APPS_KUBECONFIG, type CustomerCredentials, gitlabFile } from "./credential-reference.ts";
import { given, withDefaults } from "./given.ts";
import { type RiskWorkflow, withSteps } from "./risk-workflow.ts";

/** The cluster in which a customer runs the vendor's software. */
export interface ClusterProps {
  /**
   * URL of the API server, https: the name must be in its certificate, and may be one that nothing resolves, such as a
   * kubeconfig's `tls-server-name`. A path is for servers behind Rancher and the like.
   * @example "https://k8s.nordbank.example:6443"
   */
  readonly server: string;
  /**
   * IPv4 or IPv6 address of the API server, or its addresses, which are tried in this order: the only ones outside the
   * central cluster that the lane may reach. Read when a runner connects: once a new one is deployed, running nights
   * and replays of past ones use it.
   * @default - none: a proxy leads there, and one of the two is needed
   * @example ["10.64.1.10", "10.64.1.11"]
   */
  readonly address?: string | readonly string[];
  /**
   * Instead of an address: a forward proxy that belongs to this customer alone and leads to its API server.
   * @default - none: the lane goes straight to the address
   * @example { address: "10.64.3.9", port: 3128 }
   */
  readonly proxy?: ProxyProps;
  /**
   * Certificate authority of the API server, PEM; two of them while one is renewed. It may be in a file beside this
   * one, with the same name: `import ca from "./nordbank.pem"`.
   */
  readonly ca: string;
  /** The capacity that the cluster has for a night; the night's parallel peak must fit into it. */
  readonly capacity: ClusterCapacity;
  /**
   * Namespace in the customer's cluster for Nightlane's identity, Spark and the applications.
   * @default "risk"
   */
  readonly namespace?: string;
  /**
   * Size of the results volume on the customer's side.
   * @default Size.gibibytes(100)
   */
  readonly resultsSize?: Size;
  /**
   * StorageClass of the results volume. It must allow ReadWriteMany: executors on several nodes write to it.
   * @default - the cluster's default class
   */
  readonly resultsStorageClass?: string;
}

/**
 * A forward proxy (HTTP CONNECT) of one customer: then the only place outside the central cluster that the lane may
 * reach. It gets `cluster.server` by name and resolves it, and sees nothing of what goes through it: TLS is between the
 * runner and the API server, under `cluster.ca`. It admits Nightlane by its source address, without a password.
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-connect
 */
export interface ProxyProps {
  /** IPv4 or IPv6 address. No other customer may have it. */
  readonly address: string;
  /** From 1 to 65535. */
  readonly port: number;
}

/** CPU and memory of the customer's nodes for Nightlane's namespace. */
export interface ClusterCapacity {
  readonly cpu: Cpu;
  readonly memory: Size;
}

/** The lane in the central cluster. */
export interface LaneProps {
  /**
   * How many runner pods may be alive at once; the quota is derived from it.
   * @default - enough for the busiest moment of a night, of a repeat and of all further nights beside it, at least 4
   */
  readonly runners?: number;
  /**
   * Size of the lane's results volume.
   * @default Size.gibibytes(20)
   */
  readonly resultsSize?: Size;
  /**
   * StorageClass of the lane's results volume; ReadWriteMany, since runners land on any node.
   * @default - the central cluster's default class
   */
  readonly resultsStorageClass?: string;
  /**
   * How long the results of a business date are kept, on the lane's results volume and on the customer's, after the
   * last write to any run of that date. For that long a run can be repeated from a later step on, with the results of
   * the steps before it. The seven newest business dates are kept however old they are. Whole days, at least 14.
   * @default Duration.days(90)
   */
  readonly keepResults?: Duration;
  /**
   * How long the logs of a run's attempts are kept on the lane's results volume after the last write to the run. Whole
   * days, at least 7, and no longer than the results.
   * @default Duration.days(30)
   */
  readonly keepLogs?: Duration;
}

/** What a customer file declares. */
export interface CustomerProps {
  /** Name of the customer: lane namespace, Pulumi stack, folder in dist. A lower-case DNS label of at most 40 characters. */
  readonly name: string;
  /**
   * Name for people.
   * @default - the name
   */
  readonly displayName?: string;
  readonly cluster: ClusterProps;
  /**
   * Where the deployment finds the credentials.
   * @default - File variables of the GitLab environment `customers/<name>` with the usual names: `kubeconfig` is
   * CUSTOMER_KUBECONFIG and, where there are `apps`, `appsKubeconfig` is APPS_KUBECONFIG
   */
  readonly credentials?: CustomerCredentials;
  /**
   * The lane in the central cluster.
   * @default - as many runners as the night needs, 20 GiB of results, kept for 90 days, logs for 30
   */
  readonly lane?: LaneProps;
  /**
   * Applications that Argo CD keeps in the customer's cluster, by the name of their Helm release.
   * @default - none: the cluster's operators deploy the applications that steps enter
   */
  readonly apps?: Readonly<Record<string, HelmApp>>;
  /** The nightly ones: what runs each business day. */
  readonly workflow: RiskWorkflow;
  /**
   * Further nights by their names, each with a schedule, deadlines and steps of its own: a second one each day, a weekly
   * one, month-end and year-end. Each has one run 1 for each of its business dates, results and records apart from all
   * others, and is called `<customer>/<name>` in alerts and commands. A name is lower-case words with dashes between
   * them, at most 20 characters, each word with a letter first.
   * @default - none
   * @example { "month-end": sparkRiskWorkflow({ schedule: nightly("23:30", { timezone: "Europe/Berlin", on: "last-of-month" }), steps }) }
   */
  readonly furtherNights?: Readonly<Record<string, RiskWorkflow>>;
}

/** A customer with every default applied. */
export interface CustomerDefinition {
  readonly name: string;
  readonly displayName: string;
  readonly cluster: ClusterProps & Required<Pick<ClusterProps, "namespace" | "resultsSize">>;
  readonly credentials: CustomerCredentials;
  readonly lane: Required<Omit<LaneProps, "resultsStorageClass">> & Pick<LaneProps, "resultsStorageClass">;
  readonly apps: Readonly<Record<string, HelmApp>>;
  readonly workflow: RiskWorkflow;
  readonly furtherNights: Readonly<Record<string, RiskWorkflow>>;
}

const definitions = new WeakSet<CustomerDefinition>();

/** Tonight's night, and a repeat that a person has started beside it. */
const NIGHTS_AT_ONCE = 2;

/** Even a night of one step after the other needs a lane with room for something else. */
const FEWEST_RUNNERS = 4;

/**
 * Declares a customer: the default export of a file in `customers/`. Nothing is checked here, so that a file's problems
 * can be reported together, with the file's name: see `checkCustomer`.
 * @example
 * ```ts
 * export default defineCustomer({
 *   name: "seebank",
 *   displayName: "Seebank AG",
 *   cluster: {
 *     server: "https://k8s.seebank.example:6443",
 *     address: "10.64.3.10",
 *     ca,
 *     capacity: { cpu: Cpu.units(64), memory: Size.gibibytes(256) },
 *   },
 *   workflow: sparkRiskWorkflow({
 *     schedule: nightly("22:30", { timezone: "Europe/Berlin", calendar: TARGET }),
 *     steps: (night) => {
 *       night.spark("var-es", { app: riskApp("var_es.py") });
 *     },
 *   }),
 * });
 * ```
 */
export function defineCustomer(props: CustomerProps): CustomerDefinition {
  const {
    name,
    displayName = String(name),
    cluster,
    lane = {},
    apps = {},
    credentials = usualCredentials(apps),
    workflow,
    furtherNights = {},
    ...rest
  } = given(props) as CustomerProps;
  const definition: CustomerDefinition = {
    ...rest,
    credentials,
    name,
    displayName,
    cluster: withDefaults(cluster, { namespace: "risk", resultsSize: Size.gibibytes(100) }),
    lane: withDefaults(lane, {
      runners: Math.max(
        FEWEST_RUNNERS,
        NIGHTS_AT_ONCE * runnersOf(workflow) +
          Object.values(given(furtherNights)).reduce((sum, further) => sum + runnersOf(further), 0),
      ),
      resultsSize: Size.gibibytes(20),
      keepResults: Duration.days(90),
      keepLogs: Duration.days(30),
    }),
    apps,
    workflow,
    furtherNights,
  };
  definitions.add(definition);
  return definition;
}

function usualCredentials(apps: CustomerProps["apps"]): CustomerCredentials {
  const kubeconfig = gitlabFile("CUSTOMER_KUBECONFIG");
  return isObject(apps) && Object.keys(apps).length > 0
    ? { kubeconfig, [APPS_KUBECONFIG]: gitlabFile("APPS_KUBECONFIG") }
    : { kubeconfig };
}

function runnersOf(workflow: RiskWorkflow | undefined): number {
  const { steps = [], stepsAtOnce } = workflow === undefined ? {} : given(workflow);
  return runnersAtOnce(Array.isArray(steps) ? steps : [], stepsAtOnce);
}

/** Whether `value` was made by `defineCustomer`. */
export function isCustomerDefinition(value: unknown): value is CustomerDefinition {
  return typeof value === "object" && value !== null && definitions.has(value as CustomerDefinition);
}

/**
 * A value from outside as a definition, for the checks to judge. Derived properties are derived again, so that no two
 * parts of it can contradict each other.
 */
export function asDefinition(value: unknown): CustomerDefinition {
  const definition = given(value as CustomerDefinition) as CustomerDefinition;
  const { workflow, furtherNights } = definition;
  return {
    ...definition,
    workflow: withSteps(workflow),
    furtherNights: isObject(furtherNights)
      ? Object.fromEntries(Object.entries(furtherNights).map(([name, further]) => [name, withSteps(further)]))
      : furtherNights,
  };
}

/**
 * `-----BEGIN CERTIFICATE-----` and what follows, as a template: lines are trimmed, so it may be indented.
 * @example
 * ```ts
 * const authority = pem`-----BEGIN CERTIFICATE-----
 *   MIIBeDCCAR...
 *   -----END CERTIFICATE-----`;
 * ```
 */
export function pem(strings: TemplateStringsArray): string {
  const lines = strings.join("").split("\n");
  return `${lines
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("\n")}\n`;
}
