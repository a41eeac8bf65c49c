import { writeFileSync } from "node:fs";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { RECORD, requestsOf } from "./argo-requests.ts";
import { auditedWrites } from "./audit-log.ts";

/**
 * Records what Argo sent in the last scheduled night of a lane of the running farm, for `test/api/argo-requests.test.ts` and the readers of a night:
 *
 *   npx tsx test/support/record-argo-requests.ts nordbank && npm run format
 */
const customer = process.argv[2] ?? "nordbank";
const namespace = `customer-${customer}`;
const paths = new FarmPaths(farmRoot());
process.env.NIGHTLANE_IMAGES = paths.images;
const { images } = await import("../../constructs/definition/images.ts");
const writes = auditedWrites(paths);
const workflow = writes
  .filter(
    ({ verb, objectRef }) =>
      verb === "create" && objectRef?.resource === "workflows" && objectRef.namespace === namespace,
  )
  .map(
    ({ objectRef, requestObject }) =>
      objectRef?.name ?? (requestObject as { metadata?: { name?: string } })?.metadata?.name ?? "",
  )
  .findLast((name) => /^night-\d+$/.test(name));
if (workflow === undefined) {
  throw new Error(`no schedule has started a night of ${customer} in this farm`);
}
const requests = requestsOf(writes, { namespace, workflow }, images());
writeFileSync(RECORD, `${JSON.stringify({ workflow, namespace, requests }, undefined, 1)}\n`);
console.log(`${RECORD}: ${requests.length} requests of ${workflow}`);
