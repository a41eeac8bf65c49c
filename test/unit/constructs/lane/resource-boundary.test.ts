import { describe, expect, test } from "vitest";
import { image } from "../../../../constructs/index.ts";
import type { Night } from "../../../../constructs/night/night.ts";
import { runnersAtOnce } from "../../../../constructs/night/runners-at-once.ts";
import type { Step } from "../../../../constructs/night/step.ts";
import { quantities, RUNNER_NEEDS } from "../../../../constructs/workflow/container-resources.ts";
import { BACKFILL_AT_ONCE } from "../../../../runs/lane-limits.ts";
import { testCustomer } from "../../../support/customer.ts";
import { find, manifestsOf } from "../../../support/manifests.ts";
import { bytes, cores } from "../../../support/quantities.ts";

interface Quota {
  readonly spec: { readonly hard: Readonly<Record<string, string>> };
}

interface Limits {
  readonly spec: {
    readonly limits: readonly {
      readonly type: string;
      readonly defaultRequest: Readonly<Record<string, string>>;
      readonly default: Readonly<Record<string, string>>;
      readonly max: Readonly<Record<string, string>>;
    }[];
  };
}

const RUNNERS = 4;
const { lane } = manifestsOf(testCustomer({ lane: { runners: RUNNERS } }));
const { hard } = (find(lane, "ResourceQuota") as unknown as Quota).spec;
const [container] = (find(lane, "LimitRange") as unknown as Limits).spec.limits;

describe("ResourceBoundary", () => {
  test("counts three pods more than runners: the calendar or a pod that is just ending, the reaper, a reader of logs", () => {
    expect(hard.pods).toBe(String(RUNNERS + 3));
  });

  test("gives every runner and Argo's two containers beside it what they ask for", () => {
    const defaults = container?.defaultRequest ?? {};
    for (const [name, amount] of Object.entries({ cpu: cores, memory: bytes, "ephemeral-storage": bytes })) {
      const runner = quantities(RUNNER_NEEDS.requests)[name as "cpu" | "memory" | "ephemeral-storage"];
      const needed = (RUNNERS + 3) * (amount(runner) + 2 * amount(defaults[name] ?? "0"));
      expect(amount(hard[`requests.${name}`] ?? "0"), name).toBeGreaterThanOrEqual(needed);
    }
  });

  test("lets every pod use its limits at once", () => {
    const defaults = container?.default ?? {};
    for (const [name, amount] of Object.entries({ cpu: cores, memory: bytes, "ephemeral-storage": bytes })) {
      const runner = quantities(RUNNER_NEEDS.limits)[name as "cpu" | "memory" | "ephemeral-storage"];
      const needed = (RUNNERS + 3) * (amount(runner) + 2 * amount(defaults[name] ?? "0"));
      expect(amount(hard[`limits.${name}`] ?? "0"), name).toBeGreaterThanOrEqual(needed);
    }
  });

  test("counts each kind that an identity of the lane may create, the results that runners hand in among them", () => {
    for (const kind of ["workflows.argoproj.io", "workflowtaskresults.argoproj.io", "configmaps", "secrets"]) {
      expect(Number(hard[`count/${kind}`]), kind).toBeGreaterThan(0);
    }
  });

  test("keeps a result of each step of a long chain, in a full backfill beside tonight's night", () => {
    const steps = (night: Night): void => {
      let before: readonly Step[] = [];
      for (let place = 1; place <= 400; place += 1) {
        before = [night.job(`link-${place}`, { image: image("risk"), command: ["true"], after: before })];
      }
    };
    const chain = find(manifestsOf(testCustomer({ workflow: { steps } })).lane, "ResourceQuota");
    const results = Number((chain as unknown as Quota).spec.hard["count/workflowtaskresults.argoproj.io"]);
    expect(results).toBeGreaterThanOrEqual(400 * (BACKFILL_AT_ONCE + 1));
  });

  test("follows from the night where the file does not say how many runners there are", () => {
    const follows = find(manifestsOf(testCustomer()).lane, "ResourceQuota") as unknown as Quota;
    const widest = runnersAtOnce(testCustomer().workflow.steps);
    expect(follows.spec.hard.pods).toBe(String(Math.max(4, 2 * widest) + 3));
  });

  test("allows no Service, so that nothing in a lane can be reached", () => {
    expect(hard).toMatchObject({
      "count/services": "0",
      "services.loadbalancers": "0",
      "services.nodeports": "0",
    });
  });

  test("sets a default for every resource that the quota counts, or pods without it would be refused", () => {
    expect(container?.type).toBe("Container");
    const counted = (prefix: string): readonly string[] =>
      Object.keys(hard).flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
    expect(Object.keys(container?.defaultRequest ?? {}).sort()).toEqual([...counted("requests.")].sort());
    expect(Object.keys(container?.default ?? {}).sort()).toEqual([...counted("limits.")].sort());
  });
});
