import { type Fields, text } from "../model/fields.ts";

/** Who a binding gives rights to, with the aliases of service accounts resolved. */
export type Subject =
  | { readonly kind: "account"; readonly namespace: string; readonly name: string }
  /** Every service account of one namespace. */
  | { readonly kind: "accountsOf"; readonly namespace: string }
  /** A group that every service account, or everyone at all, is in. */
  | { readonly kind: "everyone"; readonly name: string }
  | { readonly kind: "named"; readonly type: "User" | "Group"; readonly name: string }
  /** A service account without a namespace, or a kind that Kubernetes does not know. */
  | { readonly kind: "malformed"; readonly name: string };

/** Groups and users that include every customer's service accounts, or those who show no credential at all. */
const EVERYONE = new Set([
  "system:authenticated",
  "system:unauthenticated",
  "system:serviceaccounts",
  "system:anonymous",
]);

const ACCOUNT_USER = /^system:serviceaccount:([^:]+):([^:]+)$/;
const ACCOUNTS_GROUP = /^system:serviceaccounts:([^:]+)$/;

/** Reads one entry of a binding's `subjects`. */
export function readSubject(subject: Fields): Subject {
  const name = text(subject.name) ?? "";
  const kind = text(subject.kind);
  if (kind === "ServiceAccount") {
    const namespace = text(subject.namespace) ?? "";
    return namespace === "" || name === ""
      ? { kind: "malformed", name: `ServiceAccount ${name} without namespace` }
      : { kind: "account", namespace, name };
  }
  if (kind !== "User" && kind !== "Group") {
    return { kind: "malformed", name: `${kind ?? "subject"} ${name}` };
  }
  if (EVERYONE.has(name)) {
    return { kind: "everyone", name };
  }
  const account = ACCOUNT_USER.exec(name);
  if (kind === "User" && account !== null) {
    return { kind: "account", namespace: account[1] ?? "", name: account[2] ?? "" };
  }
  const group = ACCOUNTS_GROUP.exec(name);
  return kind === "Group" && group !== null
    ? { kind: "accountsOf", namespace: group[1] ?? "" }
    : { kind: "named", type: kind, name };
}

/** A subject's name for people and in the list of platform identities. */
export function subjectName(subject: Subject): string {
  switch (subject.kind) {
    case "account":
      return `ServiceAccount ${subject.namespace}/${subject.name}`;
    case "accountsOf":
      return `Group system:serviceaccounts:${subject.namespace}`;
    case "everyone":
      return `Group ${subject.name}`;
    case "named":
      return `${subject.type} ${subject.name}`;
    case "malformed":
      return subject.name;
  }
}
