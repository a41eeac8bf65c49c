import { Size } from "cdk8s";
import { Cpu } from "cdk8s-plus-27";
import { describe, expect, test } from "vitest";
import { image, riskApp } from "../../../../constructs/definition/applications.ts";
import type { Night } from "../../../../constructs/night/night.ts";
import { type ProbedPod, probedPods } from "../../../../infra/preflight/probe-job.ts";
import { customerWithSteps, smallSpark } from "../../../support/customer.ts";

function pods(steps: (night: Night) => void): readonly ProbedPod[] {
  return probedPods(customerWithSteps(steps));
}

function sizes({ name, job }: ProbedPod): readonly unknown[] {
  const { cpu, memory } = job.spec?.template.spec?.containers[0]?.resources?.requests ?? {};
  return [name, cpu, memory];
}

describe("the pods that preflight starts", () => {
  test("are one of each kind, the largest, whatever the steps are called", () => {
    const found = pods((night) => {
      night.spark("small", smallSpark());
      night.spark("large", smallSpark({ memory: Size.gibibytes(3), driverMemory: Size.gibibytes(2) }));
      night.gate("gate");
    });
    expect(found.map(sizes)).toEqual([
      ["large", "500m", "2048Mi"],
      ["executors of large", "500m", "3072Mi"],
    ]);
  });

  test("are two where one has the most memory and another the most CPU", () => {
    const found = pods((night) => {
      night.job("memory", { image: image("risk"), memory: Size.gibibytes(8), cpu: Cpu.millis(100) });
      night.job("cpu", { image: image("risk"), memory: Size.gibibytes(1), cpu: Cpu.units(2) });
    });
    expect(found.map(({ name }) => name)).toEqual(["memory", "cpu"]);
  });

  test("are another kind with a GPU", () => {
    const gpu = { name: "executor", resources: { limits: { "nvidia.com/gpu": "1" } } };
    const found = pods((night) => {
      night.spark("large", smallSpark({ memory: Size.gibibytes(3) }));
      night.spark("gpu", smallSpark({ executorPodTemplate: { spec: { containers: [gpu] } } }));
    });
    expect(found.map(({ name }) => name)).toEqual(["large", "executors of large", "gpu", "executors of gpu"]);
  });

  test("have the devices for which Spark asks", () => {
    const of = "spark.executor.resource.gpu";
    const conf = { [`${of}.amount`]: "2", [`${of}.vendor`]: "nvidia.com", "spark.task.resource.gpu.amount": "1" };
    const [, executors] = pods((night) => void night.spark("s", smallSpark({ conf })));
    expect(executors?.job.spec?.template.spec?.containers[0]?.resources?.limits).toMatchObject({
      "nvidia.com/gpu": "2",
    });
  });

  test("have the sizes of later attempts", () => {
    const onRetry = { memory: Size.gibibytes(2), driverCpu: Cpu.units(1) };
    expect(pods((night) => void night.spark("s", smallSpark({ onRetry }))).map(sizes)).toEqual([
      ["s, a later attempt", "1000m", "1024Mi"],
      ["executors of s, a later attempt", "500m", "2048Mi"],
    ]);
  });

  test("of executors are as Spark makes them of their template, and under no account that drivers have", () => {
    const spec = {
      nodeSelector: { pool: "gpu" },
      restartPolicy: "Always",
      containers: [
        { name: "executor", resources: { limits: { "nvidia.com/gpu": "1" } } },
        { name: "side", image: "side:1", command: ["sleep", "inf"] },
      ],
    };
    const [, executors] = pods((night) => void night.spark("s", smallSpark({ executorPodTemplate: { spec } })));
    const pod = executors?.job.spec?.template.spec;
    expect(pod).toMatchObject({
      nodeSelector: { pool: "gpu" },
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      containers: [
        {
          name: "executor",
          image: riskApp("var_es.py").image,
          command: ["true"],
          resources: { limits: { "nvidia.com/gpu": "1", memory: "1024Mi" } },
        },
        { name: "side", image: "side:1", command: ["true"], args: [] },
      ],
    });
    expect(pod).not.toHaveProperty("serviceAccountName");
  });

  test("do nothing: not even what makes a step's folder on the results volume", () => {
    const [job] = pods((night) => void night.job("file", { image: image("risk"), results: "out/" }));
    const spec = job?.job.spec?.template.spec;
    expect(spec?.initContainers).toMatchObject([{ name: "results", command: ["true"], env: [] }]);
    expect(JSON.stringify(spec)).not.toContain("rm -rf");
  });
});
