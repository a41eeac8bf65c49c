import { IDENTITY_RIGHTS } from "../../constructs/customer-side/identity-rights.ts";
import type { CustomerApi } from "./customer-api.ts";
import { bad, type Finding, good } from "./finding.ts";

interface Asked {
  readonly verb: string;
  readonly apiGroup: string;
  readonly resource: string;
  /** @default - the customer's namespace */
  readonly everywhere?: true;
}

/** What Nightlane's identity must not be able to do: an attacker who takes it over gets no more than a night needs. */
const TOO_MUCH: readonly Asked[] = [
  { verb: "get", apiGroup: "", resource: "secrets" },
  { verb: "create", apiGroup: "", resource: "pods" },
  { verb: "create", apiGroup: "rbac.authorization.k8s.io", resource: "rolebindings" },
  { verb: "list", apiGroup: "", resource: "pods", everywhere: true },
  { verb: "*", apiGroup: "*", resource: "*", everywhere: true },
];

/** Whether Nightlane's identity may do what a night does, exec included, and nothing that it must not. */
export async function lookAtRights(api: CustomerApi): Promise<readonly Finding[]> {
  const needed = IDENTITY_RIGHTS.flatMap(({ verbs, ...right }) => verbs.map((verb): Asked => ({ verb, ...right })));
  const missing = await filtered(needed, async (asked) => !(await isAllowed(api, asked)));
  const tooMuch = await filtered(TOO_MUCH, (asked) => isAllowed(api, asked));
  return [
    missing.length === 0
      ? good("rights", `all ${needed.length} that a night needs`)
      : bad(
          "rights",
          `Nightlane's identity may not ${missing.map(said).join(", ")}`,
          "the customer's administrator",
          `the role nightlane in namespace ${api.namespace}`,
          "kubectl apply -f dist/<customer>/customer-side/",
        ),
    tooMuch.length === 0
      ? good("no more rights", "no secrets, no pods of its own, nothing in other namespaces")
      : bad(
          "no more rights",
          `Nightlane's identity may also ${tooMuch.map(said).join(", ")}`,
          "the customer's administrator",
          "the minimum that a night needs: an attacker who takes over a lane gets no further",
          "remove the bindings that grant it more than dist/<customer>/customer-side/ does",
        ),
  ];
}

async function isAllowed(api: CustomerApi, { verb, apiGroup, resource, everywhere }: Asked): Promise<boolean> {
  const [kind = "", subresource] = resource.split("/");
  const resourceAttributes = {
    verb,
    group: apiGroup,
    resource: kind,
    ...(subresource === undefined ? {} : { subresource }),
    ...(everywhere === true ? {} : { namespace: api.namespace }),
  };
  const body = { spec: { resourceAttributes } };
  const review = await api.authorization.createSelfSubjectAccessReview({ body });
  return review.status?.allowed === true;
}

async function filtered(all: readonly Asked[], isSuch: (asked: Asked) => Promise<boolean>): Promise<readonly Asked[]> {
  const such = await Promise.all(all.map(isSuch));
  return all.filter((_, index) => such[index]);
}

function said({ verb, resource, everywhere }: Asked): string {
  return `${verb} ${resource}${everywhere === true ? " of all namespaces" : ""}`;
}
