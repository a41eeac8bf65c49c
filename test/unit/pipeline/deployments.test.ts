import { afterEach, beforeEach, expect, test } from "vitest";
import {
  environmentOf,
  lastDeployed,
  livingCustomers,
  projectOfJob,
  triedSince,
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
  expect(await lastDeployed(project, "nordbank")).toMatchObject({ sha: "bbb" });
  expect(await lastDeployed(project, "platform")).toMatchObject({ sha: "ddd" });
  expect(environmentOf("platform")).toBe("platform");
});

test("all that changed since is reported, whatever became of it and however much that is", async () => {
  const project = projectOfJob(gitlab.variables);
  gitlab.note("customers/nordbank", "aaa", "failed");
  gitlab.note("customers/nordbank", "bbb");
  const last = await lastDeployed(project, "nordbank");
  const since = async () => (last === undefined ? [] : await triedSince(project, "nordbank", last));
  expect(await since()).toMatchObject([{ sha: "bbb", status: "success" }]);
  const statuses = ["created", "running", "failed", "canceled"] as const;
  for (const status of statuses) {
    gitlab.note("customers/nordbank", status, status);
  }
  gitlab.note("platform", "ccc", "failed");
  expect((await since()).map(({ status }) => status)).toEqual([...statuses.toReversed(), "success"]);
  for (let index = 0; index < 230; index += 1) {
    gitlab.note("customers/nordbank", `more-${index}`, "failed");
  }
  expect(await since()).toHaveLength(5 + 230);
});

test("a deployment whose job GitLab no longer has counts from when it was created", async () => {
  const project = projectOfJob(gitlab.variables);
  gitlab.note("customers/nordbank", "aaa", "failed");
  gitlab.note("customers/nordbank", "bbb");
  const last = { sha: "bbb", status: "success", created_at: "2025-12-31T00:00:00.000Z", deployable: null };
  expect(await triedSince(project, "nordbank", last)).toMatchObject([{ sha: "bbb" }, { sha: "aaa" }]);
});

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
  expect(await lastDeployed(project, "bank-100")).toMatchObject({ sha: "aaa" });
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
