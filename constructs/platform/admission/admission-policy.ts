import { ApiObject } from "cdk8s";
import { Construct } from "constructs";
import { platformMetadata } from "../../kubernetes/labels.ts";
import { platformNamespaces } from "./identities.ts";

/** What a policy looks at. */
export interface PolicyRule {
  readonly apiGroup: string;
  readonly apiVersion: string;
  /** Resources in the plural, subresources as `pods/exec`. */
  readonly resources: readonly string[];
  readonly operations: readonly ("CREATE" | "UPDATE" | "DELETE" | "CONNECT")[];
}

/** A condition that must hold, and what a person is told if it does not. */
export interface Validation {
  /** CEL, true if the request may pass. */
  readonly expression: string;
  /** What must hold, and why. */
  readonly rule: string;
  /** What to do instead. */
  readonly fix: string;
  /**
   * CEL of a string: what was received.
   * @default - the message does not quote what was received
   */
  readonly received?: string;
}

/** A named CEL expression, used by others as `variables.<name>`. */
export interface Variable {
  readonly name: string;
  readonly expression: string;
}

export interface AdmissionPolicyProps {
  /** Name of the policy and its binding. */
  readonly name: string;
  readonly rules: readonly PolicyRule[];
  /**
   * Requests the policy does not look at, by name of the reason: CEL, true for a request that is let through.
   * @default - it looks at everybody's
   */
  readonly exempt?: Readonly<Record<string, string>>;
  /** @default - none */
  readonly variables?: readonly Variable[];
  readonly validations: readonly Validation[];
  /**
   * ConfigMap with the policy's parameters, `params` in expressions. Without it every request is refused.
   * @default - no parameters
   */
  readonly parameters?: { readonly name: string; readonly namespace: string };
  /**
   * Where it holds: in every namespace that is not the platform's, or in all.
   * @default "lanes"
   */
  readonly scope?: "lanes" | "everywhere";
}

/**
 * A ValidatingAdmissionPolicy and its binding. It fails closed: an expression that cannot be evaluated, or parameters
 * that are not there, refuse the request. A refusal is also an audit annotation.
 */
export class AdmissionPolicy extends Construct {
  constructor(scope: Construct, id: string, props: AdmissionPolicyProps) {
    super(scope, id);
    new ApiObject(this, "policy", {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingAdmissionPolicy",
      metadata: platformMetadata(props.name),
      spec: policySpec(props),
    });
    new ApiObject(this, "binding", {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingAdmissionPolicyBinding",
      metadata: platformMetadata(props.name),
      spec: bindingSpec(props),
    });
  }
}

function policySpec(props: AdmissionPolicyProps): object {
  const exempt = Object.entries(props.exempt ?? {});
  return {
    failurePolicy: "Fail",
    ...(props.parameters === undefined ? {} : { paramKind: { apiVersion: "v1", kind: "ConfigMap" } }),
    matchConstraints: {
      matchPolicy: "Equivalent",
      resourceRules: props.rules.map((rule) => ({
        apiGroups: [rule.apiGroup],
        apiVersions: [rule.apiVersion],
        resources: [...rule.resources],
        operations: [...rule.operations],
        scope: "*",
      })),
    },
    ...(exempt.length === 0
      ? {}
      : { matchConditions: exempt.map(([name, expression]) => ({ name, expression: `!(${expression})` })) }),
    ...(props.variables === undefined ? {} : { variables: props.variables.map((variable) => ({ ...variable })) }),
    validations: props.validations.map(renderValidation),
  };
}

function renderValidation(validation: Validation): object {
  const message = `${validation.rule}; fix: ${validation.fix}`;
  const received = validation.received;
  return {
    expression: validation.expression,
    message,
    ...(received === undefined
      ? {}
      : { messageExpression: `'received ' + ${received} + ${JSON.stringify(`; rule: ${message}`)}` }),
    reason: "Forbidden",
  };
}

function bindingSpec(props: AdmissionPolicyProps): object {
  const notPlatform = {
    matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: [...platformNamespaces()] }],
  };
  return {
    policyName: props.name,
    validationActions: ["Deny", "Audit"],
    ...(props.parameters === undefined ? {} : { paramRef: { ...props.parameters, parameterNotFoundAction: "Deny" } }),
    ...(props.scope === "everywhere" ? {} : { matchResources: { namespaceSelector: notPlatform } }),
  };
}
