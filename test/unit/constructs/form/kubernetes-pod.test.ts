import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Findings } from "../../../../constructs/form/form.ts";
import { affinityForm, podTemplateForm } from "../../../../constructs/form/kubernetes-pod.ts";
import kubernetes from "../../../schemas/kubernetes.json" with { type: "json" };
import { podForm } from "../../../schemas/pod-form.ts";

test("a pod's properties are those of the pinned Kubernetes: npx tsx test/schemas/generate.ts writes them", () => {
  const file = new URL("../../../../constructs/form/kubernetes-pod.json", import.meta.url);
  expect(readFileSync(file, "utf8")).toBe(podForm(kubernetes));
});

describe("what a customer file says of a pod", () => {
  const wrong = (form: typeof affinityForm, value: unknown): readonly string[] => {
    const findings = new Findings();
    form.inspect(value, "p", findings);
    return [...findings.wrong, ...findings.unknown].map(({ property }) => property);
  };

  test("may be all that Kubernetes knows", () => {
    const spec = {
      activeDeadlineSeconds: 5,
      hostAliases: [{ ip: "192.0.2.7", hostnames: ["kdb"] }],
      containers: [
        { name: "executor", resources: { limits: { "nvidia.com/gpu": 1, memory: "1Gi" } } },
        { name: "agent", image: "x", livenessProbe: { httpGet: { port: "http" }, periodSeconds: 5 } },
      ],
      volumes: [{ name: "v", csi: { driver: "x", volumeAttributes: { a: "b" } } }],
    };
    expect(wrong(podTemplateForm, { apiVersion: "v1", kind: "Pod", metadata: { labels: { a: "b" } }, spec })).toEqual(
      [],
    );
    expect(wrong(podTemplateForm, {})).toEqual([]);
    expect(wrong(podTemplateForm, undefined)).toEqual([]);
  });

  test.each([
    [{ apiVersion: "v2" }, "p.apiVersion"],
    [{ kind: "Job" }, "p.kind"],
    [{ metadata: { labels: { a: 5 } } }, "p.metadata.labels.a"],
    [{ spec: { tolerations: "x" } }, "p.spec.tolerations"],
    [{ spec: { activeDeadlineSeconds: "5" } }, "p.spec.activeDeadlineSeconds"],
    [{ spec: { containers: [{ image: "x" }] } }, "p.spec.containers[0].name"],
    [{ spec: { volumes: [{ name: "v", emptyDir: { sizeLimt: "1Gi" } }] } }, "p.spec.volumes[0].emptyDir.sizeLimt"],
  ])("is refused where it is none: %j", (template, property) => {
    expect(wrong(podTemplateForm, template)).toEqual([property]);
  });

  test.each([
    [{ nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {} } }, "nodeSelectorTerms"],
    [{ podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: "x" } }, "Execution"],
    [{ podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{}] } }, "[0].topologyKey"],
  ])("is refused as an affinity where it is none: %j", (affinity, property) => {
    expect(wrong(affinityForm, affinity)).toEqual([
      expect.stringMatching(new RegExp(`${property.replace(/[[\].]/g, "\\$&")}$`)),
    ]);
  });
});
