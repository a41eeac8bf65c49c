import { afterEach, beforeEach, expect, test } from "vitest";
import {
  environmentOf,
  lastDeployed,
  lastTried,
  livingCustomers,
  projectOfJob,
} from "../../../pipeline/deployments.ts";
import { GitlabDeployments } from "../../support/gitlab-deployments.ts";

let gitlab: GitlabDeployments;
beforeEach(async () => {
  gitlab = await new GitlabDeployments().start();
});
afterEach(() => gitlab.stop());

test("the last deployment that ended well is what is deployed", async () => {
  const project = projectOfJob(gitlab.variables);
  expect(await lastDeployed(project, "nordbank")).toBeUndefined();
  gitlab.note("customers/nordbank", "aaa");
  gitlab.note("customers/nordbank", "bbb");
  gitlab.note("customers/nordbank", "ccc", "failed");
  gitlab.note("platform", "ddd");
  expect(await lastDeployed(project, "nordbank")).toBe("bbb");
  expect(await lastDeployed(project, "platform")).toBe("ddd");
  expect(environmentOf("platform")).toBe("platform");
});

test.each(["created", "running", "success", "failed", "canceled"] as const)(
  "the latest try is reported when it is %s",
  async (status) => {
    const project = projectOfJob(gitlab.variables);
    expect(await lastTried(project, "nordbank")).toBeUndefined();
    gitlab.note("customers/nordbank", "aaa");
    gitlab.note("customers/nordbank", "bbb", status);
    gitlab.note("platform", "ccc");
    expect(await lastTried(project, "nordbank")).toMatchObject({ sha: "bbb", status });
  },
);

test("customers live from their first deployment until they are destroyed, however many there are", async () => {
  const project = projectOfJob(gitlab.variables);
  expect(await livingCustomers(project)).toEqual([]);
  const names = Array.from({ length: 230 }, (_, index) => `bank-${100 + index}`);
  for (const environment of ["platform", "release", "customers/nordbank/extra"]) {
    gitlab.note(environment, "aaa");
  }
  for (const name of names) {
    gitlab.note(`customers/${name}`, "aaa");
  }
  expect(await livingCustomers(project)).toEqual(names);
  gitlab.noteStop("customers/bank-100");
  expect(await livingCustomers(project)).toEqual(names.slice(1));
  expect(await lastDeployed(project, "bank-100")).toBe("aaa");
});

test("a GitLab that does not say is reported with what to do, and without the token", async () => {
  const project = projectOfJob(gitlab.variables);
  gitlab.status = 403;
  const refusal = lastDeployed(project, "nordbank");
  await expect(refusal).rejects.toThrow("the deployments of customers/nordbank: received status 403\n    rule:");
  await expect(refusal).rejects.not.toThrow(gitlab.token);
  await expect(lastDeployed({ ...project, api: "http://127.0.0.1:1" }, "nordbank")).rejects.toThrow(
    "fix: retry the job",
  );
  await expect(livingCustomers(project)).rejects.toThrow("the environments: received status 403\n    rule:");
});

test("outside of a pipeline nobody is asked", () => {
  expect(() => projectOfJob({})).toThrow("fix: run it in a pipeline; by hand, leave out --deployed");
});
