import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test, vi } from "vitest";
import { CUSTOMERS_FOLDER } from "../../../constructs/definition/customer-files.ts";
import { writeCustomer, writeManifests } from "../../../infra/write-manifests.ts";
import { collectEstate } from "../../../isolation/model/collect.ts";
import { checkAsDeployed } from "../../../isolation/model/kubeconfig-check.ts";
import { RULES } from "../../../isolation/rules/registry.ts";
import { soundKubeconfig } from "../../../isolation/rules/secrets/kubeconfig-samples.ts";
import { runStatic } from "../../../isolation/static-command.ts";
import { tryPipeline } from "../../../pipeline/pipeline-trial.ts";
import { certificate } from "../../support/certificates.ts";
import { temporaryFolder } from "../../support/folders.ts";
import { Draft, nordbank, proveDraft, set, soundEstate } from "./draft.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const CONSTRUCTS = fileURLToPath(new URL("../../../constructs/index.ts", import.meta.url));

/** A folder with a copy of an example customer, rewritten. */
function customersFolder(rewrite: (source: string) => string): string {
  const folder = temporaryFolder();
  const source = readFileSync(join(CUSTOMERS_FOLDER, "nordbank.ts"), "utf8");
  writeFileSync(join(folder, "nordbank.ts"), rewrite(source.replace("../constructs/index.ts", CONSTRUCTS)));
  return folder;
}

/** Runs the proof as the command does; what it printed, and whether it found nothing. */
async function run(options: Parameters<typeof runStatic>[0]): Promise<{ printed: string; isSound: boolean }> {
  const printed: string[] = [];
  vi.spyOn(console, "log").mockImplementation((text: string) => void printed.push(text));
  const isSound = await runStatic(options, tryPipeline);
  return { printed: printed.join("\n"), isSound };
}

describe("what is rendered with canaries planted", () => {
  test("has none of them, and leaves the environment as it was", async () => {
    vi.stubEnv("CUSTOMER_KUBECONFIG", "/somewhere");
    const estate = await collectEstate(tryPipeline);
    expect(process.env.CUSTOMER_KUBECONFIG).toBe("/somewhere");
    expect(process.env.APPS_KUBECONFIG).toBeUndefined();
    expect(estate.trials.canary?.planted.map(({ credential }) => credential)).toContain("kubeconfig");
    expect(proveDraft(estate).rules.find(({ rule }) => rule.number === 14)?.findings).toEqual([]);
  });

  test.each([
    ["the content of a credential's file", 'readFileSync(process.env.CUSTOMER_KUBECONFIG ?? "", "utf8")'],
    ["a credential's variable", 'process.env.CUSTOMER_KUBECONFIG ?? ""'],
  ])("cannot be %s, which no customer's file can see", async (_, expression) => {
    const read = 'import { readFileSync } from "node:fs";\n';
    const folder = customersFolder(
      (source) => `${expression.includes("readFile") ? read : ""}${source.replace('night.path("market")', expression)}`,
    );
    await expect(collectEstate(tryPipeline, folder)).rejects.toThrow(
      /customers\/nordbank\.ts: \d+ problems?\n.*(an import of "node:fs"|process is not defined)/,
    );
  });
});

describe("the kubeconfig check that is put to the proof", () => {
  test("does not see the farm's certificate authority", () => {
    vi.stubEnv("NIGHTLANE_CUSTOMER_CA_FILE", "/nowhere");
    expect(checkAsDeployed(soundKubeconfig(nordbank), nordbank)).toEqual([]);
    expect(process.env.NIGHTLANE_CUSTOMER_CA_FILE).toBe("/nowhere");
  });
});

describe("the command", () => {
  test("proves what it can of a customer whose authority has expired, and all of the others", async () => {
    const authority = /-----BEGIN[\s\S]*-----END CERTIFICATE-----\n/;
    const folder = customersFolder((source) => source.replace(authority, certificate("expired")));
    const { printed, isSound } = await run({ customers: folder });
    expect(printed.split("\n").at(-1)).toBe(`isolation: 1 customers, ${RULES.length} rules, 0 findings`);
    expect(isSound).toBe(true);
  });

  test("proves the repository's customers", async () => {
    const { printed, isSound } = await run({});
    const names = readdirSync(CUSTOMERS_FOLDER).filter((file) => file.endsWith(".ts"));
    expect(printed.split("\n").at(-1)).toBe(`isolation: ${names.length} customers, ${RULES.length} rules, 0 findings`);
    expect(isSound).toBe(true);
  });

  test("reads a folder of manifests, and finds what was changed in it", async () => {
    const folder = temporaryFolder();
    const draft = new Draft();
    set(draft.object("nordbank", "NetworkPolicy", "default-deny"), "spec/podSelector", { matchLabels: { a: "b" } });
    writeManifests(join(folder, "platform"), draft.platform);
    for (const { name, ...manifests } of draft.customers) {
      writeCustomer(join(folder, name), manifests);
    }
    const { printed, isSound } = await run({ dist: folder });
    expect(isSound).toBe(false);
    expect(printed).toContain("Namespace customer-nordbank: no single policy isolates every pod both ways");
    expect(printed).toContain("spec.podSelector.matchLabels.a is not a field that was reviewed");
    expect(printed.split("\n").at(-1)).toMatch(/ 3 findings$/);
  });

  test("writes the JUnit file", async () => {
    const junit = join(temporaryFolder(), "a.xml");
    await run({ junit });
    expect(readFileSync(junit, "utf8")).toMatch(/^<\?xml/);
  });

  test("proves nothing about no customers, and says where the mistake is in a folder", async () => {
    const empty = temporaryFolder();
    await expect(run({ customers: empty })).rejects.toThrow(/no customers/);
    await expect(run({ dist: empty })).rejects.toThrow(/has no folder platform/);
    mkdirSync(join(empty, "platform"));
    writeFileSync(join(empty, "platform", "x.yaml"), "kind: Nothing\n");
    await expect(run({ dist: empty })).rejects.toThrow(/x\.yaml[\s\S]*rule: a Kubernetes object/);
  });
});

describe("a rule that saw nothing", () => {
  test("is a finding: it has proven nothing", () => {
    const proof = proveDraft({ ...soundEstate, platform: [], customers: [] });
    expect(proof.rules.find(({ rule }) => rule.number === 2)?.findings[0]?.message).toContain("proves nothing");
  });
});
