import { mistake } from "../../constructs/definition/problem.ts";
import { versions } from "../../constructs/definition/versions.ts";
import { RELEASED } from "./built-images.ts";
import type { References, Registry } from "./registry.ts";
import { lastWords, run } from "./tool.ts";

/** Where Argo's own images are. */
const UPSTREAM = "quay.io/argoproj";

const ARGO = ["argoController", "argoExecutor"] as const;

/** Argo's images in the release's registry, and their version. */
export interface ArgoImages {
  readonly version: string;
  /** Whether that version is allowed in production. */
  readonly fit: boolean;
  readonly references: Readonly<Record<(typeof ARGO)[number], string>>;
}

/** Copies Argo's own images, in the version allowed in production, by their upstream digest. */
export async function takeUpstreamArgo(registry: Registry, upstream = UPSTREAM): Promise<ArgoImages> {
  const version = versions().argoWorkflows.productionFloor;
  const take = async (name: (typeof ARGO)[number]): Promise<string> => {
    const from = `${upstream}/${RELEASED[name]}:v${version}`;
    return registry.copy(name, from, await upstreamDigest(from));
  };
  return {
    version,
    fit: true,
    references: { argoController: await take("argoController"), argoExecutor: await take("argoExecutor") },
  };
}

/** What farms and tests run, built here: its version is below the minimum for production. */
export function sourceArgo({ argoController, argoExecutor }: References): ArgoImages {
  const { farm, productionFloor } = versions().argoWorkflows;
  const fit = farm.localeCompare(productionFloor, "en", { numeric: true }) >= 0;
  return { version: farm, fit, references: { argoController, argoExecutor } };
}

async function upstreamDigest(from: string): Promise<string> {
  const said = await run("crane", ["digest", from]);
  if (said.code === 0) {
    return said.stdout.trim();
  }
  const { productionFloor, farm } = versions().argoWorkflows;
  throw mistake(
    `${from}: not available\n${lastWords(said)}`,
    `Argo's images are its project's own, at ${productionFloor} or above`,
    `name a mirror of quay.io/argoproj in ARGO_UPSTREAM; or ARGO=source, which takes the farm's ${farm}, below the minimum for production`,
  );
}
