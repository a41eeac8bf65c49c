import { readFileSync } from "node:fs";
import { join } from "node:path";
import { centralCluster } from "../../constructs/checks/read-central.ts";
import { collectMistakes } from "../../constructs/definition/collect-mistakes.ts";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import {
  CUSTOMERS_FOLDER,
  customerFile,
  customerNames,
  loadCustomer,
} from "../../constructs/definition/customer-files.ts";
import { UserError } from "../../constructs/definition/problem.ts";
import { versions } from "../../constructs/definition/versions.ts";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { Platform } from "../../constructs/platform/platform.ts";
import { type CustomerManifests, render, synthesize } from "../../constructs/synthesize.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import { Canary } from "./canary.ts";
import { tryChange } from "./change-trial.ts";
import { declaredEndpoint } from "./endpoint.ts";
import { type CustomerLane, type Estate, PLATFORM, type TryPipeline } from "./estate.ts";
import { checkAsDeployed } from "./kubeconfig-check.ts";

/** A customer's definition and the text it comes from. */
export interface DefinedCustomer {
  readonly definition: CustomerDefinition;
  /** Undefined for a definition that was made in memory. */
  readonly source: string | undefined;
}

/**
 * Renders all customers of a folder and the platform, in memory and with canaries planted, and tries a change.
 * @throws UserError with the problems of all files at once.
 */
export async function collectEstate(tryPipeline: TryPipeline, folder = CUSTOMERS_FOLDER): Promise<Estate> {
  const sources = new Map(
    customerNames(folder).map((name) => [name, readFileSync(join(folder, `${name}.ts`), "utf8")]),
  );
  const canary = new Canary();
  try {
    for (const source of sources.values()) {
      canary.plantForSource(source);
    }
    return renderEstate(await loadAll(sources, folder), canary, tryPipeline);
  } finally {
    canary.remove();
  }
}

/** The same for given definitions; without a pipeline, nothing is claimed about one. */
export function estateOf(definitions: readonly CustomerDefinition[], tryPipeline?: TryPipeline): Estate {
  const canary = new Canary();
  try {
    return renderEstate(
      definitions.map((definition) => ({ definition, source: undefined })),
      canary,
      tryPipeline,
    );
  } finally {
    canary.remove();
  }
}

async function loadAll(sources: ReadonlyMap<string, string>, folder: string): Promise<readonly DefinedCustomer[]> {
  return await collectMistakes([...sources], async ([name, source]) => ({
    definition: await loadCustomer(name, folder),
    source,
  }));
}

function renderEstate(customers: readonly DefinedCustomer[], canary: Canary, tryPipeline?: TryPipeline): Estate {
  for (const { definition } of customers) {
    canary.plantFor(definition);
  }
  const mistakes: string[] = [];
  const lanes = customers.flatMap(({ definition, source }) => {
    const manifests = synthesized(definition, mistakes);
    return manifests === undefined ? [] : [customerLane(definition, manifests, source)];
  });
  if (mistakes.length > 0) {
    throw new UserError([...new Set(mistakes)].join("\n\n"));
  }
  const renderPlatform = (): readonly Manifest[] => render((app) => new Platform(app, "platform"));
  const platform = renderPlatform();
  const rendered = lanes.map(({ definition, manifests }) => ({ definition, manifests }));
  return {
    customers: lanes.map(({ lane }) => lane),
    platform,
    central: centralCluster(),
    versions: versions(),
    trials: {
      canary: canary.trial([
        { owner: PLATFORM, manifests: platform },
        ...rendered.map(({ definition, manifests }) => ({ owner: definition.name, manifests })),
      ]),
      change: tryChange(rendered, platform, {
        customer: (definition) => all(synthesize(definition, customerFile(definition.name))),
        platform: renderPlatform,
      }),
      pipeline: tryPipeline?.(customers.map(({ definition }) => definition.name)),
      checkKubeconfig: checkAsDeployed,
    },
  };
}

function synthesized(definition: CustomerDefinition, mistakes: string[]): CustomerManifests | undefined {
  try {
    return synthesize(definition, customerFile(definition.name));
  } catch (error) {
    if (!(error instanceof UserError)) {
      throw error;
    }
    mistakes.push(error.message);
    return undefined;
  }
}

function customerLane(
  definition: CustomerDefinition,
  manifests: CustomerManifests,
  source: string | undefined,
): { readonly lane: CustomerLane; readonly definition: CustomerDefinition; readonly manifests: readonly Manifest[] } {
  const lane: CustomerLane = {
    name: definition.name,
    namespace: laneNamespace(definition.name),
    ...manifests,
    endpoint: declaredEndpoint(definition),
    definition,
    source,
  };
  return { lane, definition, manifests: all(manifests) };
}

function all({ lane, customerSide, apps, deployer }: CustomerManifests): readonly Manifest[] {
  return [...lane, ...customerSide, ...apps, ...deployer];
}
