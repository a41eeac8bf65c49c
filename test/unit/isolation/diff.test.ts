import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { writeCustomer, writeManifests } from "../../../infra/write-manifests.ts";
import { accessFacts } from "../../../isolation/access/access-facts.ts";
import { compareAccess } from "../../../isolation/diff/compare.ts";
import { type DiffResult, diffJson, diffText, widensUnanswered } from "../../../isolation/diff/report.ts";
import { readSide } from "../../../isolation/diff/sources.ts";
import { widenings } from "../../../isolation/diff/widening.ts";
import { estateOf } from "../../../isolation/model/collect.ts";
import type { Estate } from "../../../isolation/model/estate.ts";
import { viewEstate } from "../../../isolation/model/view.ts";
import { type Waiver, WaiverBook } from "../../../isolation/waivers.ts";
import { temporaryFolder } from "../../support/folders.ts";
import { alpenkredit, append, Draft, nordbank, set, soundEstate } from "./draft.ts";

function diff(base: Estate, head: Estate, waivers: readonly Waiver[] = []): DiffResult {
  const change = compareAccess(base, head);
  const book = new WaiverBook(waivers, "2026-11-24");
  return {
    base: "base",
    head: "head",
    customers: head.customers.length,
    change,
    widenings: widenings(change, accessFacts(viewEstate(base)), head.customers.length, book),
    unusedWaivers: book.unused,
  };
}

function changed(mutate: (draft: Draft) => void): Estate {
  const draft = new Draft();
  mutate(draft);
  return draft.estate;
}

function lines(result: DiffResult): readonly string[] {
  return result.widenings.map(({ line }) => line);
}

const moreRights = changed((draft) =>
  append(draft.object("nordbank", "Role", "executor"), "rules", {
    apiGroups: [""],
    resources: ["events"],
    verbs: ["get", "list"],
  }),
);

