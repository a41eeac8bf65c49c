import { type Call, messageOf, pathOf } from "../../support/api.ts";
import type { LaneUnderTest } from "../admission/lane.ts";
import { ARGO_CONTROLLER } from "../argo-pod.ts";
import type { Attempt } from "../attempt.ts";
import { edited } from "../object-edit.ts";

/** More than a lane may use, requested by identities that could otherwise have it. */
export function quotaAttempts(lane: LaneUnderTest): readonly Attempt[] {
  const { api, namespace } = lane;
  const core = (resource: string): string => pathOf({ apiVersion: "v1", resource, namespace });
  const create = (resource: string, body: object): Call => ({
    method: "POST",
    path: core(resource),
    body,
    dryRun: true,
  });
  const claim = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "isolation-attempt" },
    spec: { accessModes: ["ReadWriteMany"], resources: { requests: { storage: "1Gi" } } },
  };
  const service = (type: string): object => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "isolation-attempt" },
    spec: { type, ports: [{ port: 80 }] },
  });
  const pod = (limits: object): Call => ({
    ...create("pods", edited(lane.newPod, "spec.containers.1.resources", { limits })),
    as: ARGO_CONTROLLER,
  });
  const tries: readonly { readonly what: string; readonly call: Call }[] = [
    { what: "a second volume", call: create("persistentvolumeclaims", claim) },
    { what: "a Service", call: create("services", service("ClusterIP")) },
    {
      what: "a load balancer, by which a lane would be reached from outside",
      call: create("services", service("LoadBalancer")),
    },
    { what: "a port of the node", call: create("services", service("NodePort")) },
    { what: "a runner with eight processors", call: pod({ cpu: "8" }) },
    { what: "a runner with 64 GiB of memory", call: pod({ memory: "64Gi" }) },
  ];
  return tries.map(({ what, call }) => ({
    invariant: 34,
    actor: "administrator",
    what,
    make: async () => {
      const seen = messageOf(await api.call(call));
      return { refused: /exceeded quota|maximum .* usage per Container/.test(seen), seen };
    },
    controlled: "a runner as the template has it fits",
    control: async () => {
      const answer = await api.call({ ...create("pods", lane.newPod), as: ARGO_CONTROLLER });
      return answer.status === 201 ? undefined : messageOf(answer);
    },
  }));
}
