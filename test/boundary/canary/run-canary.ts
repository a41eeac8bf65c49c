import { createHash } from "node:crypto";
import { ARGOCD_NAMESPACE, clusterSecretName } from "../../../constructs/apps/argo-cd.ts";
import { APPS_KUBECONFIG } from "../../../constructs/definition/credential-reference.ts";
import type { FarmPaths } from "../../farm/paths.ts";
import { Api } from "../../support/api.ts";
import { type DeployedLane, deployedCustomers, readLane, releasedImages } from "../lane.ts";
import type { Probe } from "../pods/probe-pod.ts";
import { ProbeSite } from "../pods/probe-site.ts";
import { type Canary, canariesOf, findAny } from "./canary.ts";
import { allLogs, allObjects } from "./cluster-places.ts";
import { farmPlaces } from "./farm-places.ts";
import type { Place } from "./place.ts";

export interface CanaryOptions {
  /** The farm whose deployed credentials are looked for. */
  readonly farm: FarmPaths;
  /** Gets a line about each thing that is done. @default - nothing is shown */
  readonly progress?: (doing: string) => void;
}

/** A place where a credential belongs, and whether it is there. */
export interface HomeResult {
  readonly where: string;
  readonly found: boolean;
}

/** A place where none belongs, and where one was found all the same. */
export interface PlaceResult {
  readonly place: string;
  /** How many texts were looked through. */
  readonly texts: number;
  /** Which credential is where, and in which form. */
  readonly findings: readonly string[];
}

/** What the search found. */
export interface CanaryReport {
  /** How many values were looked for. */
  readonly values: number;
  readonly homes: readonly HomeResult[];
  readonly places: readonly PlaceResult[];
}

/**
 * Searches for the credentials that are deployed in a farm: each must be in its Secret and in the file that its runner
 * mounts, and nowhere else, in any form.
 */
export async function runCanary(options: CanaryOptions): Promise<CanaryReport> {
  const { farm } = options;
  const progress = options.progress ?? (() => {});
  const api = await Api.fromKubeconfig(farm.centralKubeconfig);
  try {
    const customers = await deployedCustomers(api);
    const canaries: Canary[] = [];
    const homes: HomeResult[] = [];
    for (const customer of customers) {
      progress(`reading what ${customer}'s runners mount`);
      const lane = await readLane(api, customer);
      const credential = await readCredential(api, lane.namespace);
      const mounted = await mountedDigests(api, lane, [...credential.keys()]);
      for (const [name, content] of credential) {
        const values = canariesOf(customer, name, content);
        canaries.push(...values);
        homes.push({
          where: `Secret ${lane.namespace}/credential, key ${name}`,
          found: values.length > 0 && values.every((value) => findAny(content, [value]) !== undefined),
        });
        const digest = createHash("sha256").update(content).digest("hex");
        homes.push({ where: `/credentials/${name} in a runner of ${customer}`, found: mounted.get(name) === digest });
      }
      const token = await readAppToken(api, customer);
      if (token !== undefined) {
        canaries.push(...canariesOf(customer, APPS_KUBECONFIG, token));
        homes.push({ where: `Secret ${ARGOCD_NAMESPACE}/${clusterSecretName(customer)}, key config`, found: true });
      }
    }
    const places: PlaceResult[] = [];
    for (const place of [allObjects(api), allLogs(api), ...(await farmPlaces(farm, customers))]) {
      progress(`looking through ${place.name}`);
      places.push(await look(place, canaries));
    }
    return { values: canaries.length, homes, places };
  } finally {
    api.close();
  }
}

async function look(place: Place, canaries: readonly Canary[]): Promise<PlaceResult> {
  const findings = new Set<string>();
  let texts = 0;
  for await (const { where, text } of place.texts()) {
    texts += 1;
    const found = findAny(text, canaries);
    if (found !== undefined) {
      findings.add(`${where}: ${found}`);
    }
  }
  return { place: place.name, texts, findings: [...findings] };
}

async function readCredential(api: Api, namespace: string): Promise<ReadonlyMap<string, string>> {
  const { data } = await api.get<{ data: Readonly<Record<string, string>> }>(
    `/api/v1/namespaces/${namespace}/secrets/credential`,
  );
  return new Map(Object.entries(data).map(([name, value]) => [name, Buffer.from(value, "base64").toString()]));
}

/** The credential of Argo CD's identity in a customer's cluster; undefined for a customer without applications. */
async function readAppToken(api: Api, customer: string): Promise<string | undefined> {
  const path = `/api/v1/namespaces/${ARGOCD_NAMESPACE}/secrets/${clusterSecretName(customer)}`;
  const answer = await api.call({ method: "GET", path });
  if (answer.status === 404) {
    return undefined;
  }
  const { data } = answer.body as { readonly data: { readonly config: string } };
  const config: { readonly bearerToken?: string } = JSON.parse(Buffer.from(data.config, "base64").toString());
  return config.bearerToken;
}

/** SHA-256 of the credential's files as a runner sees them, by name. */
async function mountedDigests(
  api: Api,
  lane: DeployedLane,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const images = await releasedImages(api);
  const site = new ProbeSite(api, images.runner);
  try {
    const probes = names.map(
      (name): Probe => ({ name, kind: "digest", target: `/credentials/${name}`, refused: false }),
    );
    const place = { template: lane.template, namespace: lane.namespace, executorImage: images.executor };
    const results = await (await site.runner(place, { probes })).results();
    return new Map([...results].map(([name, { seen }]) => [name, seen]));
  } finally {
    await site.clear();
  }
}

/** One line for each place, and a last one that sums them up. */
export function canaryLines(report: CanaryReport): readonly string[] {
  return [
    ...report.homes.map(({ where, found }) => `${found ? "found  " : "MISSING"} ${where}`),
    ...report.places.flatMap(({ place, texts, findings }) => [
      `${findings.length === 0 && texts > 0 ? "clean  " : "NOT CLEAN"} ${place} (${texts} texts)`,
      ...findings.map((finding) => `  ${finding}`),
    ]),
    lastLine(report),
  ];
}

/** Whether every credential is where it belongs and nowhere else. A place without any text was not searched. */
export function isContained({ values, homes, places }: CanaryReport): boolean {
  return (
    values > 0 &&
    homes.every(({ found }) => found) &&
    places.every(({ texts, findings }) => texts > 0 && findings.length === 0)
  );
}

function lastLine({ values, homes, places }: CanaryReport): string {
  const found = homes.filter((home) => home.found).length;
  const texts = places.reduce((sum, place) => sum + place.texts, 0);
  const findings = places.reduce((sum, place) => sum + place.findings.length, 0);
  return `canary: ${values} values, found in ${found} of the ${homes.length} places where they belong and in ${findings} of ${texts} others`;
}
