import { type CiJob, jobsOf } from "../../model/ci-job.ts";
import type { Inspection, Rule } from "../rule.ts";

export const protectedDeployments: Rule = {
  number: 37,
  name: "protected-deployments",
  info: "A job that reads a credential or changes a stack can run outside the protected default branch, with another stack's environment, or with one that no group protects.",
  explanation:
    "A merge request runs what its author wrote. So no job of its pipelines names an environment, by which GitLab would give it credentials, or calls Pulumi on the real state; a job that does either asks for the protected default branch in every one of its rules, is reached by jobs that ask for it too, and has the environment and the lock of the very stack it works on. Every environment has the tier `production`, by which a group protects all of them: a project protects exact names only, and so no customer that is new. Protection of branch, environments and variables is set in GitLab, where no file shows it: docs/deploy.md lists it.",
  unit: "jobs",
  check({ trials }, inspection) {
    if (trials.pipeline === undefined) {
      inspection.note("no pipeline was given");
      return;
    }
    const { main, children } = trials.pipeline;
    const jobs = jobsOf(main);
    checkJobs(".gitlab-ci.yml", jobs, true, inspection);
    for (const [purpose, child] of Object.entries(children)) {
      const triggers = jobs.filter(({ writtenBy }) => {
        const writer = jobs.find(({ name }) => name === writtenBy);
        return writer?.commands.some((command) => command.includes(`--for ${purpose}`)) === true;
      });
      checkJobs(
        `pipeline of ${purpose}`,
        jobsOf(child),
        triggers.every(({ isProtected }) => isProtected),
        inspection,
      );
    }
  },
};

/** The tier that docs/deploy.md has the group protect. */
const PROTECTED_TIER = "production";

/** Pulumi on the stack's own state; previews on a throwaway state go through pipeline/preview.ts. */
const PULUMI = /(?:^|[\s;&|(])pulumi\s+([a-z-]+)/;

/** Nightlane's other programs that hold a customer's credential. */
const CREDENTIALED = /(?:pipeline\/remove-remote-jobs|infra\/preflight\/cli)\.ts/;

function checkJobs(file: string, jobs: readonly CiJob[], reachedProtected: boolean, inspection: Inspection): void {
  for (const job of jobs) {
    inspection.examine();
    const object = `${file} ${job.name}`;
    const stacks = job.commands.flatMap(
      (command) => /(?:--stack|stack (?:select --create|rm)|preflight\/cli\.ts)\s+(\S+)/.exec(command)?.slice(1) ?? [],
    );
    const works = job.commands.some((command) => PULUMI.test(command) || CREDENTIALED.test(command));
    const isProtected = job.isProtected && reachedProtected;
    if (job.environment !== undefined && !isProtected) {
      report(inspection, object, `has environment ${job.environment} where a merge request can run it`);
    }
    if (job.environment !== undefined && job.tier !== PROTECTED_TIER) {
      const tier = job.tier ?? "(none)";
      report(inspection, object, `has environment ${job.environment} of tier ${tier}, not ${PROTECTED_TIER}`);
    }
    if (works && !isProtected) {
      report(inspection, object, "calls pulumi on a stack where a merge request can run it");
    }
    for (const stack of new Set(stacks.filter((name) => name !== undefined))) {
      const own = stack === "platform" ? "platform" : `customers/${stack}`;
      if (works && job.environment !== own) {
        report(
          inspection,
          object,
          `works on stack ${stack} with environment ${job.environment ?? "(none)"}, not ${own}`,
        );
      }
      if (works && job.resourceGroup !== own) {
        report(inspection, object, `works on stack ${stack} under lock ${job.resourceGroup ?? "(none)"}, not ${own}`);
      }
    }
  }
}

function report(inspection: Inspection, object: string, message: string): void {
  inspection.report(
    object,
    message,
    "ask for the protected default branch in each rule, and name the stack's own environment, of tier production",
  );
}
