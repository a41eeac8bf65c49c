import { Size } from "cdk8s";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type SparkOptions, Step } from "../../constructs/night/step.ts";
import { preflight } from "../../infra/preflight/preflight.ts";
import { until } from "../farm/wait.ts";
import { smallSpark } from "../support/customer.ts";
import { LookedAt, NAMESPACE, said } from "./looked-at.ts";

let site: LookedAt;

beforeAll(async () => {
  site = await LookedAt.start();
});

afterAll(async () => {
  await site?.stop();
});

describe("what differs in a step's further pods", () => {
  /** What is to do for a night of one Spark step, whose drivers and first attempts fit anywhere. */
  const leftOf = async (options: Partial<SparkOptions>, seconds?: number): Promise<readonly string[]> => {
    const all = smallSpark({
      executors: 1,
      driverMemory: Size.mebibytes(512),
      memory: Size.mebibytes(512),
      ...options,
    });
    const steps = [new Step("var-es", { kind: "spark", options: all })];
    const night = { ...site.definition, workflow: { ...site.definition.workflow, steps, declared: steps } };
    const start = seconds === undefined ? undefined : { seconds, note: () => {} };
    const findings = await preflight(night, site.kubeconfig, start);
    return findings.filter(({ look, todo: left }) => left !== undefined && !/^quota$/.test(look)).map(said);
  };
  /**
   * What of it is refused, where no pod starts because there is no node: looked for longer where nothing is, since a busy
   * controller takes its time to report it.
   */
  const refusedOf = async (options: Partial<SparkOptions>): Promise<readonly string[]> => {
    let refused: readonly string[] = [];
    for (const seconds of [3, 10, 30]) {
      refused = (await leftOf(options, seconds)).filter((one) => one.includes(": refused: "));
      if (refused.length > 0) {
        break;
      }
    }
    return refused;
  };
  const limited = async (kind: object, look: () => Promise<void>): Promise<void> => {
    await site.create({ apiVersion: "v1", metadata: { name: "planted", namespace: NAMESPACE }, ...kind });
    const [resource = ""] = Object.values(kind);
    try {
      await until({ what: "it holds", limitSeconds: 180 }, async () =>
        (await refusedOf({ memory: Size.gibibytes(4) })).some((one) => one.startsWith("start of executors of var-es")),
      );
      await look();
    } finally {
      await site.kubectl("delete", String(resource), "planted", "--namespace", NAMESPACE);
    }
  };
  const LIMIT = { kind: "LimitRange", spec: { limits: [{ type: "Container", max: { memory: "2Gi" } }] } };
  const QUOTA = { kind: "ResourceQuota", spec: { hard: { "requests.memory": "2Gi" } } };

  test("nothing, where all of them fit", async () => {
    const onRetry = { memory: Size.gibibytes(1) };
    await limited(LIMIT, async () =>
      expect((await leftOf({ onRetry }, 10)).filter((one) => one.includes(": refused: "))).toEqual([]),
    );
  });

  test.each([
    ["a limit", LIMIT, /raise the LimitRange/],
    ["a quota", QUOTA, /raise the quota/],
  ])("%s that lets drivers start forbids the executors' size", async (_, kind, fix) => {
    await limited(kind, async () => {
      const refused = await refusedOf({ memory: Size.gibibytes(3) });
      expect(refused).toEqual([expect.stringMatching(/^start of executors of var-es: refused: /)]);
      expect(refused[0]).toMatch(fix);
    });
  });

  test.each([
    ["a limit", LIMIT, /raise the LimitRange/],
    ["a quota", QUOTA, /raise the quota/],
  ])("%s that lets first attempts start forbids the size of later ones", async (_, kind, fix) => {
    await limited(kind, async () => {
      const refused = await refusedOf({ onRetry: { driverMemory: Size.gibibytes(3) } });
      expect(refused).toEqual([expect.stringMatching(/^start of var-es, a later attempt: refused: /)]);
      expect(refused[0]).toMatch(fix);
    });
  });

  test("the executors' pod template is none that the cluster takes, which a dry run tells", async () => {
    expect(await leftOf({ executorPodTemplate: { spec: { dnsPolicy: "Nonsense" } } })).toEqual([
      expect.stringMatching(
        /^Job of executors of var-es: refused: HTTP 422: .*dnsPolicy.* -> the platform engineers: correct what the message/,
      ),
    ]);
  });

  test("the executors' priority class is not there", async () => {
    expect(await refusedOf({ executorPodTemplate: { spec: { priorityClassName: "nowhere" } } })).toEqual([
      expect.stringMatching(/^start of executors of var-es: refused: .*no PriorityClass .* -> .*: create it/),
    ]);
  });
});

