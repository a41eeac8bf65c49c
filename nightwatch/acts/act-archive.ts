import { type CustomObjectsApi, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { isTaken } from "../../api/api-error.ts";
import { HEADS, type Head, pages } from "../../api/pages.ts";
import { ASKED_AT } from "../../runs/annotations.ts";
import { ownerOf } from "../../runs/lane-namespace.ts";
import { keptActName, NIGHT_ACTS, type NightAct } from "../../runs/night-act.ts";
import { CUSTOMER_LABEL } from "../../runs/run-record.ts";

const MERGE = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
const DAY = 24 * 3600_000;
const PAGE = 500;

/** Copies of acts, accepted or settled, in the platform's namespace: kept as long as run records, even when the lane is gone. */
export class ActArchive {
  constructor(
    private readonly objects: CustomObjectsApi,
    private readonly namespace: string,
    private readonly retentionDays: number,
  ) {}

  /** Keeps an act as it is now; for one that is already kept, updates its status. */
  async keep({ metadata, spec, status }: NightAct): Promise<void> {
    const customer = ownerOf(metadata.namespace);
    const name = keptActName(customer, metadata);
    const place = { ...NIGHT_ACTS, namespace: this.namespace };
    const labels = { "app.kubernetes.io/managed-by": "nightlane", [CUSTOMER_LABEL]: customer };
    const body = {
      apiVersion: "nightlane.example/v1",
      kind: "NightAct",
      metadata: {
        name,
        namespace: this.namespace,
        labels,
        annotations: { [ASKED_AT]: metadata.creationTimestamp ?? "" },
      },
      spec,
    };
    try {
      await this.objects.createNamespacedCustomObject({ ...place, body });
    } catch (error) {
      if (!isTaken(error)) {
        throw error;
      }
    }
    await this.objects.patchNamespacedCustomObjectStatus({ ...place, name, body: { status } }, MERGE);
  }

  /** Names of the copies that are kept. */
  async names(): Promise<ReadonlySet<string>> {
    const names = new Set<string>();
    for await (const { metadata } of this.heads()) {
      names.add(metadata.name);
    }
    return names;
  }

  /** Removes copies past their time. */
  async tidy(now: number): Promise<void> {
    const place = { ...NIGHT_ACTS, namespace: this.namespace };
    for await (const { metadata } of this.heads()) {
      if (now - Date.parse(metadata.creationTimestamp ?? "") > this.retentionDays * DAY) {
        await this.objects.deleteNamespacedCustomObject({ ...place, name: metadata.name });
      }
    }
  }

  private heads(): AsyncIterable<Head> {
    const place = { ...NIGHT_ACTS, namespace: this.namespace, limit: PAGE };
    return pages<Head>((options) => this.objects.listNamespacedCustomObject({ ...place, ...options }, HEADS));
  }
}
