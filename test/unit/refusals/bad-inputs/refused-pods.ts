import { type BadInput, eachSpark, SECRET } from "./bad-input.ts";

const terms = (of: string, term: string): string =>
  `{ ${of}: { requiredDuringSchedulingIgnoredDuringExecution: ${term} } }`;
const onNode = (expression: string): string =>
  terms("nodeAffinity", `{ nodeSelectorTerms: [{ matchExpressions: [${expression}] }] }`);
const asTemplate = (spec: string): string => `{ spec: ${spec} }`;

/** Pods that the customer's API server would refuse when a night starts them. */
export const refusedPods: readonly BadInput[] = [
  ...eachSpark("labels", [
    '{ "job-name": "x" }',
    '{ "controller-uid": "x" }',
    '{ "spark-role": "x" }',
    '{ "spark-app-selector": "x" }',
    '{ "batch.kubernetes.io/job-name": "x" }',
  ]),
  ...eachSpark("annotations", [
    '{ "container.apparmor.security.beta.kubernetes.io/x": "unconfined" }',
    '{ "seccomp.security.alpha.kubernetes.io/pod": "unconfined" }',
    '{ "kubernetes.io/config.mirror": "x" }',
    '{ "batch.kubernetes.io/job-completion-index": "0" }',
    '{ "controller.kubernetes.io/pod-deletion-cost": "x" }',
    '{ note: "x".repeat(300_000) }',
  ]),
  ...eachSpark("affinity", [
    terms("nodeAffinity", "{}"),
    terms("nodeAffinity", "{ nodeSelectorTerms: [] }"),
    terms("nodeAffinity", '"x"'),
    onNode('{ key: "a", operator: "In", values: [] }'),
    onNode('{ key: "a", operator: "in", values: ["b"] }'),
    onNode('{ key: "a", operator: "Exists", values: ["b"] }'),
    onNode('{ key: "a", operator: "Gt", values: ["many"] }'),
    onNode('{ key: "a b", operator: "Exists" }'),
    onNode('{ operator: "Exists" }'),
    terms("podAntiAffinity", "[{ labelSelector: {} }]"),
    terms("podAntiAffinity", '[{ topologyKey: "" }]'),
    terms("podAntiAffinity", '[{ topologyKey: "a", labelSelector: { matchLabels: { a: "b c" } } }]'),
    terms(
      "podAntiAffinity",
      '[{ topologyKey: "a", labelSelector: { matchExpressions: [{ key: "a", operator: "Gt", values: ["1"] }] } }]',
    ),
    terms("podAntiAffinity", '"x"'),
    '{ podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 101, podAffinityTerm: { topologyKey: "a" } }] } }',
    "{ podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1 }] } }",
  ]),
  ...eachSpark("executorPodTemplate", [
    '{ apiVersion: "v2" }',
    '{ kind: "Job" }',
    '{ metadata: { labels: { "a b": "c" } } }',
    '{ metadata: { labels: { "nightlane/night": "c" } } }',
    ...[
      '{ tolerations: "x" }',
      '{ activeDeadlineSeconds: "5" }',
      '{ nodeName: "node-1" }',
      "{ hostNetwork: true }",
      "{ hostPID: true }",
      '{ volumes: [{ name: "a", hostPath: { path: "/" } }] }',
      '{ containers: [{ name: "agent" }] }',
      '{ containers: [{ name: "agent", image: "nginx" }] }',
      '{ initContainers: [{ name: "agent", image: "nginx:1" }] }',
      '{ containers: [{ name: "executor", image: "nginx" }] }',
      '{ containers: [{ name: "executor", securityContext: { privileged: true } }] }',
      '{ containers: [{ name: "executor", ports: [{ containerPort: 80, hostPort: 80 }] }] }',
      `{ containers: [{ name: "executor", env: [{ name: "DB_PASSWORD", value: "${SECRET}" }] }] }`,
      '{ containers: [{ name: "executor", env: [{ name: "BUSINESS_DATE", value: "1999-01-01" }] }] }',
      '{ containers: [{ name: "executor", resources: { limits: { cpu: true } } }] }',
      '{ topologySpreadConstraints: [{ maxSkew: 1, topologyKey: "a b", whenUnsatisfiable: "DoNotSchedule" }] }',
      `{ affinity: ${onNode('{ key: "a", operator: "In" }')} }`,
    ].map(asTemplate),
  ]),
];
