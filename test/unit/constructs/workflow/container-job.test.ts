import { describe, expect, test } from "vitest";
import { Cpu, Duration, image, Size, scratch, secretFiles } from "../../../../constructs/index.ts";
import type { Night } from "../../../../constructs/night/night.ts";
import { customerWithSteps } from "../../../support/customer.ts";
import { runnerDocument, tasks, template } from "../../../support/night.ts";

const risk = image("risk");

function compiled(declare: (night: Night) => void, name = "file") {
  const runner = template(customerWithSteps(declare), `run-${name}`);
  return { command: runner.container?.args, document: runnerDocument(runner) };
}

function podOf(document: Readonly<Record<string, unknown>>): object {
  return (document as { spark: { job: { spec: { template: { spec: object } } } } }).spark.job.spec.template.spec;
}

describe("a job", () => {
  test("is a Job of one container with what its step sets, without a token", () => {
    const { command, document } = compiled((night) => {
      night.job("file", {
        image: risk,
        command: ["/opt/file.sh", "$HOME"],
        args: ["--date", night.businessDate],
        cpu: Cpu.units(1),
        memory: Size.gibibytes(2),
        env: { REGION: "eu" },
        volumes: { "/etc/filing": secretFiles("filing") },
      });
    });
    expect(command).toEqual(["job"]);
    expect(document.spark).toMatchObject({ executors: false, results: false, result: null, timeoutSeconds: 43200 });
    expect(document.spark).toMatchObject({
      job: {
        spec: {
          backoffLimit: 0,
          completions: 1,
          template: {
            spec: {
              automountServiceAccountToken: false,
              restartPolicy: "Never",
              containers: [
                {
                  name: "job",
                  image: risk,
                  command: ["/opt/file.sh", "$$HOME"],
                  args: ["--date", "2026-03-31"],
                  resources: { requests: { cpu: "1000m", memory: "2048Mi" }, limits: { memory: "2048Mi" } },
                },
              ],
            },
          },
        },
      },
    });
  });

  test("may use as much of the node's disk as its scratch volumes have, beside what it has for itself", () => {
    const { document } = compiled((night) => {
      night.job("file", { image: risk, volumes: { "/scratch": scratch(Size.gibibytes(50)) } });
    });
    expect(podOf(document)).toMatchObject({
      containers: [
        { resources: { requests: { "ephemeral-storage": "51Gi" }, limits: { "ephemeral-storage": "58Gi" } } },
      ],
      volumes: expect.arrayContaining([{ name: "volume-1", emptyDir: { sizeLimit: "51200Mi" } }]),
    });
  });

  test("leaves the image its own entrypoint and arguments where the file says nothing of them", () => {
    const { document } = compiled((night) => void night.job("file", { image: risk }));
    const [container] = (
      document as { spark: { job: { spec: { template: { spec: { containers: readonly object[] } } } } } }
    ).spark.job.spec.template.spec.containers;
    expect(container).not.toHaveProperty("command");
    expect(container).not.toHaveProperty("args");
  });

  test("of several pods gives each its number, and is done when all are", () => {
    const { document } = compiled((night) => void night.job("file", { image: risk, parallelism: 4 }));
    expect(document.spark).toMatchObject({
      job: { spec: { parallelism: 4, completions: 4, completionMode: "Indexed" } },
    });
  });

  test("says after which ends of the program its next attempt begins by itself, and starts no pod again in its Job", () => {
    const retries = { times: 2, exitCodes: [137, "OOMKilled", 137] } as const;
    const { document } = compiled((night) => void night.job("file", { image: risk, retries }));
    expect(document.spark).toMatchObject({
      job: { spec: { backoffLimit: 0, podFailurePolicy: { rules: [{ action: "Ignore" }] } } },
      again: { attempts: 3, ends: [137, "OOMKilled"] },
    });
    const { document: any } = compiled((night) => void night.job("file", { image: risk, retries: { times: 1 } }));
    expect(any.spark).toMatchObject({ again: { attempts: 2 } });
    expect((any.spark as { again: object }).again).not.toHaveProperty("ends");
    expect(compiled((night) => void night.job("file", { image: risk })).document.spark).not.toHaveProperty("again");
  });

  test("knows how long after the night's start it may run, where the file says so", () => {
    const endWithin = Duration.hours(6);
    expect(compiled((night) => void night.job("file", { image: risk, endWithin })).document.spark).toMatchObject({
      endWithin: { start: 1774989000, seconds: 21_600 },
    });
    expect(compiled((night) => void night.job("file", { image: risk })).document.spark).not.toHaveProperty("endWithin");
  });

  test("has other sizes from the second attempt on, where the file says so", () => {
    const options = { image: risk, cpu: Cpu.millis(250), memory: Size.gibibytes(1) };
    const { document } = compiled(
      (night) => void night.job("file", { ...options, onRetry: { memory: Size.gibibytes(3) } }),
    );
    const resources = ["spec", "template", "spec", "containers", 0, "resources"];
    expect((document.spark as { onRetry: unknown }).onRetry).toEqual([
      { path: [...resources, "requests", "memory"], value: "3072Mi" },
      { path: [...resources, "limits", "memory"], value: "3072Mi" },
    ]);
    expect(compiled((night) => void night.job("file", options)).document.spark).not.toHaveProperty("onRetry");
  });

  test("finds an empty folder for results whose manifest the step makes", () => {
    const declare = (night: Night): void => {
      night.job("file", { image: risk, results: "out/", user: 1001, env: { REGION: "eu" } });
    };
    const { document } = compiled(declare);
    expect(document.spark).toMatchObject({ results: "out" });
    const folder = { name: "RESULTS_DIR", value: "/results/night/2026-03-31/run-1/file/out" };
    expect(podOf(document)).toMatchObject({
      initContainers: [
        {
          name: "results",
          image: image("runner"),
          securityContext: { runAsUser: 1001, runAsGroup: 185, readOnlyRootFilesystem: true },
          env: [folder],
          volumeMounts: [{ name: "results", mountPath: "/results" }],
        },
      ],
      containers: [{ env: expect.arrayContaining([folder]) }],
    });
  });

  test("gives each of its pods a folder of its own", () => {
    const { document } = compiled((night) => void night.job("file", { image: risk, parallelism: 3, results: "out/" }));
    const env = [
      {
        name: "JOB_COMPLETION_INDEX",
        valueFrom: { fieldRef: { fieldPath: "metadata.annotations['batch.kubernetes.io/job-completion-index']" } },
      },
      { name: "RESULTS_DIR", value: "/results/night/2026-03-31/run-1/file/out/$(JOB_COMPLETION_INDEX)" },
    ];
    expect(podOf(document)).toMatchObject({
      initContainers: [{ env }],
      containers: [{ env: expect.arrayContaining(env) }],
    });
  });

  test("brings its results back where the file says that it leaves some", () => {
    const declare = (night: Night): void => void night.job("file", { image: risk, results: true, result: "a.csv" });
    expect(compiled(declare).document.spark).toMatchObject({ results: true, result: "a.csv" });
    const { reuse } = tasks(template(customerWithSteps(declare), "step-file"));
    expect(reuse?.arguments?.parameters).toContainEqual({ name: "lane", value: "file" });
  });

  test("has the settings of all jobs of the night unless it says otherwise", () => {
    const definition = customerWithSteps((night) => void night.job("file", { image: risk, env: { B: "2" } }), {
      workflow: { defaults: { job: { env: { A: "1", B: "1" }, user: 1001 } } },
    });
    expect(runnerDocument(template(definition, "run-file")).spark).toMatchObject({
      job: {
        spec: {
          template: {
            spec: {
              securityContext: { runAsUser: 1001 },
              containers: [
                {
                  env: expect.arrayContaining([
                    { name: "A", value: "1" },
                    { name: "B", value: "2" },
                  ]),
                },
              ],
            },
          },
        },
      },
    });
  });
});
