import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actsOf } from "../../runs/act.ts";
import { approvalsAnnotation } from "../../runs/approval.ts";
import type { NightActSpec } from "../../runs/night-act.ts";
import { ARGO_CONTROLLER } from "../boundary/argo-pod.ts";
import { messageOf } from "../support/api.ts";
import { ActStage, ANNA, attempt, NAMESPACE, take } from "./act-stage.ts";

let stage: ActStage;

beforeAll(async () => {
  stage = await ActStage.start();
});

afterAll(async () => {
  await stage?.stop();
});

describe("a gate that asks for approvals", () => {
  const group = "risk-control";
  const approver = (name: string) => ({ user: `${name}@vendor.example`, groups: [...ANNA.groups, group] });

  /** A night whose gate sign-off waits for two people of risk-control. */
  async function waitingGate(): Promise<string> {
    const name = await stage.newNight();
    const { status } = await stage.night(name);
    const { [`${name}-2`]: decide, ...others } = attempt(name);
    const nodes = Object.entries(others).map(([id, node]) => [
      id,
      {
        ...node,
        ...(node.displayName === "market" ? { displayName: "sign-off" } : {}),
        ...(id === `${name}-1` ? { ...decide, id, name: id, templateName: "run-gate-1a2b3c" } : {}),
      },
    ]);
    const body = {
      status: {
        nodes: { ...Object.fromEntries(nodes), [`${name}-2`]: null },
        storedWorkflowTemplateSpec: {
          ...status?.storedWorkflowTemplateSpec,
          workflowMetadata: { annotations: approvalsAnnotation(new Map([["sign-off", { group, people: 2 }]])) },
        },
      },
    };
    const path = `/apis/argoproj.io/v1alpha1/namespaces/${NAMESPACE}/workflows/${name}`;
    expect(messageOf(await stage.cluster.api.call({ method: "PATCH", path, body, as: ARGO_CONTROLLER }))).toBe("200");
    return name;
  }

  const gateOf = async (name: string): Promise<string> => {
    const node = (await stage.night(name)).status?.nodes?.[`${name}-1`];
    return `${node?.phase} ${node?.outputs?.parameters?.[0]?.value}`;
  };

  async function outcome(spec: Omit<NightActSpec, "by" | "reason">, as = ANNA): Promise<string> {
    const act = await stage.ask(spec, as);
    await take(stage.desk(), act);
    const { phase, message } = (await stage.actNow(act)).status ?? {};
    return `${phase}: ${message}`;
  }

  test("is released by two different members of its group, and by nobody else", async () => {
    const name = await waitingGate();
    const about = { verb: "release", night: name, step: "sign-off", attempt: 1 } as const;
    expect(await outcome(about)).toContain("Refused: release: sign-off of nordbank is released by members of");
    expect(await outcome({ ...about, group }, approver("berta"))).toContain("Done: sign-off is approved by 1 of 2");
    expect(await gateOf(name)).toBe("Running undefined");
    expect(await outcome({ ...about, group }, approver("berta"))).toContain("was approved by berta@vendor.example");
    expect(await outcome({ ...about, group }, approver("carl"))).toContain("Done: sign-off is confirmed");
    expect(await gateOf(name)).toBe("Succeeded CONFIRMED");
  });

  test("is released, and its night resumed, however many remarks of the longest kind somebody has made", async () => {
    const name = await waitingGate();
    expect(await outcome({ verb: "pause", night: name })).toContain("Done");
    let said = "";
    for (let remarks = 0; remarks < 40 && !said.startsWith("Refused"); remarks += 1) {
      const act = await stage.ask({ verb: "note", night: name }, ANNA, "\u{1f4a4}".repeat(500));
      await take(stage.desk(), act);
      const { phase, message } = (await stage.actNow(act)).status ?? {};
      said = `${phase}: ${message}`;
    }
    expect(said).toContain("the remaining room is kept for decisions");
    expect(await outcome({ verb: "resume", night: name })).toContain("Done");
    const about = { verb: "release", night: name, step: "sign-off", attempt: 1, group } as const;
    expect(await outcome(about, approver("berta"))).toContain("Done: sign-off is approved by 1 of 2");
    expect(await outcome(about, approver("carl"))).toContain("Done: sign-off is confirmed");
  });

  test("takes no act in the name of a group that the requester is not in", async () => {
    const name = await waitingGate();
    const about = { verb: "release", night: name, step: "sign-off", attempt: 1, group } as const;
    expect(messageOf(await stage.tryToAsk(about))).toContain("an act names no group but one of the requester");
    expect(messageOf(await stage.tryToAsk(about, approver("berta")))).toBe("201");
  });

  test("is not left out, and counts each approval once though nightwatch ends in between", async () => {
    const name = await waitingGate();
    const about = { night: name, step: "sign-off", attempt: 1 } as const;
    expect(await outcome({ ...about, verb: "skip" }, approver("berta"))).toContain("Refused");
    for (const [index, writes] of [1, 2].entries()) {
      const act = await stage.ask({ ...about, verb: "release", group }, approver(["dora", "emil"][index] ?? ""));
      await take(stage.desk(stage.endingWriter(writes)), act);
      await take(stage.desk(), await stage.actNow(act));
      expect((await stage.actNow(act)).status).toMatchObject({ phase: "Done" });
    }
    expect(await gateOf(name)).toBe("Succeeded CONFIRMED");
    const { acts } = actsOf((await stage.night(name)).metadata.annotations);
    const released = acts.filter(({ verb }) => verb === "release");
    expect(released.map(({ by, approves }) => [by, approves])).toEqual([
      ["dora@vendor.example", 1],
      ["emil@vendor.example", 1],
    ]);
  });
});
