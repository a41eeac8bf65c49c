/** A fault of the chaos suite, as the soak draws it. */
export interface SoakFault {
  /** Its name in the chaos suite. */
  readonly name: string;
  /** What it affects: one night, the whole cluster of its customer, or the platform and with it every running night. */
  readonly reach: "night" | "cluster" | "platform";
  /** Minutes in which a night with it should be over. */
  readonly minutes: number;
  /** The alert that must call a person. @default - nobody has to be called */
  readonly call?: string;
  /** Alerts that may come, because the trouble lasts about as long as they wait. @default - none */
  readonly explains?: readonly string[];
}

/** Minutes in which a fault-free night should be over. */
export const FAULT_FREE_MINUTES = 3;

const TROUBLE = ["NightlaneStepTrouble"] as const;

/** What the soak draws from. */
export const soakFaults: readonly SoakFault[] = [
  { name: "runner-killed-before-job", reach: "night", minutes: 3 },
  { name: "runner-killed-after-create", reach: "night", minutes: 3 },
  { name: "runner-killed-running", reach: "night", minutes: 3 },
  { name: "runner-killed-at-end", reach: "night", minutes: 3 },
  { name: "runner-killed-bringing", reach: "night", minutes: 3 },
  { name: "job-suspended", reach: "night", minutes: 3 },
  { name: "job-deleted", reach: "night", minutes: 3, call: "NightlaneJobLost" },
  { name: "job-ttl", reach: "night", minutes: 3, call: "NightlaneJobLost" },
  { name: "driver-evicted", reach: "night", minutes: 3 },
  { name: "driver-oom", reach: "night", minutes: 3, call: "NightlaneStepNeedsDecision" },
  { name: "connection-half-open", reach: "night", minutes: 4 },
  { name: "copy-cut", reach: "cluster", minutes: 4 },
  { name: "log-cut", reach: "night", minutes: 3 },
  { name: "customer-api-down", reach: "cluster", minutes: 7, explains: TROUBLE },
  { name: "customer-etcd-restarted", reach: "cluster", minutes: 3 },
  { name: "token-rotated", reach: "cluster", minutes: 4 },
  { name: "image-missing", reach: "cluster", minutes: 4, explains: TROUBLE },
  { name: "quota-exhausted", reach: "cluster", minutes: 4, explains: TROUBLE },
  { name: "argo-controller-killed", reach: "platform", minutes: 4 },
  { name: "central-api-restarted", reach: "platform", minutes: 4 },
];

const SECOND_NODE = "needs a second node in a cluster, which the farm then keeps";
const WHOLE_CLUSTER = "changes the customer's cluster for minutes, in which its other nights of the hour prove nothing";
const MUCH_LOG = "writes more log than an hour of nights should leave on the machine";

/** Faults of the chaos suite that the soak does not draw, and why. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  "clock-change": "bound to a date of the calendar, and the soak's nights are today's",
  "log-rotated": MUCH_LOG,
  "log-flood": MUCH_LOG,
  "permissions-missing": WHOLE_CLUSTER,
  "permissions-missing-controller-away": WHOLE_CLUSTER,
  throttled: WHOLE_CLUSTER,
  "authority-replaced": WHOLE_CLUSTER,
  "token-ended": WHOLE_CLUSTER,
  "job-queued": WHOLE_CLUSTER,
  "job-queued-controller-away": WHOLE_CLUSTER,
  "sidecar-added": WHOLE_CLUSTER,
  "lane-volume-full": "hides what the lane's other nights of the hour have brought home",
  "driver-node-lost": SECOND_NODE,
  "executor-node-lost": SECOND_NODE,
  "node-lost": SECOND_NODE,
  "runner-drained": SECOND_NODE,
  "runner-frozen": SECOND_NODE,
  "runner-drained-controller-killed": SECOND_NODE,
  "runner-evicted": SECOND_NODE,
  "two-runners-bringing": SECOND_NODE,
  "two-runners-bringing-controller-killed": SECOND_NODE,
};
