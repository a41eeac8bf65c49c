import type { DeployedApp } from "../definition/applications.ts";
import { given } from "../definition/given.ts";

/** What a chart's values are made of. */
export type ChartValue = string | number | boolean | readonly ChartValue[] | ChartValues;

/** Values of a chart, as in its values.yaml. */
export interface ChartValues {
  readonly [key: string]: ChartValue;
}

export interface HelmAppProps<Values extends ChartValues> {
  /** URL of the git repository that holds the chart: https, without user or password. */
  readonly repository: string;
  /** Tag or commit that is deployed. Not a branch: what runs would then change without a merge here. */
  readonly revision: string;
  /** Folder of the chart in the repository. */
  readonly chart: string;
  /**
   * Values that differ from the chart's own.
   * @default - none: the chart's own values apply
   */
  readonly values?: Values;
  /**
   * Labels that select exactly this application's pods.
   * @default - `app.kubernetes.io/name` with the last part of `chart`, as charts commonly set it
   */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Container that steps enter.
   * @default - the pod's first container
   */
  readonly container?: string;
}

/** An application that Argo CD keeps in the customer's cluster; steps enter its pods, and read its values. */
export interface HelmApp<Values extends ChartValues = ChartValues> extends DeployedApp {
  readonly repository: string;
  readonly revision: string;
  readonly chart: string;
  /** The values as they were given, with their types: a step can use what the application uses. */
  readonly values: Values;
}

/**
 * A Helm chart of a git repository, deployed into the customer's cluster by Argo CD: for `apps` of a customer.
 * @example
 * ```ts
 * const pricing = helmApp({
 *   repository: "https://git.seebank.example/apps.git",
 *   revision: "v1.4.0",
 *   chart: "charts/pricing-engine",
 *   values: { replicas: 2 },
 * });
 * ```
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/helm/
 */
export function helmApp<const Values extends ChartValues = Readonly<Record<never, never>>>(
  props: HelmAppProps<Values>,
): HelmApp<Values> {
  const { values, labels, ...rest } = given(props) as HelmAppProps<Values>;
  return {
    ...rest,
    values: values ?? ({} as Values),
    labels: labels ?? { "app.kubernetes.io/name": lastPart(rest.chart) },
  };
}

function lastPart(chart: string): string {
  return String(chart).split("/").at(-1) ?? "";
}

/** Whether an application is one that Argo CD deploys from the customer's file. */
export function isHelmApp(app: DeployedApp): app is HelmApp {
  return "chart" in app;
}
