import { expect, test } from "vitest";
import { synthesize } from "../../../constructs/synthesize.ts";
import { customers } from "../../support/customers.ts";

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** What Pulumi does to an object of a stack over its life. */
const KEEP = ["get", "list", "watch", "create", "patch", "delete"];

test.each(customers.map((customer) => [customer.name, customer] as const))(
  "the deployer of %s may keep every kind of object that its lane has",
  (name, customer) => {
    const { lane, deployer } = synthesize(customer, name);
    const namespace = `customer-${name}`;
    const role = deployer.find(({ kind, metadata }) => kind === "Role" && metadata.namespace === namespace);
    const rules = (role as unknown as { readonly rules: readonly Rule[] }).rules;
    const kinds = new Set(
      lane
        .filter(({ kind }) => kind !== "Namespace")
        .map(({ apiVersion, kind }) => `${apiVersion.includes("/") ? apiVersion.split("/")[0] : ""}/${plural(kind)}`),
    );
    const lacking = [...kinds].flatMap((each) => {
      const [group = "", resource = ""] = each.split("/");
      const held = rules.filter(
        ({ apiGroups, resources }) => apiGroups.includes(group) && resources.includes(resource),
      );
      return KEEP.filter((verb) => !held.some(({ verbs }) => verbs.includes(verb))).map((verb) => `${verb} ${each}`);
    });
    expect(lacking).toEqual([]);
  },
);

function plural(kind: string): string {
  const lower = kind.toLowerCase();
  return lower.endsWith("y") ? `${lower.slice(0, -1)}ies` : `${lower}s`;
}
