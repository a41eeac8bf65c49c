import { ARGOCD_NAMESPACE, clusterSecretName } from "../constructs/apps/argo-cd.ts";
import { centralCluster } from "../constructs/checks/read-central.ts";
import { laneNamespace } from "../runs/lane-namespace.ts";
import { environmentOf } from "./deployments.ts";
import { OVERTAKEN } from "./newest.ts";

/**
 * Who may start a job, and which credentials it gets. A group protects environments by their tier; a project protects
 * each by its exact name, and a customer that is new has none that is protected.
 */
interface Environment {
  readonly name: string;
  readonly deployment_tier: "production";
}

/** A job as GitLab reads it; only the keywords in use. */
export interface Job {
  readonly stage: string;
  readonly script?: readonly string[];
  readonly needs?: readonly (string | Readonly<Record<string, unknown>>)[];
  readonly rules?: readonly Readonly<Record<string, unknown>>[];
  readonly environment?: Environment & { readonly action?: "stop" | "verify" };
  readonly resource_group?: string;
  readonly allow_failure?: boolean | { readonly exit_codes: readonly number[] };
  readonly interruptible?: boolean;
  readonly artifacts?: Readonly<Record<string, unknown>>;
  readonly trigger?: Readonly<Record<string, unknown>>;
}

/** Jobs by name. */
export type Jobs = Readonly<Record<string, Job>>;

/** True only where protected variables are available; the environments are protected as well. */
const PROTECTED = '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_COMMIT_REF_PROTECTED == "true"';

/** Written out, not built from variables: a job's lock and its credentials must be obvious to a reader of the file. */
function lane(stack: string): { readonly environment: Environment; readonly resource_group: string } {
  const name = environmentOf(stack);
  return { environment: { name, deployment_tier: "production" }, resource_group: name };
}

/** Jobs of a merge request for one stack: they name no environment, so GitLab gives them no credential. */
export function reviewJobs(stack: string, base: string): Jobs {
  return {
    [`${stack}:diff`]: {
      stage: "review",
      needs: [],
      interruptible: true,
      script: [`node_modules/.bin/tsx pipeline/diff.ts ${stack} ${base}`],
    },
    [`${stack}:preview`]: {
      stage: "review",
      needs: [],
      interruptible: true,
      script: [`node_modules/.bin/tsx pipeline/preview.ts ${stack}`],
      artifacts: { paths: [`preview/${stack}.json`], expire_in: "30 days" },
    },
  };
}

/**
 * Jobs that deploy one stack, on the protected default branch.
 * @param after Jobs that must have succeeded before this stack is previewed.
 */
export function deployJobs(stack: string, after: readonly string[]): Jobs {
  const { environment, resource_group } = lane(stack);
  const stage = stack === "platform" ? "platform" : "customers";
  return {
    [`${stack}:preview`]: {
      stage,
      needs: after,
      rules: [{ if: PROTECTED }],
      environment: { ...environment, action: "verify" },
      resource_group,
      script: [
        `pulumi stack select --create ${stack}`,
        `pulumi preview --stack ${stack} --diff --non-interactive --color never`,
      ],
    },
    [`${stack}:up`]: {
      stage,
      needs: [`${stack}:preview`],
      rules: [{ if: PROTECTED }],
      environment,
      resource_group,
      interruptible: false,
      // A lock does not order jobs: one that comes late finds the newer revision, and leaves it.
      allow_failure: { exit_codes: [OVERTAKEN] },
      script: [
        `node_modules/.bin/tsx pipeline/newest.ts ${stack}`,
        `pulumi up --stack ${stack} --yes --skip-preview --non-interactive --color never`,
      ],
    },
    [`${stack}:cancel`]: {
      stage: "by-hand",
      needs: [],
      rules: [{ if: PROTECTED, when: "manual", allow_failure: true }],
      environment: { ...environment, action: "verify" },
      // While this job has GitLab's lock no other deployment can be running, so a lock in the state is stale.
      resource_group,
      script: [`pulumi cancel --stack ${stack} --yes --non-interactive`],
    },
  };
}

/**
 * The job that holds a wave back until a person starts it, after the wave before has been deployed.
 * @param number 2 for the second wave. @param after Deployments of the wave before.
 */
export function waveJobs(number: number, customers: readonly string[], after: readonly string[]): Jobs {
  return {
    [waveName(number)]: {
      stage: "customers",
      needs: after,
      // Nothing after it runs earlier: that is the stop.
      rules: [{ if: PROTECTED, when: "manual", allow_failure: false }],
      // It has no variables: only for who may start it.
      environment: { name: "waves", deployment_tier: "production", action: "verify" },
      script: [`echo "wave ${number}: ${customers.length} customers: ${customers.join(" ")}"`],
    },
  };
}

