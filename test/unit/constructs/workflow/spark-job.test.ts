import { describe, expect, test } from "vitest";
import {
  Cpu,
  claim,
  configMapFiles,
  configMapKey,
  Size,
  scratch,
  secretFiles,
  secretKey,
  sparkApp,
} from "../../../../constructs/index.ts";
import type { SparkOptions } from "../../../../constructs/night/step.ts";
import { sparkJob } from "../../../../constructs/workflow/spark-job.ts";
import { customerWithSteps, smallSpark } from "../../../support/customer.ts";
import { runnerDocument, template } from "../../../support/night.ts";

interface Container {
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts: readonly unknown[];
}

interface Pod {
  readonly metadata: { readonly labels?: object; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly containers: readonly [Container]; readonly volumes: readonly unknown[] };
}

interface Job {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: { readonly template: Pod };
}

function driver(one: Job): Container {
  return one.spec.template.spec.containers[0];
}

/** Spark's properties, as the driver gets them. */
function conf(one: Job): Readonly<Record<string, string>> {
  const { args } = driver(one);
  const pairs = args.filter((_, place) => args[place - 1] === "--conf").map((pair) => pair.split(/=(.*)/s));
  return Object.fromEntries(pairs.map(([name, value]) => [name, value]));
}

/** The pod template of the executors, which the driver finds as a file. */
function executorOf(one: Job): Pod {
  const { annotations } = one.spec.template.metadata;
  expect(one.spec.template.spec.volumes).toContainEqual({
    name: "nightlane",
    downwardAPI: {
      items: [
        { path: "executor.json", fieldRef: { fieldPath: "metadata.annotations['nightlane/executor-template']" } },
      ],
    },
  });
  return JSON.parse(annotations?.["nightlane/executor-template"] ?? "") as Pod;
}

function job(changes: Partial<SparkOptions> = {}): Job {
  const props = { step: "var-es", namespace: "quant", options: smallSpark(changes) };
  return sparkJob(props) as unknown as Job;
}

function environment(one: Job): Readonly<Record<string, string | undefined>> {
  const env = one.spec.template.spec.containers[0]?.env ?? [];
  return Object.fromEntries(env.map(({ name, value }) => [name, value]));
}

