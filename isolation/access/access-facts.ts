import { createHash } from "node:crypto";
import { PLATFORM } from "../model/estate.ts";
import { fields, text } from "../model/fields.ts";
import type { EstateView, OwnedObject } from "../model/view.ts";
import { laneTarget, showAllowance } from "../network/destination.ts";
import type { NamespaceNetwork } from "../network/namespace-network.ts";
import { customerOfDeployer } from "../rbac/deployer-identity.ts";
import { type Permission, showPermission } from "../rbac/policy-rule.ts";
import { type Subject, subjectName } from "../rbac/subject.ts";
import { scan } from "../scan/scan.ts";
import { appFacts } from "./app-facts.ts";
import type { AccessFact } from "./fact.ts";

/** All that anybody may do in an estate, each thing once. */
export function accessFacts(view: EstateView): readonly AccessFact[] {
  const facts = [
    ...rightFacts(view),
    ...networkFacts(view),
    ...appFacts(view),
    ...view.objects.flatMap((owned) => insideFacts(view, owned)),
  ];
  const known = new Map(facts.map((fact) => [`${fact.owner} ${fact.kind} ${fact.text}`, fact]));
  return [...known.values()];
}

function rightFacts(view: EstateView): readonly AccessFact[] {
  return view.rbac.bindings.flatMap(({ namespace, subjects, role, roleKind, roleName, object }) => {
    const lane = namespace === undefined ? undefined : view.laneByNamespace.get(namespace);
    const owner = lane?.name ?? PLATFORM;
    const where =
      namespace === undefined ? "in every namespace" : lane === undefined ? `in ${namespace}` : "in its lane";
    return subjects.flatMap((subject) => {
      const deployed = customerOfDeployer(subjectName(subject));
      if (deployed !== undefined && (lane === undefined || lane.name === deployed)) {
        return deployerFacts(deployed, role?.permissions ?? [], where, object);
      }
      const who = lane === undefined ? subjectName(subject) : nameInLane(subject, lane.namespace);
      const rights =
        role === undefined
          ? [`has ${roleKind} ${roleName}`]
          : role.permissions.map((permission) => `may ${showPermission(permission)}`);
      return rights.map((right): AccessFact => ({ owner, kind: "right", text: `${who} ${right} ${where}`, object }));
    });
  });
}

/** Every customer has a deployer with the same rights, so these are worded alike, whatever the customer's name is. */
function deployerFacts(
  customer: string,
  permissions: readonly Permission[],
  where: string,
  object: string,
): readonly AccessFact[] {
  const general = (right: string): string =>
    right.replaceAll(
      new RegExp(`(?<= named (?:\\S+, )*)(customer-|cluster-|)${customer}(?![a-z0-9-])`, "g"),
      "$1<name>",
    );
  return permissions.map((permission): AccessFact => {
    const text = `its deployer may ${general(showPermission(permission))} ${where}`;
    return { owner: customer, kind: "right", text, object };
  });
}

/** A lane's own service accounts go by their bare names. */
function nameInLane(subject: Subject, namespace: string): string {
  return subject.kind === "account" && subject.namespace === namespace
    ? `ServiceAccount ${subject.name}`
    : subjectName(subject);
}

function networkFacts(view: EstateView): readonly AccessFact[] {
  const lanes = view.customers.flatMap((lane) => {
    const network = view.networks.get(lane.namespace);
    return [
      ...isolationFacts(lane.name, "its pods", `Namespace ${lane.namespace}`, network),
      ...(network?.egress ?? []).map((allowance): AccessFact => {
        const base = { owner: lane.name, kind: "network", object: allowance.policy } as const;
        const destination = laneTarget(allowance, lane, view.central)?.kind;
        return destination === undefined
          ? { ...base, text: `its pods may reach ${showAllowance(allowance)}` }
          : { ...base, text: `its pods may reach ${destinationText(destination)}`, value: showAllowance(allowance) };
      }),
      ...ingressFacts(lane.name, "its pods", network),
    ];
  });
  const platform = [...view.platformNamespaces].flatMap((namespace) => {
    const network = view.networks.get(namespace);
    const who = `pods of ${namespace}`;
    return [
      ...isolationFacts(PLATFORM, who, `Namespace ${namespace}`, network),
      ...(network?.egress ?? []).map(
        (allowance): AccessFact => ({
          owner: PLATFORM,
          kind: "network",
          text: `${who} may reach ${showAllowance(allowance)}`,
          object: allowance.policy,
        }),
      ),
      ...ingressFacts(PLATFORM, who, network),
    ];
  });
  return [...lanes, ...platform];
}