describe("what keeps a night's pods from starting", () => {
  /** The checks of a start, without those that report that there is no node. */
  const starts = async (seconds: number): Promise<readonly string[]> =>
    (await site.todo({}, { seconds })).filter((one) => one.startsWith("start of "));

  afterEach(() => site.apply());

  test("there is no node at all", async () => {
    expect(await starts(3)).toEqual(
      expect.arrayContaining([expect.stringMatching(/has not started within 3 s: Pending/)]),
    );
    expect(JSON.parse(await site.kubectl("get", "jobs", "--namespace", NAMESPACE, "-o", "json")).items).toEqual([]);
  });

  test("the account of Spark is missing", async () => {
    await site.kubectl("delete", "serviceaccount", "spark", "--namespace", NAMESPACE);
    expect(await starts(60)).toEqual(
      expect.arrayContaining([expect.stringMatching(/refused: .*serviceaccount "?spark"? not found.*customer-side/)]),
    );
  });

  test("the quota is used up", async () => {
    await site.create({
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: "full", namespace: NAMESPACE },
      spec: { hard: { pods: "0" } },
    });
    try {
      await until(
        { what: "the quota counts", limitSeconds: 120 },
        async () =>
          (await site.kubectl(
            "get",
            "resourcequota",
            "full",
            "--namespace",
            NAMESPACE,
            "-o",
            "jsonpath={.status.hard.pods}",
          )) === "0",
      );
      expect(await starts(60)).toEqual(
        expect.arrayContaining([expect.stringMatching(/refused: .*exceeded quota.*raise the quota/)]),
      );
    } finally {
      await site.kubectl("delete", "resourcequota", "full", "--namespace", NAMESPACE);
    }
  });

  test("a limit forbids the driver's size", async () => {
    await site.create({
      apiVersion: "v1",
      kind: "LimitRange",
      metadata: { name: "small", namespace: NAMESPACE },
      spec: { limits: [{ type: "Container", max: { memory: "64Mi" } }] },
    });
    try {
      expect(await starts(60)).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/refused: .*maximum memory usage per Container.*raise the LimitRange/),
        ]),
      );
    } finally {
      await site.kubectl("delete", "limitrange", "small", "--namespace", NAMESPACE);
    }
  });

  test("a policy of the cluster refuses the Jobs", async () => {
    const api = "admissionregistration.k8s.io/v1";
    const rule = { apiGroups: ["batch"], apiVersions: ["v1"], operations: ["CREATE"], resources: ["jobs"] };
    await site.create({
      apiVersion: "v1",
      kind: "List",
      items: [
        {
          apiVersion: api,
          kind: "ValidatingAdmissionPolicy",
          metadata: { name: "house-rule" },
          spec: {
            matchConstraints: { resourceRules: [rule] },
            validations: [
              {
                expression: "has(object.metadata.labels) && 'team' in object.metadata.labels",
                message: "label team is missing",
              },
            ],
          },
        },
        {
          apiVersion: api,
          kind: "ValidatingAdmissionPolicyBinding",
          metadata: { name: "house-rule" },
          spec: { policyName: "house-rule", validationActions: ["Deny"] },
        },
      ],
    });
    try {
      await until({ what: "the policy holds", limitSeconds: 60 }, async () =>
        (await starts(2)).some((one) => one.includes("label team is missing")),
      );
      const missing = expect.arrayContaining([
        expect.stringMatching(/label team is missing -> .*make an exception for the namespace/),
      ]);
      expect(await starts(2)).toEqual(missing);
      expect(await site.todo()).toEqual(missing);
    } finally {
      await site.kubectl("delete", "validatingadmissionpolicybinding,validatingadmissionpolicy", "house-rule");
      await until({ what: "the policy holds no more", limitSeconds: 60 }, async () =>
        (await starts(2)).every((one) => !one.includes("label team is missing")),
      );
    }
  });

  test("its image cannot be pulled, as a kubelet says", async () => {
    const looked = starts(30);
    const selector = ["--namespace", NAMESPACE, "-l", "nightlane/preflight"];
    await until(
      { what: "the pod is there", limitSeconds: 120 },
      async () => (await site.kubectl("get", "pods", ...selector, "-o", "name")) !== "",
    );
    const pod = (await site.kubectl("get", "pods", ...selector, "-o", "jsonpath={.items[0].metadata.name}")).trim();
    const waiting = { reason: "ErrImagePull", message: "unauthorized: authentication required" };
    const containerStatuses = [
      { name: "driver", image: "x", imageID: "", ready: false, restartCount: 0, state: { waiting } },
    ];
    const status = JSON.stringify({ status: { phase: "Pending", containerStatuses } });
    await site.kubectl(
      "patch",
      "pod",
      pod,
      "--namespace",
      NAMESPACE,
      "--subresource=status",
      "--type=merge",
      "-p",
      status,
    );
    expect(await looked).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /cannot be pulled: unauthorized: .* -> the customer's administrator: allow access to the registry/,
        ),
      ]),
    );
  });
});
