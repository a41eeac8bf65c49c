import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { calendarNotices } from "../constructs/checks/calendar-notices.ts";
import { endText, kubeconfigEnds } from "../constructs/checks/credential-ends.ts";
import { APPS_KUBECONFIG } from "../constructs/definition/credential-reference.ts";
import type { CustomerDefinition } from "../constructs/definition/customer-definition.ts";
import { CUSTOMERS_FOLDER, customerFile, loadCustomer } from "../constructs/definition/customer-files.ts";
import { nightsOf } from "../constructs/definition/night-definition.ts";
import type { RiskWorkflow } from "../constructs/definition/risk-workflow.ts";
import { below } from "../constructs/form/form.ts";
import type { Manifest } from "../constructs/kubernetes/manifest.ts";
import { CREDENTIAL_SECRET } from "../constructs/lane/credential-secret.ts";
import { localTime } from "../runs/local-time.ts";
import { withAppCredential } from "./app-credentials.ts";
import { type Credentials, readCredentials } from "./credentials.ts";
import { fingerprints, readFingerprintKey } from "./fingerprint.ts";
import { requireFinished } from "./finished.ts";
import { requireKeptVolume } from "./kept-volume.ts";
import { createInPhases } from "./phases.ts";
import { fingerprintObjects, provedCustomer } from "./proved.ts";

/**
 * Deploys one customer's lane, and what Argo CD gets about its applications. Everything that a person can get wrong is
 * checked before the first resource is registered, so that a mistake leaves the lane as it was.
 */
export async function deployCustomer(name: string): Promise<void> {
  const definition = await loadCustomer(name);
  const { lane, apps } = provedCustomer(definition, customerFile(name));
  requireFinished(definition, customerFile(name), readFileSync(join(CUSTOMERS_FOLDER, `${name}.ts`), "utf8"));
  for (const { workflow, pipeline } of nightsOf(definition)) {
    warnOfCalendar(workflow, pipeline);
  }
  await requireKeptVolume(definition, customerFile(name), pulumi.runtime.isDryRun());
  const { [APPS_KUBECONFIG]: appsKubeconfig, ...credentials } = await readCredentials(definition, customerFile(name));
  sayEnds({ ...credentials, ...(appsKubeconfig === undefined ? {} : { [APPS_KUBECONFIG]: appsKubeconfig }) });
  const digests = await customerFingerprints(definition, credentials, appsKubeconfig);
  const parent = new pulumi.ComponentResource("nightlane:index:Customer", name);
  // Before the namespace: a credential that already belongs to another customer leaves nothing behind.
  const unique = createInPhases(fingerprintObjects({ customer: name, digests }), { parent });
  createInPhases(lane, { parent, dependsOn: unique }, (manifest) => {
    return isCredential(manifest) ? { ...manifest, stringData: pulumi.secret(credentials) } : manifest;
  });
  createInPhases(apps, { parent, dependsOn: unique }, (manifest) =>
    withAppCredential(manifest, definition, appsKubeconfig ?? ""),
  );
}

/** Reports when each kubeconfig expires: a night must not be the first to find out. */
function sayEnds(credentials: Credentials): void {
  for (const name of ["kubeconfig", APPS_KUBECONFIG]) {
    const kubeconfig = credentials[name];
    for (const end of kubeconfig === undefined ? [] : kubeconfigEnds(kubeconfig)) {
      const { text, warning } = endText(end, Date.now());
      void (warning ? pulumi.log.warn : pulumi.log.info)(`credentials.${name}: ${text}`);
    }
  }
}

/** In previews too, where a merge request shows it. */
function warnOfCalendar({ schedule }: RiskWorkflow, pipeline: string | undefined): void {
  const today = localTime(Date.now(), schedule.timezone).day;
  for (const notice of calendarNotices(schedule, today)) {
    void pulumi.log.warn(
      pipeline === undefined ? notice : notice.replace(/^workflow/, below("furtherNights", pipeline)),
    );
  }
}

async function customerFingerprints(
  definition: CustomerDefinition,
  credentials: Credentials,
  appsKubeconfig: string | undefined,
): Promise<readonly string[]> {
  const key = await readFingerprintKey();
  const kubeconfigs = [credentials.kubeconfig ?? "", ...(appsKubeconfig === undefined ? [] : [appsKubeconfig])];
  return kubeconfigs.flatMap((kubeconfig) => fingerprints(key, definition, kubeconfig));
}

function isCredential(manifest: Manifest): boolean {
  return manifest.kind === "Secret" && manifest.metadata.name === CREDENTIAL_SECRET;
}
