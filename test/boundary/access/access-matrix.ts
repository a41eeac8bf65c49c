import { EXECUTOR_SERVICE_ACCOUNT } from "../../../constructs/lane/workflow-rbac.ts";
import { laneNamespace } from "../../../runs/lane-namespace.ts";
import type { Api, Identity } from "../../support/api.ts";
import type { Attempt } from "../attempt.ts";
import type { ServedResource } from "./discovery.ts";
import { allowedAmong, describeQuestion, type Question } from "./question.ts";

/** Verbs beside those of requests, by which rights are widened, and what they apply to. */
const WIDENING: readonly { readonly group: string; readonly resource: string; readonly verb: string }[] = [
  ...["roles", "clusterroles"].flatMap((resource) =>
    ["escalate", "bind"].map((verb) => ({ group: "rbac.authorization.k8s.io", resource, verb })),
  ),
  ...["users", "groups", "serviceaccounts"].map((resource) => ({ group: "", resource, verb: "impersonate" })),
  ...["uids", "userextras"].map((resource) => ({ group: "authentication.k8s.io", resource, verb: "impersonate" })),
  ...["approve", "sign"].map((verb) => ({ group: "certificates.k8s.io", resource: "signers", verb })),
];

/** Questions that every authenticated identity may ask about itself; they reveal nothing and change nothing. */
const ABOUT_ONESELF =
  /^(self(subject(access|rules)reviews)\.authorization|selfsubjectreviews\.authentication)\.k8s\.io$/;

/** An administrator, of the API server's own group: may do everything, so that a denial means something. */
const ADMINISTRATOR: Identity = { user: "admin", groups: ["system:masters"] };

/** A service account of a lane, with the groups that the API server puts it in. */
export function laneAccount(customer: string, account: string): Identity {
  const namespace = laneNamespace(customer);
  return {
    user: `system:serviceaccount:${namespace}:${account}`,
    groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
  };
}

/** Places that no identity of one customer may touch: the other lanes, the platform, and what is in no namespace. */
export function accessAttempts(
  api: Api,
  served: readonly ServedResource[],
  customer: string,
  others: readonly string[],
): readonly Attempt[] {
  const places: readonly { readonly name: string; readonly namespace: string | undefined }[] = [
    ...others.map((other) => ({ name: `the lane of ${other}`, namespace: laneNamespace(other) })),
    ...["argo", "argocd", "nightlane-system", "kube-system"].map((name) => ({
      name: `namespace ${name}`,
      namespace: name,
    })),
    { name: "the whole cluster", namespace: undefined },
  ];
  return [EXECUTOR_SERVICE_ACCOUNT, "default"].flatMap((account) =>
    places.map(({ name, namespace }): Attempt => {
      const ask = (identity: Identity): readonly Question[] => questions(identity, served, namespace);
      return {
        invariant: namespace === undefined ? 8 : 6,
        actor: `${account} of ${customer}`,
        what: `anything at all in ${name} (${ask(ADMINISTRATOR).length} questions)`,
        make: async () => {
          const allowed = await allowedAmong(api, ask(laneAccount(customer, account)));
          const seen = allowed.length === 0 ? "all denied" : `allowed: ${allowed.map(describeQuestion).join(", ")}`;
          return { refused: allowed.length === 0, seen };
        },
        controlled: "the administrator may do a sample of it",
        control: async () => {
          const sample = ask(ADMINISTRATOR).filter((_, index) => index % SAMPLE === 0);
          const allowed = await allowedAmong(api, sample);
          return allowed.length === sample.length ? undefined : `${sample.length - allowed.length} denied`;
        },
      };
    }),
  );
}

/** One in so many questions is also asked for the administrator. */
const SAMPLE = 25;

/** What the executor of a lane must be able to do; everything else in its own lane is refused. */
export function ownLaneAttempts(api: Api, served: readonly ServedResource[], customer: string): readonly Attempt[] {
  const namespace = laneNamespace(customer);
  const needed = ["create", "patch"].map((verb) => ({
    identity: laneAccount(customer, EXECUTOR_SERVICE_ACCOUNT),
    verb,
    namespace,
    resource: { group: "argoproj.io", resource: "workflowtaskresults" },
  }));
  const control = async (): Promise<string | undefined> =>
    (await allowedAmong(api, needed)).length === needed.length ? undefined : "the executor cannot report its results";
  return [EXECUTOR_SERVICE_ACCOUNT, "default"].map((account): Attempt => {
    const isNeeded = (question: Question): boolean =>
      account === EXECUTOR_SERVICE_ACCOUNT &&
      needed.some((need) => describeQuestion(need) === describeQuestion(question));
    const asked = questions(laneAccount(customer, account), served, namespace).filter(
      (question) => !isNeeded(question),
    );
    return {
      invariant: 15,
      actor: `${account} of ${customer}`,
      what: `anything in its own lane but reporting results, its own Secret first (${asked.length} questions)`,
      make: async () => {
        const allowed = await allowedAmong(api, asked);
        const seen = allowed.length === 0 ? "all denied" : `allowed: ${allowed.map(describeQuestion).join(", ")}`;
        return { refused: allowed.length === 0, seen };
      },
      controlled: "the executor may create and patch workflowtaskresults",
      control,
    };
  });
}

/** Every verb that is served, on every resource and subresource that is served, and every way to widen rights. */
function questions(
  identity: Identity,
  served: readonly ServedResource[],
  namespace: string | undefined,
): readonly Question[] {
  const requests = served
    .filter((resource) => namespace === undefined || resource.namespaced)
    .filter(({ resource, group }) => !ABOUT_ONESELF.test(`${resource}.${group}`))
    .flatMap((resource) => resource.verbs.map((verb) => ({ identity, verb, resource, namespace })));
  return [...requests, ...WIDENING.map(({ verb, ...resource }) => ({ identity, verb, resource, namespace }))];
}
