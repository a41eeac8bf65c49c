import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { images } from "../../constructs/images.ts";
import { type Answer, messageOf } from "../../isolation/live/api.ts";
import { ARGO_CONTROLLER } from "../../isolation/live/argo-pod.ts";
import { GuardedCluster } from "./admission-support.ts";
import { type ArgoRequest, EXECUTOR_IMAGE, RUNNER_IMAGE } from "./argo-requests.ts";

/**
 * What Argo really sends in a scheduled night, recorded in the farm by `record-argo-requests.ts`, is let through by every
 * policy that we ship: a guard that blocks the main path fails here, before a farm is started.
 */
interface Recorded {
  readonly workflow: string;
  readonly namespace: string;
  readonly requests: readonly ArgoRequest[];
}

const file = fileURLToPath(new URL("argo-requests.json", import.meta.url));
const recorded: Recorded = JSON.parse(readFileSync(file, "utf8"));
let cluster: GuardedCluster;

beforeAll(async () => {
  cluster = await GuardedCluster.start();
});

afterAll(async () => {
  await cluster?.stop();
});

describe("a scheduled night as Argo sends it", () => {
  test("is in the record with each of its parts", () => {
    const kinds = new Set(recorded.requests.map(({ as, verb, resource }) => `${as.user} ${verb} ${resource}`));
    const executor = `system:serviceaccount:${recorded.namespace}:executor`;
    for (const kind of ["create workflows", "update workflows", "create pods", "delete pods"]) {
      expect(kinds).toContain(`${ARGO_CONTROLLER.user} ${kind}`);
    }
    expect(kinds).toContain(`${executor} create workflowtaskresults`);
    const [first] = recorded.requests;
    expect(first?.body).toHaveProperty("status.storedTemplates");
  });

  test("passes every policy, request by request", async () => {
    const refused: string[] = [];
    for (const request of recorded.requests) {
      const answer = await send(request);
      if (answer.status >= 300) {
        refused.push(`${request.as.user} ${request.verb} ${request.path}: ${messageOf(answer)}`);
      }
    }
    expect(refused).toEqual([]);
  });
});

/** Sends a recorded request in the name of whoever sent it. An update is one of the object as it stands here. */
async function send({ as, verb, path, body }: ArgoRequest): Promise<Answer> {
  const method = (
    { create: "POST", update: "PUT", patch: "PATCH", delete: "DELETE", deletecollection: "DELETE" } as const
  )[verb];
  const sent = body === undefined ? undefined : withImages(body);
  const current = verb === "update" ? await cluster.api.call({ method: "GET", path }) : undefined;
  return cluster.api.call({
    method,
    path,
    as,
    ...(sent === undefined ? {} : { body: current === undefined ? sent : withVersionOf(current, sent) }),
  });
}

function withImages(body: object): object {
  const { runner, argoExecutor } = images();
  return JSON.parse(JSON.stringify(body).replaceAll(RUNNER_IMAGE, runner).replaceAll(EXECUTOR_IMAGE, argoExecutor));
}

interface WithMetadata {
  readonly metadata?: { readonly resourceVersion?: string; readonly uid?: string };
}

function withVersionOf(current: Answer, sent: object): object {
  const { resourceVersion, uid } = (current.body as WithMetadata).metadata ?? {};
  return { ...sent, metadata: { ...(sent as WithMetadata).metadata, resourceVersion, uid } };
}
