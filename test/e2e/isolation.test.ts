import { describe, expect, test } from "vitest";
import { isProof } from "../boundary/attempt.ts";
import { canariesOf, findAny } from "../boundary/canary/canary.ts";
import { allObjects } from "../boundary/canary/cluster-places.ts";
import { canaryLines, isContained, runCanary } from "../boundary/canary/run-canary.ts";
import { holds, lastLine, liveLines } from "../boundary/print-live.ts";
import { runLive } from "../boundary/run-live.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { Api } from "../support/api.ts";

const farm = new FarmPaths(farmRoot());

describe("isolation on the running farm", () => {
  test("refuses every attempt, beside a control that passes", async () => {
    const report = await runLive({ kubeconfig: farm.centralKubeconfig });
    process.stdout.write(`${liveLines(report).join("\n")}\n`);
    const open = report.results.filter((result) => !isProof(result));
    expect(open.map(({ actor, what, outcome, controlFailure }) => ({ actor, what, outcome, controlFailure }))).toEqual(
      [],
    );
    expect(report.requirements.filter(({ failure }) => failure !== undefined)).toEqual([]);
    expect(holds(report)).toBe(true);
    expect(report.results.length).toBeGreaterThan(300);
    expect(lastLine(report)).toMatch(/^attempts: (\d+) made, \1 refused, \d+ positive controls passed$/);
  });
});

describe("the credentials that are deployed in the farm", () => {
  test("are in their Secret and in the file that runners mount, and nowhere else", async () => {
    const report = await runCanary({ farm });
    process.stdout.write(`${canaryLines(report).join("\n")}\n`);
    expect(report.homes.filter(({ found }) => !found)).toEqual([]);
    expect(report.places.filter(({ texts, findings }) => texts === 0 || findings.length > 0)).toEqual([]);
    expect(isContained(report)).toBe(true);
  });

  test("would be found in an object that somebody copied one into", async () => {
    const api = await Api.fromKubeconfig(farm.centralKubeconfig);
    const planted = "planted-credential-that-is-long-enough";
    const maps = "/api/v1/namespaces/nightlane-system/configmaps";
    try {
      const body = { metadata: { name: "planted" }, data: { copy: Buffer.from(`x${planted}`).toString("base64") } };
      expect((await api.call({ method: "POST", path: maps, body })).status).toBe(201);
      const found: string[] = [];
      for await (const { where, text } of allObjects(api).texts()) {
        const how = findAny(text, canariesOf("nordbank", "marketDataToken", planted));
        if (how !== undefined) {
          found.push(`${where}: ${how}`);
        }
      }
      expect(found).toEqual(["configmaps nightlane-system/planted: marketDataToken of nordbank, in base64"]);
    } finally {
      await api.call({ method: "DELETE", path: `${maps}/planted` });
      api.close();
    }
  });
});
