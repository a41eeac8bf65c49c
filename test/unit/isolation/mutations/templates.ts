import type { Manifest } from "../../../../constructs/kubernetes/manifest.ts";
import { estateOf } from "../../../../isolation/model/collect.ts";
import { customerWithSteps } from "../../../support/customer.ts";
import { Draft, get, set, TEMPLATE } from "../draft.ts";
import { type Mutation, mutation } from "./mutation.ts";

const LANE = "customer-nordbank";

/** A night whose gate asks for two people. */
const approved = customerWithSteps((it) => void it.gate("sign-off", { message: "Confirm.", approvals: 2 }));

/** What is in a template or a schedule beside the steps of a night: rule 46. */
export const templateMutations: readonly Mutation[] = [
  ...(
    [
      ["another program", "command", ["/results/evil"]],
      ["a shell around the runner", "command", ["sh", "-c", "nightlane-runner"]],
      ["another word for the runner", "args", ["calendar", "--debug"]],
      ["no word for the runner", "args", undefined],
      ["a library before all others", "env", variables({ NIGHTLANE_STEP: "{}", LD_PRELOAD: "/results/evil.so" })],
      ["no document", "env", []],
      [
        "root's rights",
        "securityContext",
        { runAsUser: 0, allowPrivilegeEscalation: true, capabilities: { add: ["NET_RAW"] } },
      ],
      ["one capability more", "securityContext/capabilities", { drop: ["ALL"], add: ["NET_RAW"] }],
      ["a root file system that it may write", "securityContext/readOnlyRootFilesystem", false],
      ["a start of another program", "lifecycle", { postStart: { exec: { command: ["/results/evil"] } } }],
      ["another folder to begin in", "workingDir", "/results"],
      ["a credential that it may write", "volumeMounts/0/readOnly", false],
      ["the memory of many", "resources/limits/memory", "512Mi"],
      ["the image that is there", "imagePullPolicy", "Never"],
    ] as const
  ).map(([title, path, value]) =>
    mutation(46, `a runner with ${title}`, TEMPLATE, (draft) => set(container(draft), path, value)),
  ),

  ...(
    [
      ["no security context of its pods", "securityContext", undefined],
      ["root's group for its pods", "securityContext/supplementalGroups", [0]],
      ["pods of root", "securityContext/runAsUser", 0],
      ["no exit handler", "onExit", undefined],
      ["another exit handler", "onExit", "hold"],
      ["another beginning", "entrypoint", "steps"],
      ["approvals of a gate that asks for none", "workflowMetadata", { annotations: { "nightlane/approvals": "{}" } }],
      [
        "an instance of another controller",
        "workflowMetadata",
        { labels: { "workflows.argoproj.io/controller-instanceid": "x" } },
      ],
      ["other labels for its pods", "podMetadata/labels", { "nightlane/customer": "alpenkredit" }],
      [
        "an annotation for its pods",
        "podMetadata/annotations",
        { "container.apparmor.security.beta.kubernetes.io/main": "unconfined" },
      ],
      ["another account for Argo's containers", "executor/serviceAccountName", "default"],
      ["a deadline for the night", "activeDeadlineSeconds", 60],
      ["another default of its parameters", "arguments/parameters/1/value", "7"],
      ["all of its pods kept", "podGC/deleteDelayDuration", "8760h"],
      ["a scratch volume in memory", "volumes/4/emptyDir", { medium: "Memory", sizeLimit: "1Gi" }],
    ] as const
  ).map(([title, path, value]) =>
    mutation(46, `a template with ${title}`, TEMPLATE, (draft) => set(night(draft), `spec/${path}`, value)),
  ),

  mutation(46, "a step that is tried for ever", TEMPLATE, (draft) => set(running(draft), "retryStrategy/limit", 1000)),
  mutation(46, "a step that is tried again whatever it says", TEMPLATE, (draft) =>
    set(running(draft), "retryStrategy/expression", 'lastRetry.status == "Failed"'),
  ),
  mutation(46, "a step's pod with another customer's label", TEMPLATE, (draft) =>
    set(running(draft), "metadata", { labels: { "nightlane/customer": "alpenkredit" } }),
  ),
  mutation(46, "a hold that ends by itself", TEMPLATE, (draft) => {
    const hold = nodes(draft).find(({ name }) => (name as unknown) === "hold");
    set(hold as unknown as Manifest, "suspend", { duration: "60" });
  }),

  ...["night", "reaper"].flatMap((name) =>
    (
      [
        ["runs side by side with itself", "concurrencyPolicy", "Allow"],
        ["is held back", "suspend", true],
        ["keeps a thousand", "successfulJobsHistoryLimit", 1000],
        ["gives other labels", "workflowMetadata/labels", { "workflows.argoproj.io/controller-instanceid": "x" }],
        [
          "says what its nights are told",
          "workflowSpec/arguments",
          { parameters: [{ name: "run-number", value: "7" }] },
        ],
        ["starts what is not there", "workflowSpec/workflowTemplateRef/name", "night-0000000000"],
        ["starts the reader of logs", "workflowSpec/workflowTemplateRef/name", "reader"],
      ] as const
    ).map(([title, path, value]) =>
      mutation(46, `the schedule ${name} ${title}`, `CronWorkflow ${LANE}/${name}`, (draft) =>
        set(draft.object("nordbank", "CronWorkflow", name), `spec/${path}`, value),
      ),
    ),
  ),
  mutation(46, "a template of no kind of ours", `WorkflowTemplate ${LANE}/other-0123456789`, (draft) => {
    const copy = structuredClone(night(draft));
    draft.add("nordbank", { ...copy, metadata: { ...copy.metadata, name: "other-0123456789" } });
  }),
  ...([undefined, { annotations: { "nightlane/approvals": '{"sign-off":{"people":1}}' } }] as const).map((metadata) =>
    approvals(metadata === undefined ? "no approvals" : "fewer approvals", metadata),
  ),
];

/** The same for a gate whose file asks for approvals. */
function approvals(title: string, metadata: object | undefined): Mutation {
  const base = estateOf([approved]);
  const [name = ""] = base.customers.flatMap(({ lane }) =>
    lane.flatMap(({ kind, metadata: { name } }) =>
      kind === "WorkflowTemplate" && name.startsWith("night-") ? [name] : [],
    ),
  );
  return {
    rule: 46,
    title: `a gate that asks for two people, and ${title}`,
    object: `WorkflowTemplate customer-testbank/${name}`,
    estate: () => {
      const draft = new Draft(base);
      set(draft.object("testbank", "WorkflowTemplate", name), "spec/workflowMetadata", metadata);
      return draft.estate;
    },
  };
}

function variables(values: Readonly<Record<string, string>>): readonly object[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

function night(draft: Draft): Manifest {
  return draft.object("nordbank", "WorkflowTemplate", TEMPLATE.split("/").at(-1) ?? "");
}

function nodes(draft: Draft): readonly Manifest[] {
  return get(night(draft), "spec/templates") as readonly Manifest[];
}

/** The first node that runs something. */
function running(draft: Draft): Manifest {
  return nodes(draft).find((node) => get(node, "container") !== undefined) as Manifest;
}

function container(draft: Draft): Manifest {
  return get(running(draft), "container") as Manifest;
}
