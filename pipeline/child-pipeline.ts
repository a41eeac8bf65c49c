import { stringify } from "yaml";
import { fields } from "../isolation/model/fields.ts";
import type { Affected } from "./affected.ts";
import { gitlabCi } from "./gitlab-ci.ts";
import {
  deployJobs,
  destroyJobs,
  driftJobs,
  type Job,
  type Jobs,
  preflightJobs,
  reviewJobs,
  waveJobs,
  waveName,
} from "./jobs.ts";

/** What a pipeline is for: a merge request, the merge, or the scheduled search for drift. */
export type Purpose = "review" | "deploy" | "drift";

export interface ChildPipelineOptions {
  readonly purpose: Purpose;
  readonly affected: Affected;
  /** Revision before the change, as a commit. */
  readonly base: string;
  /** The command that writes the same plan again, where shards need it. */
  readonly planCommand: string;
  /** Customers that are deployed one wave after the other; everybody else at once. @default none */
  readonly waves?: readonly (readonly string[])[];
}

/** Customers that wait for the same wave. */
interface Group {
  readonly names: readonly string[];
  readonly needs: readonly string[];
  /** Whether jobs of this pipeline wait for the platform's, which are then in it, too. */
  readonly awaited: boolean;
}

/** Customers in one pipeline: GitLab limits the jobs of a pipeline, and people the length of a page. */
export const SHARD = 100;

/** Name and content of every file of a plan; `child.yml` is the one that `.gitlab-ci.yml` triggers. */
export type PlanFiles = Readonly<Record<string, string>>;

/**
 * Writes the pipeline for what is affected: jobs per customer, the platform before them, and between two waves a job
 * that a person starts. Past a hundred customers the child triggers one more pipeline per hundred.
 */
export function childPipeline(options: ChildPipelineOptions): PlanFiles {
  const { purpose, affected, base, waves = [] } = options;
  const platform = affected.platform ? stackJobs(purpose, "platform", base, []) : {};
  const after = affected.platform && purpose === "deploy" ? ["platform:up"] : [];
  const removed = new Set(affected.removed);
  const jobsOf = (names: readonly string[], needs: readonly string[]): Jobs =>
    merge(
      names.map((name) =>
        removed.has(name) ? removalJobs(purpose, name, base) : stackJobs(purpose, name, base, needs),
      ),
    );
  const groups = groupsOf(affected, waves, after);
  const isSmall = groups.reduce((sum, { names }) => sum + names.length, 0) <= SHARD;
  const inline = groups.filter(({ awaited }) => isSmall || awaited);
  const jobs = merge([
    platform,
    ...inline.map(({ names, needs }) => jobsOf(names, needs)),
    ...waves.slice(1).map((names, index) => waveJobs(index + 2, names, (waves[index] ?? []).map(upJob))),
  ]);
  const shards = groups
    .filter((group) => !inline.includes(group))
    .flatMap(({ names, needs }) => split(names).map((part) => ({ names: part, needs })));
  if (shards.length === 0) {
    return { "child.yml": render(Object.keys(jobs).length > 0 ? jobs : NOTHING) };
  }
  const files: Record<string, string> = {};
  const triggers: Record<string, Job> = {};
  shards.forEach(({ names, needs }, index) => {
    const file = `shard-${index + 1}.yml`;
    files[file] = render(jobsOf(names, []));
    triggers[`shard-${index + 1}`] = {
      stage: "customers",
      needs: ["shards", ...needs],
      trigger: { include: [{ artifact: `plan/${file}`, job: "shards" }], strategy: "depend" },
    };
  });
  const shardsJob: Job = { stage: "plan", script: [options.planCommand], artifacts: { paths: ["plan/"] } };
  return { ...files, "child.yml": render({ shards: shardsJob, ...jobs, ...triggers }) };
}

function groupsOf(
  { customers, removed }: Affected,
  waves: readonly (readonly string[])[],
  after: readonly string[],
): readonly Group[] {
  const waiting = new Set(waves.flat());
  const atOnce = [...customers.filter((name) => !waiting.has(name)), ...removed];
  const inWaves = waves.map((names, index) => ({
    names,
    needs: index === 0 ? after : [waveName(index + 1)],
    awaited: index + 1 < waves.length,
  }));
  return [{ names: atOnce, needs: after, awaited: false }, ...inWaves];
}

function upJob(stack: string): string {
  return `${stack}:up`;
}

function stackJobs(purpose: Purpose, stack: string, base: string, after: readonly string[]): Jobs {
  switch (purpose) {
    case "review":
      return reviewJobs(stack, base);
    case "deploy":
      return { ...deployJobs(stack, after), ...preflightJobs(stack, "customers", [upJob(stack)]) };
    case "drift":
      return { ...driftJobs(stack), ...preflightJobs(stack, "drift", []) };
  }
}

/** Until the merge, a removed customer is only shown. */
function removalJobs(purpose: Purpose, name: string, base: string): Jobs {
  if (purpose === "deploy") {
    return destroyJobs(name);
  }
  const [diff] = Object.entries(reviewJobs(name, base));
  return diff === undefined ? {} : { [diff[0]]: diff[1] };
}

/** A pipeline without a job is an error to GitLab. */
const NOTHING: Jobs = { nothing: { stage: "plan", script: ['echo "this change touches no stack"'] } };

function render(jobs: Jobs): string {
  const stages = ["plan", "review", "platform", "customers", "drift", "by-hand"];
  const { image, before_script } = fields(gitlabCi().default);
  return stringify(
    {
      // Decided by the parent; a child of a merge request's pipeline runs nothing without it.
      workflow: { rules: [{ when: "always" }] },
      stages,
      default: { image, before_script },
      ...Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, withRules(job)])),
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}

/** Without rules a job would not run for a merge request. */
function withRules(job: Job): Job {
  return { ...job, rules: job.rules ?? [{ when: "on_success" }] };
}

function split(names: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(names.length / SHARD) }, (_, index) =>
    names.slice(index * SHARD, (index + 1) * SHARD),
  );
}

function merge(all: readonly Jobs[]): Jobs {
  return Object.assign({}, ...all);
}