test("a Spark step has other sizes from the second attempt on, where the file says so", () => {
  const onRetry = { memory: Size.gibibytes(4), driverCpu: Cpu.units(2), executors: 3 };
  const customer = customerWithSteps((night) => void night.spark("var-es", smallSpark({ onRetry })));
  const { spark } = runnerDocument(template(customer, "run-var-es")) as {
    spark: { job: object; onRetry: readonly { path: readonly (string | number)[]; value: string }[] };
  };
  expect(spark.onRetry.map(({ value }) => value.replace(/^spark\.(kubernetes\.)?/, ""))).toEqual([
    "executor.memory=2925m",
    "executor.memoryOverhead=1171m",
    "allocation.batch.size=3",
    "executor.instances=3",
    "2000m",
  ]);
  for (const { path } of spark.onRetry) {
    const at = path.reduce<unknown>((tree, key) => (tree as Record<string | number, unknown>)[key], spark.job);
    expect(at).toEqual(expect.any(String));
  }
});

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

  test("starts the driver as Apache Spark's own images want it, with the main program and its arguments last", () => {
    const args = driver(job({ args: ["--scenarios", "2000", "--at", "$(POD_IP)"] })).args;
    expect(args.slice(0, 3)).toEqual([
      "driver",
      "--master",
      "k8s://https://$(KUBERNETES_SERVICE_HOST):$(KUBERNETES_SERVICE_PORT)",
    ]);
    // A dollar sign of the author's is not a reference to a variable of the pod.
    expect(args.slice(-5)).toEqual(["/opt/risk/jobs/var_es.py", "--scenarios", "2000", "--at", "$$(POD_IP)"]);
    expect(environment(job())).toMatchObject({ SPARK_LOCAL_DIRS: "/tmp" });
    expect(driver(job()).env).toContainEqual({
      name: "SPARK_DRIVER_BIND_ADDRESS",
      valueFrom: { fieldRef: { fieldPath: "status.podIP" } },
    });
  });

  test("starts a class of a jar, with further jars and Python files of the image", () => {
    const app = sparkApp({
      image: smallSpark().app.image,
      mainClass: "example.Pi",
      jar: "/opt/jobs/pi.jar",
      jars: ["/opt/jobs/a.jar", "/opt/jobs/b.jar"],
      pyFiles: ["/opt/jobs/lib.zip"],
    });
    const { args } = driver(job({ app, args: ["100"] }));
    expect(args.slice(-4)).toEqual(["--class", "example.Pi", "local:///opt/jobs/pi.jar", "100"]);
    expect(args.slice(args.indexOf("--jars"), -4)).toEqual([
      "--jars",
      "local:///opt/jobs/a.jar,local:///opt/jobs/b.jar",
      "--py-files",
      "local:///opt/jobs/lib.zip",
    ]);
  });

  test("tells Spark its sizes, heap and overhead within the pod's memory", () => {
    const changes = {
      executors: 3,
      memory: Size.gibibytes(4),
      cpu: Cpu.millis(1500),
      driverMemory: Size.gibibytes(2),
      driverCpu: Cpu.units(1),
    };
    expect(conf(job(changes))).toMatchObject({
      "spark.executor.instances": "3",
      "spark.executor.memory": "2925m",
      "spark.executor.memoryOverhead": `${4096 - 2925}m`,
      "spark.executor.cores": "2",
      "spark.kubernetes.executor.request.cores": "1500m",
      "spark.driver.memory": "1462m",
      "spark.dynamicAllocation.enabled": "false",
    });
    expect(driver(job(changes))).toMatchObject({
      resources: { requests: { cpu: "1000m", memory: "2048Mi" }, limits: { memory: "2048Mi" } },
    });
  });

  test("hands the file's own settings to Spark", () => {
    const settings = conf(
      job({
        conf: { "spark.sql.shuffle.partitions": "200" },
        hadoopConf: { "fs.s3a.endpoint": "https://s3.bank.example" },
        jvmOptions: ["-XX:+UseG1GC", "-Dregion=eu"],
        dynamicAllocation: { min: 2, max: 8 },
        eventLog: "s3a://logs/spark",
        ui: true,
      }),
    );
    expect(settings).toMatchObject({
      "spark.sql.shuffle.partitions": "200",
      "spark.hadoop.fs.s3a.endpoint": "https://s3.bank.example",
      "spark.driver.extraJavaOptions": "-XX:+UseG1GC -Dregion=eu",
      "spark.executor.extraJavaOptions": "-XX:+UseG1GC -Dregion=eu",
      "spark.dynamicAllocation.enabled": "true",
      "spark.dynamicAllocation.shuffleTracking.enabled": "true",
      "spark.dynamicAllocation.minExecutors": "2",
      "spark.dynamicAllocation.maxExecutors": "8",
      "spark.eventLog.dir": "s3a://logs/spark",
      "spark.ui.enabled": "true",
    });
    expect(settings).not.toHaveProperty("spark.executor.instances");
  });

  test("gives driver and executors the same place, variables and volumes", () => {
    const one = job({
      env: { REGION: "eu", KDB_PASSWORD: secretKey("kdb", "password"), LIMITS: configMapKey("limits", "all") },
      volumes: {
        "/etc/kdb": secretFiles("kdb"),
        "/etc/limits": configMapFiles("limits"),
        "/market": claim("market-data"),
        "/scratch": scratch(Size.gibibytes(20)),
      },
      nodeSelector: { disktype: "ssd" },
      tolerations: [{ key: "dedicated", value: "spark", effect: "NoSchedule" }],
      affinity: { podAntiAffinity: {} },
      priorityClass: "risk-night",
      imagePullSecrets: ["registry"],
      labels: { "cost-centre": "risk" },
      annotations: { "bank.example/owner": "risk" },
      user: 1001,
    });
    const executor = executorOf(one);
    const { template } = one.spec;
    for (const pod of [template, executor]) {
      expect(pod.metadata.labels).toEqual({ "cost-centre": "risk" });
      expect(pod.spec).toMatchObject({
        nodeSelector: { disktype: "ssd" },
        tolerations: [{ key: "dedicated", value: "spark", effect: "NoSchedule" }],
        affinity: { podAntiAffinity: {} },
        priorityClassName: "risk-night",
        imagePullSecrets: [{ name: "registry" }],
        // Of the group of all steps, so that each writes where another one has made a folder.
        securityContext: { runAsUser: 1001, runAsGroup: 185, fsGroup: 185, supplementalGroups: [1001] },
      });
      expect(pod.spec.containers).toMatchObject([{ securityContext: { runAsUser: 1001, runAsGroup: 185 } }]);
      expect(pod.spec.containers[0]?.env).toEqual(
        expect.arrayContaining([
          { name: "REGION", value: "eu" },
          { name: "KDB_PASSWORD", valueFrom: { secretKeyRef: { name: "kdb", key: "password" } } },
          { name: "LIMITS", valueFrom: { configMapKeyRef: { name: "limits", key: "all" } } },
        ]),
      );
      expect(pod.spec.volumes).toEqual(
        expect.arrayContaining([
          { name: "results", persistentVolumeClaim: { claimName: "results" } },
          { name: "volume-1", secret: { secretName: "kdb" } },
          { name: "volume-2", configMap: { name: "limits" } },
          { name: "volume-3", persistentVolumeClaim: { claimName: "market-data", readOnly: true } },
          { name: "volume-4", emptyDir: { sizeLimit: "20480Mi" } },
        ]),
      );
      expect(pod.spec.containers[0]?.volumeMounts).toContainEqual({ name: "volume-4", mountPath: "/scratch" });
    }
    expect(template.metadata.annotations).toMatchObject({ "bank.example/owner": "risk" });
  });

  test("may use as much of the node's disk as its scratch volumes have, beside what it has for itself", () => {
    const volumes = { "/scratch": scratch(Size.gibibytes(50)), "/more": scratch(Size.mebibytes(512)) };
    const one = job({ volumes });
    expect(driver(one)).toMatchObject({
      resources: { requests: { "ephemeral-storage": "52736Mi" }, limits: { "ephemeral-storage": "59904Mi" } },
    });
    expect(executorOf(one).spec.containers).toMatchObject([
      { resources: { requests: { "ephemeral-storage": "52736Mi" } } },
    ]);
    expect(JSON.stringify(executorOf(one).spec.containers)).not.toContain("limits");
    expect(driver(job())).toMatchObject({
      resources: { requests: { "ephemeral-storage": "1Gi" }, limits: { "ephemeral-storage": "8Gi" } },
    });
    expect(JSON.stringify(executorOf(job()))).not.toContain("ephemeral-storage");
  });

  test("has for shuffle files and spill what the file says, in the volume that Spark takes for it", () => {
    const one = job({ localDisk: Size.gibibytes(100) });
    expect(one.spec.template.spec.volumes).toContainEqual({ name: "tmp", emptyDir: { sizeLimit: "102400Mi" } });
    expect(driver(one)).toMatchObject({
      resources: { requests: { "ephemeral-storage": "101Gi" }, limits: { "ephemeral-storage": "108Gi" } },
    });
    expect(environment(one)).toMatchObject({ SPARK_LOCAL_DIRS: "/tmp" });
    // A mount whose name begins so is where Spark's executors keep them; without one it mounts a volume of any size.
    const { spec } = executorOf(one);
    expect(spec.volumes).toContainEqual({ name: "spark-local-dir-1", emptyDir: { sizeLimit: "102400Mi" } });
    expect(spec.containers[0].volumeMounts).toContainEqual({ name: "spark-local-dir-1", mountPath: "/tmp" });
    expect(spec.containers).toMatchObject([{ resources: { requests: { "ephemeral-storage": "101Gi" } } }]);
    expect(JSON.stringify(executorOf(job()))).not.toContain("spark-local-dir");
  });

  test("makes executors of the file's pod template, in which what Nightlane sets wins", () => {
    const executorPodTemplate = {
      spec: {
        automountServiceAccountToken: true,
        hostAliases: [{ ip: "192.0.2.7", hostnames: ["kdb.bank.example"] }],
        containers: [{ name: "executor", resources: { limits: { "nvidia.com/gpu": 1 } } }, { name: "agent" }],
      },
    };
    const { spec } = executorOf(job({ executorPodTemplate }));
    expect(spec).toMatchObject({
      automountServiceAccountToken: false,
      hostAliases: [{ ip: "192.0.2.7", hostnames: ["kdb.bank.example"] }],
      containers: [
        {
          name: "executor",
          resources: { limits: { "nvidia.com/gpu": 1 } },
          securityContext: { runAsNonRoot: true, capabilities: { drop: ["ALL"] } },
        },
        { name: "agent" },
      ],
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