function destinationText(destination: string): string {
  return destination === "own API server" ? "its own API server" : `the ${destination}`;
}

function isolationFacts(
  owner: string,
  who: string,
  object: string,
  network: NamespaceNetwork | undefined,
): readonly AccessFact[] {
  const open = [
    ...(network?.egressIsolated === true ? [] : [`${who} may reach everything: no policy isolates them`]),
    ...(network?.ingressIsolated === true ? [] : [`${who} may be reached by everything: no policy isolates them`]),
  ];
  return open.map((text) => ({ owner, kind: "network", text, object }));
}

function ingressFacts(owner: string, who: string, network: NamespaceNetwork | undefined): readonly AccessFact[] {
  return (network?.ingress ?? []).map((allowance) => ({
    owner,
    kind: "network",
    text: `${who} may be reached by ${showAllowance(allowance)}`,
    object: allowance.policy,
  }));
}

/** Facts from the content of an object: Secrets it uses, what it asks of the node, what it guards. */
function insideFacts(view: EstateView, { manifest, owner, object }: OwnedObject): readonly AccessFact[] {
  const { secretReferences, secretVariables, hostAccess } = scan(manifest);
  const own = view.laneByName.get(owner)?.namespace;
  const user = manifest.kind === "WorkflowTemplate" ? "WorkflowTemplate" : object;
  const secrets = [...secretReferences, ...secretVariables].map(({ name, namespace, use }): AccessFact => {
    const where = namespace ?? manifest.metadata.namespace ?? "no namespace";
    const how = use === "volume" ? "mounts" : use === "environment" ? "has as a variable" : "refers to";
    return {
      owner,
      kind: "secret",
      text: `${user} ${how} Secret ${name} of ${where === own ? "its lane" : where}`,
      object,
    };
  });
  const host = hostAccess.map(
    ({ what }): AccessFact => ({ owner, kind: "host", text: `${user} asks for ${what}`, object }),
  );
  return [...secrets, ...host, ...guardFacts({ manifest, owner, object })];
}

function guardFacts({ manifest, owner, object }: OwnedObject): readonly AccessFact[] {
  const guard = (what: string, value?: string): AccessFact => ({
    owner,
    kind: "guard",
    text: what,
    ...(value === undefined ? {} : { value }),
    object,
  });
  if (manifest.kind.startsWith("ValidatingAdmissionPolicy")) {
    return [guard(object, digest(manifest.spec))];
  }
  if (manifest.kind === "Namespace") {
    const labels = fields(manifest.metadata.labels);
    const profile = text(labels["pod-security.kubernetes.io/enforce"]) ?? "nothing";
    const name = owner === PLATFORM ? manifest.metadata.name : "its lane";
    return [
      guard(`Pod Security ${profile} ${text(labels["pod-security.kubernetes.io/enforce-version"]) ?? ""} in ${name}`),
    ];
  }
  const restrictions = text(fields(manifest.data).workflowRestrictions);
  return manifest.kind === "ConfigMap" && restrictions !== undefined
    ? [guard(`Argo's controller restricts workflows: ${restrictions.trim().replaceAll("\n", ", ")}`)]
    : [];
}

/** A guard's content in a few characters: its wording is not compared, only that it is the same. */
function digest(spec: unknown): string {
  return createHash("sha256").update(JSON.stringify(spec)).digest("hex").slice(0, 12);
}
