import { describe, expect, test } from "vitest";
import { Size } from "../../../../constructs/index.ts";
import type { CustomerChanges } from "../../../support/customer.ts";
import { testCustomer } from "../../../support/customer.ts";
import { find, manifestsOf } from "../../../support/manifests.ts";

function claims(changes: CustomerChanges) {
  const { lane, customerSide } = manifestsOf(testCustomer(changes));
  return [lane, customerSide].map((side) => find(side, "PersistentVolumeClaim", "results").spec);
}

describe("ResultsVolume", () => {
  test("can be written from several nodes, on both sides, and leaves the class to the cluster", () => {
    const spec = (storage: string) => ({ accessModes: ["ReadWriteMany"], resources: { requests: { storage } } });
    expect(claims({})).toEqual([spec("20Gi"), spec("100Gi")].map((one) => ({ ...one, volumeMode: "Filesystem" })));
  });

  test("takes size and class of each side, and rounds the size up", () => {
    const [lane, customerSide] = claims({
      lane: { resultsSize: Size.mebibytes(1500), resultsStorageClass: "fast" },
      cluster: { resultsSize: Size.gibibytes(7), resultsStorageClass: "nfs" },
    });
    expect(lane).toMatchObject({ storageClassName: "fast", resources: { requests: { storage: "2Gi" } } });
    expect(customerSide).toMatchObject({ storageClassName: "nfs", resources: { requests: { storage: "7Gi" } } });
  });
});
