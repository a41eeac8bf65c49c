import { SPARK_SERVICE_ACCOUNT } from "../../constructs/workflow/spark-job.ts";
import { bad, type Finding, type Who } from "./finding.ts";
import type { ProbedPod } from "./probe-job.ts";

/** Depends on the user that the pod runs as. */
type Said = (pod: ProbedPod) => string;

interface Refusal {
  readonly sign: RegExp;
  readonly rule: string | Said;
  /** @default "the customer's administrator" */
  readonly who?: Who;
  readonly fix: string | Said;
}

/** What refuses a Job or its pod, recognised by its message. */
const REFUSALS: readonly Refusal[] = [
  {
    sign: /violates PodSecurity|security context constraint/i,
    rule: ({ user }) => `pods of user ${user} without privileges are admitted: they conform to the level restricted`,
    fix: ({ account }) =>
      `set the namespace to the level restricted, or give the service account ${account} a constraint that allows the user`,
  },
  {
    sign: /exceeded quota/i,
    rule: "the namespace's quota has room for the largest pod of each kind",
    fix: "raise the quota, or end what else runs in the namespace",
  },
  {
    sign: /(limit|request)s?.*(LimitRange|per (Container|Pod))|(maximum|minimum) \S+ usage per (Container|Pod)/i,
    rule: "no LimitRange of the namespace forbids the sizes of the steps",
    fix: "raise the LimitRange, or lower the step's sizes",
  },
  {
    sign: /no PriorityClass with name/i,
    rule: "the priority class that the step names exists",
    fix: "create it, or have the platform engineers remove priorityClass from the step",
  },
  {
    sign: /\bis invalid: /i,
    rule: "this version of Kubernetes knows all fields of the step's pods",
    who: "the platform engineers",
    fix: "correct what the message names, in executorPodTemplate or another property of the step",
  },
  {
    sign: /serviceaccount .*not found|service account/i,
    rule: ({ account }) => `the service account ${account} exists: the step's pods run as it`,
    fix: ({ account }) =>
      account === SPARK_SERVICE_ACCOUNT
        ? "kubectl apply -f dist/<customer>/customer-side/"
        : `create ${account}, or have the platform engineers correct serviceAccount of the step; a driver's must be allowed what ${SPARK_SERVICE_ACCOUNT} is`,
  },
  {
    sign: /admission webhook|denied the request|ValidatingAdmissionPolicy/i,
    rule: "no policy of the cluster refuses what a night starts",
    fix: "make an exception for the namespace, or tell the platform engineers what the policy requires",
  },
];

/** What to do about a Job or a pod that was refused. */
export function refused(look: string, reason: string, status: number | undefined, pod: ProbedPod): Finding {
  const known = REFUSALS.find(({ sign }) => sign.test(reason));
  const said = (text: string | Said | undefined) => (typeof text === "function" ? text(pod) : text);
  const rule = said(known?.rule) ?? "the cluster accepts the Jobs of a night as they are";
  const fix = said(known?.fix) ?? "find out what refused it; the message above is its own";
  const answer = status === undefined ? reason : `HTTP ${status}: ${reason}`;
  return bad(look, `refused: ${answer}`, known?.who ?? "the customer's administrator", rule, fix);
}
