import { ApiObject, type ApiObjectProps } from "cdk8s";
import type { Construct } from "constructs";
import type { Manifest } from "./manifest.ts";

/** A Kubernetes object whose specification is already plain data, without cdk8s tokens. */
export interface PlainObjectProps extends ApiObjectProps {
  readonly spec: object;
}

/**
 * An object that is large and plain: cdk8s looks for its tokens in every value of an object, which for a night's
 * template takes longer than the rest of a customer together. Its keys are sorted as cdk8s sorts them.
 */
export class PlainObject extends ApiObject {
  private readonly spec: object;

  constructor(scope: Construct, id: string, { spec, ...props }: PlainObjectProps) {
    super(scope, id, props);
    this.spec = spec;
  }

  override toJson(): Manifest {
    return { ...(super.toJson() as Manifest), spec: sorted(this.spec) };
  }
}

/** The same data with the keys of every mapping sorted, and without undefined values. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (!isFields(value)) {
    return value;
  }
  const ordered: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) {
    if (value[key] !== undefined && value[key] !== null) {
      ordered[key] = sorted(value[key]);
    }
  }
  return ordered;
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