describe("a comparison", () => {
  test("of the same says that nothing changes", () => {
    const result = diff(soundEstate, soundEstate);
    expect(widensUnanswered(result)).toBe(false);
    expect(diffText(result)).toContain("Nothing changes for anybody");
    expect(diffText(result).split("\n").at(-1)).toBe(
      "isolation:diff: 0 customers affected, 0 paths added, 0 removed, 0 widenings, 0 waived",
    );
  });

  test("says which right a customer gains, and that nobody else is affected", () => {
    const result = diff(soundEstate, moreRights);
    expect(lines(result)).toEqual(["nordbank: ServiceAccount executor may get, list events in its lane"]);
    expect(widensUnanswered(result)).toBe(true);
    expect(result.change.owners.map(({ owner }) => owner)).toEqual(["nordbank"]);
    expect(diffText(result)).toContain("nordbank: changed Role customer-nordbank/executor");
  });

  test("does not call it wider when a right goes", () => {
    const result = diff(moreRights, soundEstate);
    expect(lines(result)).toEqual([]);
    expect(diffText(result)).toContain("removed: nordbank: ServiceAccount executor may get, list events in its lane");
    expect(diffText(result)).toContain("Access does not widen");
  });

  test("says in one line what all customers gain", () => {
    const head = changed((draft) => {
      for (const name of ["nordbank", "alpenkredit"]) {
        append(draft.object(name, "Role", "executor"), "rules", {
          apiGroups: [""],
          resources: ["events"],
          verbs: ["get"],
        });
      }
    });
    expect(lines(diff(soundEstate, head))).toEqual([
      "every customer: ServiceAccount executor may get events in its lane",
    ]);
  });

  test("shows a way between customers, with what opens it", () => {
    const head = changed((draft) =>
      append(draft.object("nordbank", "NetworkPolicy", "customer-api"), "spec/egress", {
        to: [{ ipBlock: { cidr: "10.64.2.10/32" } }],
      }),
    );
    const result = diff(soundEstate, head);
    expect(result.change.addedPaths).toHaveLength(1);
    expect(lines(result)[0]).toMatch(/^path \(network\) from nordbank to alpenkredit/);
    expect(diffText(result)).toContain("opened by NetworkPolicy customer-nordbank/customer-api");
    expect(diff(head, soundEstate).change.removedPaths).toHaveLength(1);
  });

  test("does not call another address of the own API server wider", () => {
    const moved = estateOf([{ ...nordbank, cluster: { ...nordbank.cluster, address: "10.64.1.99" } }, alpenkredit]);
    const result = diff(soundEstate, moved);
    expect(lines(result)).toEqual([]);
    expect(diffText(result)).toContain(
      "changed: nordbank: its pods may reach its own API server: 10.64.1.10/32 on 6443/TCP -> 10.64.1.99/32 on 6443/TCP",
    );
  });

  test("does not call a new customer with the usual access wider, and one with more", () => {
    const base = estateOf([alpenkredit]);
    const result = diff(base, soundEstate);
    expect(lines(result)).toEqual([]);
    expect(result.change.owners).toMatchObject([{ owner: "nordbank", presence: "added" }]);
    expect(lines(diff(base, moreRights))).toEqual([
      "nordbank: ServiceAccount executor may get, list events in its lane",
    ]);
  });

  test("calls it wider when the first customer lets Argo CD deploy", () => {
    const found = lines(diff(estateOf([nordbank]), soundEstate));
    expect(found).toContain("alpenkredit: its applications may go to the customer's namespace of its own cluster");
    const ofArgoCd = /^alpenkredit: its (applications may |deployer may .* in argocd$)/;
    expect(found.filter((line) => !ofArgoCd.test(line))).toEqual([]);
  });

  test("lets a customer leave with its guards", () => {
    const result = diff(soundEstate, estateOf([nordbank]));
    expect(lines(result)).toEqual([]);
    expect(result.change.owners).toMatchObject([{ owner: "alpenkredit", presence: "removed" }]);
  });

  test.each<[string, string, (draft: Draft) => void]>([
    [
      "another place of the applications",
      "alpenkredit: its applications may go to namespace * of https://10.64.2.10:6443",
      (draft) =>
        set(draft.apps("alpenkredit", "AppProject"), "spec/destinations", [
          { server: "https://10.64.2.10:6443", namespace: "*" },
        ]),
    ],
    [
      "a further kind in the applications",
      "alpenkredit: its applications may have Role of rbac.authorization.k8s.io in their namespace",
      (draft) =>
        append(draft.apps("alpenkredit", "AppProject"), "spec/namespaceResourceWhitelist", {
          group: "rbac.authorization.k8s.io",
          kind: "Role",
        }),
    ],
    [
      "a kind that applications are no longer refused",
      "platform: guard gone: applications of project default are refused every kind of group * in their namespace",
      (draft) => set(draft.object("platform", "AppProject", "default"), "spec/namespaceResourceBlacklist", []),
    ],
    [
      "another repository of the applications",
      "alpenkredit: its applications may come from its own repositories: https://git.nightlane.example/apps/pricing.git became https://git.evil.example/x",
      (draft) => set(draft.apps("alpenkredit", "AppProject"), "spec/sourceRepos", ["https://git.evil.example/x"]),
    ],
    [
      "an admission policy that is gone",
      "platform: guard gone: ValidatingAdmissionPolicy nightlane-pod-creation",
      (draft) => draft.remove("platform", "ValidatingAdmissionPolicy", "nightlane-pod-creation"),
    ],
    [
      "an admission policy that reads otherwise",
      "platform: guard changed: ValidatingAdmissionPolicy nightlane-pod-creation",
      (draft) =>
        set(draft.object("platform", "ValidatingAdmissionPolicy", "nightlane-pod-creation"), "spec/validations", []),
    ],
    [
      "a weaker profile of pods",
      "nordbank: guard gone: Pod Security restricted v1.36 in its lane",
      (draft) =>
        set(draft.object("nordbank", "Namespace"), "metadata/labels", {
          "pod-security.kubernetes.io/enforce": "baseline",
        }),
    ],
    [
      "a controller that runs any workflow",
      "platform: guard gone: Argo's controller restricts workflows: templateReferencing: Strict",
      (draft) =>
        set(
          draft.object("platform", "ConfigMap", "workflow-controller-configmap"),
          "data/workflowRestrictions",
          undefined,
        ),
    ],
    [
      "a lane that is not isolated any more",
      "nordbank: its pods may be reached by everything: no policy isolates them",
      (draft) => draft.remove("nordbank", "NetworkPolicy", "default-deny"),
    ],
    [
      "a Secret as a variable",
      "platform: Deployment argo/workflow-controller has as a variable Secret x of argo",
      (draft) =>
        append(draft.object("platform", "Deployment"), "spec/template/spec/containers/0/env", {
          name: "X",
          valueFrom: { secretKeyRef: { name: "x", key: "x" } },
        }),
    ],
    [
      "the node's network",
      "nordbank: WorkflowTemplate asks for hostNetwork",
      (draft) => set(draft.object("nordbank", "WorkflowTemplate"), "spec/hostNetwork", true),
    ],
  ])("calls wider: %s", (_, line, mutate) => {
    expect(lines(diff(soundEstate, changed(mutate)))).toContain(line);
  });

  test("is content with a widening that somebody answers for, and tells which waivers are over", () => {
    const answer: Waiver = {
      rule: "widening",
      object: "nordbank: ServiceAccount executor may get, list events in its lane",
      reason: "The executor tells events of its own pods.",
      expires: "2026-12-31",
    };
    const old = { ...answer, object: "platform: something that was merged" };
    const result = diff(soundEstate, moreRights, [answer, old]);
    expect(widensUnanswered(result)).toBe(false);
    expect(diffText(result)).toContain("each widening is answered for");
    expect(diffText(result)).toContain("platform: something that was merged: this change does not widen access so");
    expect(widensUnanswered(diff(soundEstate, moreRights, [{ ...answer, expires: "2026-11-23" }]))).toBe(true);
  });

  test("can be had as data", () => {
    expect(JSON.parse(diffJson(diff(soundEstate, moreRights)))).toMatchObject({
      widens: true,
      owners: [{ owner: "nordbank" }],
      addedFacts: [{ kind: "right" }, { kind: "right" }],
    });
  });
});

