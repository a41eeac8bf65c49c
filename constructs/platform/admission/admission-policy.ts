import { ApiObject } from "cdk8s";
import { Construct } from "constructs";
import { defined } from "../../../runs/defined.ts";
import { platformMetadata } from "../../kubernetes/labels.ts";
import { platformNamespaces } from "./identities.ts";

/** Which requests a policy checks. */
export interface PolicyRule {
  readonly group: string;
  readonly version: string;
  /** Resources in the plural, subresources as `pods/exec`. */
  readonly resources: readonly string[];
  readonly operations: readonly ("CREATE" | "UPDATE" | "DELETE" | "CONNECT")[];
}

/** The group and version of Kubernetes' own kinds that a lane has. */
export const CORE = { group: "", version: "v1" } as const;

/** A condition that must hold, and what a person reads if it does not. */
export interface Validation {
  /** CEL, true if the request may pass. */
  readonly expression: string;
  /** What must hold, and why. */
  readonly rule: string;
  /** What to do instead. */
  readonly fix: string;
  /** CEL of a string: what was received. @default - the message does not quote it */
  readonly received?: string;
}

export interface AdmissionPolicyProps {
  /** Name of the policy and its binding. */
  readonly name: string;
  readonly rules: readonly PolicyRule[];
  /**
   * Requests that are not checked, by name of the reason: CEL, true for a request that is let through.
   * @default - everybody's are checked
   */
  readonly exempt?: Readonly<Record<string, string>>;
  /**
   * CEL expressions by name, used by later ones and in validations as `variables.<name>`.
   * @default - none
   */
  readonly variables?: Readonly<Record<string, string>>;
  readonly validations: readonly Validation[];
  /**
   * ConfigMap with the policy's parameters, `params` in expressions. Without it every request is refused.
   * @default - no parameters
   */
  readonly parameters?: { readonly name: string; readonly namespace: string };
  /** Where it holds: in every namespace that is not the platform's, or in all. @default "lanes" */
  readonly scope?: "lanes" | "everywhere";
}

/**
 * A ValidatingAdmissionPolicy and its binding. It fails closed: an expression that cannot be evaluated, or parameters
 * that are not there, refuse the request. A refusal is also an audit annotation.
 */
export class AdmissionPolicy extends Construct {
  constructor(scope: Construct, id: string, props: AdmissionPolicyProps) {
    super(scope, id);
    const apiVersion = "admissionregistration.k8s.io/v1";
    const metadata = platformMetadata(props.name);
    new ApiObject(this, "policy", { apiVersion, kind: "ValidatingAdmissionPolicy", metadata, spec: policySpec(props) });
    const kind = "ValidatingAdmissionPolicyBinding";
    new ApiObject(this, "binding", { apiVersion, kind, metadata, spec: bindingSpec(props) });
  }
}

function policySpec({ rules, exempt, variables, validations, parameters }: AdmissionPolicyProps): object {
  return defined({
    failurePolicy: "Fail",
    paramKind: parameters && { apiVersion: "v1", kind: "ConfigMap" },
    matchConstraints: {
      matchPolicy: "Equivalent",
      resourceRules: rules.map(({ group, version, resources, operations }) => ({
        apiGroups: [group],
        apiVersions: [version],
        resources: [...resources],
        operations: [...operations],
        scope: "*",
      })),
    },
    matchConditions:
      exempt && Object.entries(exempt).map(([name, expression]) => ({ name, expression: `!(${expression})` })),
    variables: variables && Object.entries(variables).map(([name, expression]) => ({ name, expression })),
    validations: validations.map(renderValidation),
  });
}

function renderValidation({ expression, rule, fix, received }: Validation): object {
  const message = `${rule}; fix: ${fix}`;
  const messageExpression = received && `'received ' + ${received} + ${JSON.stringify(`; rule: ${message}`)}`;
  return defined({ expression, message, messageExpression, reason: "Forbidden" });
}

function bindingSpec({ name, parameters, scope }: AdmissionPolicyProps): object {
  const lanes = {
    matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: [...platformNamespaces()] }],
  };
  return defined({
    policyName: name,
    validationActions: ["Deny", "Audit"],
    paramRef: parameters && { ...parameters, parameterNotFoundAction: "Deny" },
    matchResources: scope === "everywhere" ? undefined : { namespaceSelector: lanes },
  });
}
