import { afterAll, describe, expect, test } from "vitest";
import { estateOf } from "../../../isolation/model/collect.ts";
import { findingsOf } from "../../../isolation/prove.ts";
import { RULES } from "../../../isolation/rules/registry.ts";
import { tryPipeline } from "../../../pipeline/pipeline-trial.ts";
import { nordbank, proveDraft, severalServersEstate, soundEstate, watchedEstate } from "./draft.ts";
import { absentMutations } from "./mutations/absent.ts";
import { appMutations } from "./mutations/apps.ts";
import { callMutations } from "./mutations/calls.ts";
import { deployerMutations } from "./mutations/deployer.ts";
import { guardMutations } from "./mutations/guards.ts";
import { knownMutations } from "./mutations/known.ts";
import type { Mutation } from "./mutations/mutation.ts";
import { networkMutations } from "./mutations/network.ts";
import { partMutations } from "./mutations/parts.ts";
import { proxiedEstate, proxyMutations } from "./mutations/proxies.ts";
import { rbacMutations } from "./mutations/rbac.ts";
import { secretMutations } from "./mutations/secrets.ts";
import { supplyMutations } from "./mutations/supply.ts";
import { templateMutations } from "./mutations/templates.ts";
import { workloadMutations } from "./mutations/workload.ts";

const mutations: readonly Mutation[] = [
  ...appMutations,
  ...absentMutations,
  ...callMutations,
  ...rbacMutations,
  ...deployerMutations,
  ...secretMutations,
  ...networkMutations,
  ...proxyMutations,
  ...workloadMutations,
  ...supplyMutations,
  ...guardMutations,
  ...knownMutations,
  ...partMutations,
  ...templateMutations,
];

let made = 0;
let caught = 0;

afterAll(() => {
  console.log(`mutations: ${made} made, ${caught} caught`);
});

describe("the sound estate", () => {
  test.each([
    ["of central.json", soundEstate],
    ["where Prometheus calls", watchedEstate],
    ["where the central API server has several machines", severalServersEstate],
    ["without an application", estateOf([nordbank], tryPipeline)],
    ["with a customer behind a proxy", proxiedEstate],
  ])("%s has no finding, and every rule saw something", (_, estate) => {
    const proof = proveDraft(estate);
    expect(findingsOf(proof)).toEqual([]);
    expect(proof.rules.filter(({ examined }) => examined === 0)).toEqual([]);
    expect(proof.matrix.paths).toEqual([]);
  });
});

/** Report whatever they do not know, beside the rule that knows what is wrong with it. */
const CLOSED_LISTS: readonly unknown[] = [41, 42, 43, 44, 45, 46, 47, 48];

describe("a mutation is caught by the rule that is meant for it, and by no other but the closed lists", () => {
  test.each(mutations.map((mutation) => [`${mutation.rule}: ${mutation.title}`, mutation] as const))(
    "%s",
    (_, mutation) => {
      made += 1;
      const findings = findingsOf(proveDraft(mutation.estate()));
      const fired = [...new Set(findings.map(({ rule }) => rule))].sort();
      if (CLOSED_LISTS.includes(mutation.rule)) {
        expect(fired).toContain(mutation.rule);
      } else {
        expect(fired.filter((rule) => !CLOSED_LISTS.includes(rule))).toEqual(
          [mutation.rule, ...(mutation.also ?? [])].sort(),
        );
      }
      const objects = findings.filter(({ rule }) => rule === mutation.rule).map(({ object }) => object);
      expect(objects).toContain(mutation.object);
      caught += 1;
    },
  );

  test("and every rule has a mutation", () => {
    const covered = new Set(mutations.map(({ rule }) => rule));
    expect(RULES.map(({ number }) => number).filter((number) => !covered.has(number))).toEqual([]);
  });

  test("and each has one of which it alone speaks", () => {
    const alone = new Set(mutations.filter(({ also }) => (also ?? []).length === 0).map(({ rule }) => rule));
    expect(RULES.map(({ number }) => number).filter((number) => !alone.has(number))).toEqual([]);
  });
});