describe("a side of a comparison", () => {
  const written = (estate: Estate): string => {
    const folder = temporaryFolder();
    writeManifests(join(folder, "platform"), estate.platform as Manifest[]);
    for (const { name, ...manifests } of estate.customers) {
      writeCustomer(join(folder, name), manifests);
    }
    return folder;
  };

  test("is a folder that cdk8s synth wrote, and means the same as what was rendered", () => {
    const { estate } = readSide(written(soundEstate));
    expect(compareAccess(soundEstate, estate)).toEqual(compareAccess(soundEstate, soundEstate));
    const endpoints = (customers: Estate["customers"]) =>
      new Map(customers.map(({ name, endpoint }) => [name, endpoint]));
    expect(endpoints(estate.customers)).toEqual(endpoints(soundEstate.customers));
  });

  test("is a git revision, and the checkout stays as it is", { timeout: 120_000, skip: !existsSync(".git") }, () => {
    const status = (): string => execFileSync("git", ["worktree", "list"], { encoding: "utf8" });
    const before = status();
    const { estate, label } = readSide("HEAD");
    expect(label).toMatch(/^HEAD \([0-9a-f]{10}\)$/);
    expect(estate.customers.length).toBeGreaterThan(1);
    expect(status()).toBe(before);
  });

  test("is nothing else", () => {
    expect(() => readSide("no-such-revision")).toThrow(/rule: a git revision, or a folder that cdk8s synth wrote/);
  });
});