/** Name of the job that starts a wave. */
export function waveName(number: number): string {
  return `wave-${number}`;
}

/** The job that removes a customer whose file is gone, started by a person. */
export function destroyJobs(name: string): Jobs {
  const { environment, resource_group } = lane(name);
  return {
    [`${name}:destroy`]: {
      stage: "by-hand",
      needs: [],
      rules: [{ if: PROTECTED, when: "manual", allow_failure: true }],
      environment: { ...environment, action: "stop" },
      resource_group,
      interruptible: false,
      script: [
        // Started late, it finds a customer that was restored meanwhile, and leaves it.
        `node_modules/.bin/tsx pipeline/newest.ts ${name}`,
        // The last revision with the file shows where the remote Jobs are. With the certificates beside it, and the
        // settings of its stack, if there are any.
        `last="$(git rev-list -1 HEAD -- customers/${name}.ts)^"`,
        `git checkout "$last" -- 'customers/${name}.*' $(git ls-tree --name-only "$last" Pulumi.${name}.yaml)`,
        // Tried again, it may find no lane, and then the deployer's rights in it are gone, too.
        `lane=$(kubectl get namespace ${laneNamespace(name)} --ignore-not-found --output 'jsonpath={.status.phase}')`,
        emptyLane(name),
        // Pulumi would wait for it by watching all of Argo CD's Secrets, which no customer's deployer may.
        ...(centralCluster().argoCd
          ? [
              `kubectl --namespace ${ARGOCD_NAMESPACE} delete secret ${clusterSecretName(name)} --ignore-not-found --wait=false`,
            ]
          : []),
        `pulumi destroy --stack ${name} --yes --skip-preview --non-interactive --color never`,
        // After the lane, in which nothing can start a new one any more, and before the stack, which may keep the
        // kubeconfig. Where it cannot, it warns: the lane is gone, and the rest must not stay for that.
        `node_modules/.bin/tsx pipeline/remove-remote-jobs.ts ${name}`,
        `pulumi stack rm ${name} --yes --non-interactive`,
      ],
    },
  };
}

/** Prepares a lane that still is there for its end. */
function emptyLane(name: string): string {
  const kubectl = `kubectl --namespace ${laneNamespace(name)}`;
  const lines = [
    // Tells nightwatch that the nights are removed on purpose: it calls people if an active schedule disappears.
    `${kubectl} get cronworkflows --output name | xargs -r -n 1 ${kubectl} patch --type merge --patch '{"spec":{"suspend":true}}'`,
    // A running night uses its volume, and the destruction would wait for that until morning.
    `${kubectl} delete cronworkflows,workflows --all --timeout=10m`,
    // While the account still exists, which a federated customer's token needs.
    `node_modules/.bin/tsx pipeline/remove-remote-jobs.ts ${name} --sign-in`,
  ];
  return ['if [ "$lane" = Active ]; then', ...lines.map((line) => `  ${line}`), "fi"].join("\n");
}

/** The job that finds changes made outside the repository. */
export function driftJobs(stack: string): Jobs {
  const { environment, resource_group } = lane(stack);
  return {
    [`${stack}:drift`]: {
      stage: "drift",
      needs: [],
      rules: [{ if: PROTECTED }],
      environment: { ...environment, action: "verify" },
      resource_group,
      script: [`pulumi preview --stack ${stack} --refresh --expect-no-changes --diff --non-interactive --color never`],
    },
  };
}

/**
 * The job that checks a customer's cluster as the next night will meet it: after each deployment, so that problems are
 * reported before its first night, and by day from the schedule. It blocks nothing: a cluster that cannot be reached
 * now is no reason to leave a change undeployed.
 */
export function preflightJobs(stack: string, stage: string, after: readonly string[]): Jobs {
  if (stack === "platform") {
    return {};
  }
  const { environment, resource_group } = lane(stack);
  return {
    [`${stack}:preflight`]: {
      stage,
      needs: after,
      // Off where the pipeline's runners cannot reach the customers' clusters.
      rules: [{ if: `${PROTECTED} && $NIGHTLANE_PREFLIGHT != "off"` }],
      environment: { ...environment, action: "verify" },
      resource_group,
      allow_failure: true,
      script: [`node_modules/.bin/tsx infra/preflight/cli.ts ${stack}`],
    },
  };
}
