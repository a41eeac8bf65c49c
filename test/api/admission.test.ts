import { afterAll, beforeAll, expect, it } from "vitest";
import { messageOf } from "../../isolation/live/api.ts";
import { ARGO_CONTROLLER } from "../../isolation/live/argo-pod.ts";
import { GuardedCluster } from "./admission-support.ts";

let cluster: GuardedCluster;

beforeAll(async () => {
  cluster = await GuardedCluster.start();
});

afterAll(async () => {
  await cluster?.stop();
});

it("has policies whose expressions fit the types they are about", async () => {
  expect(await cluster.typeWarnings()).toEqual([]);
});

it("lets Argo's own pod through", async () => {
  const answer = await cluster.api.call({
    method: "POST",
    path: "/api/v1/namespaces/customer-nordbank/pods",
    body: cluster.pod("legitimate"),
    as: ARGO_CONTROLLER,
  });
  expect(messageOf(answer)).toBe("201");
});
