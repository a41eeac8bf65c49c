import { App, type Chart } from "cdk8s";
import type { Construct } from "constructs";
import { CustomerApps } from "./apps/customer-apps.ts";
import { checkCustomer } from "./checks/check-customer.ts";
import { Customer } from "./customer.ts";
import { CustomerSide } from "./customer-side/customer-side.ts";
import type { CustomerDefinition } from "./definition/customer-definition.ts";
import { type Problem, ProblemsError, received, UserError } from "./definition/problem.ts";
import { withLines } from "./definition/written-lines.ts";
import { Deployer } from "./deployer/deployer.ts";
import type { Manifest } from "./kubernetes/manifest.ts";

/** All objects of a customer, in the order in which they are to be created. */
export interface CustomerManifests {
  /** The lane, in the central cluster. */
  readonly lane: readonly Manifest[];
  /** What the customer's administrator applies in the customer's cluster. */
  readonly customerSide: readonly Manifest[];
  /** What Argo CD, in the central cluster, is given about the customer's applications. */
  readonly apps: readonly Manifest[];
  /** Who may deploy all that, and the lane's namespace: what the administrator of the central cluster applies. */
  readonly deployer: readonly Manifest[];
}

/** Reports what is wrong with the objects of a chart, each problem with its fix. */
export type Judge = (manifests: readonly Manifest[]) => readonly string[];

/**
 * Checks a definition and renders its objects.
 * @param where Name of the customer's file, for the message.
 * @param judge Reports what is wrong with the objects of a part.
 * @throws ProblemsError with everything wrong with the definition, before anything is rendered.
 * @throws UserError with everything that the judge finds.
 */
export function synthesize(
  definition: CustomerDefinition,
  where: string,
  judge?: (part: keyof CustomerManifests, manifests: readonly Manifest[]) => readonly string[],
): CustomerManifests {
  const problems = checkCustomer(definition);
  if (problems.length > 0) {
    throw new ProblemsError(where, withLines(definition, problems));
  }
  const judgeOf = (part: keyof CustomerManifests): Judge | undefined =>
    judge === undefined ? undefined : (manifests) => judge(part, manifests);
  try {
    return {
      lane: render((app) => new Customer(app, "lane", definition), judgeOf("lane")),
      customerSide: render((app) => new CustomerSide(app, "customer-side", definition), judgeOf("customerSide")),
      apps: render((app) => new CustomerApps(app, "apps", definition), judgeOf("apps")),
      deployer: render((app) => new Deployer(app, "deployer", definition), judgeOf("deployer")),
    };
  } catch (error) {
    if (error instanceof UserError) {
      throw error;
    }
    throw new ProblemsError(where, [defect(error)], { cause: error });
  }
}

/**
 * For a definition that passes the checks but cannot be rendered: reported with the customer's name, so that it can be
 * found.
 */
function defect(error: unknown): Problem {
  const place = error instanceof Error ? /\n +at .*?([\w-]+\.ts:\d+)/.exec(error.stack ?? "")?.[1] : undefined;
  return {
    property: place === undefined ? "(objects)" : `(objects, ${place})`,
    received: received(error instanceof Error ? error.message : error),
    rule: "what passes the checks can be rendered: if it cannot, that is a bug in Nightlane's checks",
    fix: "undo the last change of the file, and report it with this message",
  };
}

/** The objects of one chart in an App of its own: many charts in one App cost time that grows with their square. */
export function render(chart: (app: Construct) => Chart, judge?: Judge): readonly Manifest[] {
  const made = chart(new App());
  const manifests = made.toJson() as Manifest[];
  if (judge !== undefined) {
    made.node.addValidation({ validate: () => [...judge(manifests)] });
  }
  const errors = made.node.findAll().flatMap(({ node }) => node.validate());
  if (errors.length > 0) {
    throw new UserError(errors.join("\n"));
  }
  return manifests;
}
