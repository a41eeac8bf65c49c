import { describe, expect, test } from "vitest";
import { Cpu, Size } from "../../../../constructs/index.ts";
import type { SparkOptions } from "../../../../constructs/night/step.ts";
import { sparkJob } from "../../../../constructs/workflow/spark-job.ts";
import { smallSpark } from "../../../support/customer.ts";

interface Job {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly {
          readonly args: readonly string[];
          readonly env: readonly { readonly name: string; readonly value?: string }[];
        }[];
      };
    };
  };
}

function job(changes: Partial<SparkOptions> = {}): Job {
  const props = { customer: "testbank", step: "var-es", namespace: "quant", options: smallSpark(changes) };
  return sparkJob(props) as unknown as Job;
}

function environment(one: Job): Readonly<Record<string, string | undefined>> {
  const env = one.spec.template.spec.containers[0]?.env ?? [];
  return Object.fromEntries(env.map(({ name, value }) => [name, value]));
}

describe("sparkJob", () => {
  test("has no name: the runner names it after the run, the step and the attempt", () => {
    expect(job().metadata).toEqual({ namespace: "quant" });
  });

  test("never restarts or replaces its driver by itself, and is kept for three days", () => {
    expect(job().spec).toMatchObject({
      backoffLimit: 0,
      parallelism: 1,
      completions: 1,
      podReplacementPolicy: "Failed",
      ttlSecondsAfterFinished: 3 * 24 * 3600,
      template: { spec: { restartPolicy: "Never", serviceAccountName: "spark", automountServiceAccountToken: true } },
    });
  });

  test("starts an evicted driver again, and nothing else that failed", () => {
    expect(job().spec).toMatchObject({
      podFailurePolicy: {
        rules: [{ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] }],
      },
    });
  });

  test("hands its identity on to the executors, so that they can be swept by it", () => {
    const env = job().spec.template.spec.containers[0]?.env ?? [];
    for (const name of ["CUSTOMER", "STEP", "NIGHT"]) {
      const fieldPath = `metadata.labels['nightlane/${name.toLowerCase()}']`;
      expect(env).toContainEqual({ name: `NIGHTLANE_LABEL_${name}`, valueFrom: { fieldRef: { fieldPath } } });
    }
  });

  test("passes Pod Security restricted", () => {
    expect(job().spec.template.spec).toMatchObject({
      securityContext: { runAsNonRoot: true, runAsUser: 185, fsGroup: 185, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            runAsNonRoot: true,
            capabilities: { drop: ["ALL"] },
          },
        },
      ],
    });
  });

  test("starts the driver with the main program and its arguments", () => {
    const { containers } = job({ args: ["--scenarios", "2000"] }).spec.template.spec;
    expect(containers[0]?.args).toEqual(["driver", "/opt/risk/jobs/var_es.py", "--scenarios", "2000"]);
  });

  test("tells Spark its sizes, heap and overhead within the pod's memory", () => {
    const changes = {
      executors: 3,
      memory: Size.gibibytes(4),
      cpu: Cpu.millis(1500),
      driverMemory: Size.gibibytes(2),
      driverCpu: Cpu.units(1),
    };
    expect(environment(job(changes))).toMatchObject({
      STEP: "var-es",
      SPARK_EXECUTORS: "3",
      SPARK_EXECUTOR_MEMORY: "2925m",
      SPARK_EXECUTOR_MEMORY_OVERHEAD: `${4096 - 2925}m`,
      SPARK_EXECUTOR_CORES: "2",
      SPARK_EXECUTOR_REQUEST_CORES: "1500m",
      SPARK_DRIVER_MEMORY: "1462m",
    });
    expect(job(changes).spec.template.spec.containers[0]).toMatchObject({
      resources: { requests: { cpu: "1000m", memory: "2048Mi" }, limits: { memory: "2048Mi" } },
    });
  });

  test("tells the application which night it computes", () => {
    expect(environment(job())).toMatchObject({
      NIGHT_DIR: "/results/night/{{inputs.parameters.business-date}}/run-{{workflow.parameters.run-number}}",
      ATTEMPT: "{{inputs.parameters.attempt}}",
      BUSINESS_DATE: "{{inputs.parameters.business-date}}",
      RUN_NUMBER: "{{workflow.parameters.run-number}}",
    });
  });
});
