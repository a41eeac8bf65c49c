import { afterEach, beforeEach, expect, test } from "vitest";
import { environmentOf, lastDeployed, projectOfJob } from "../../../pipeline/deployments.ts";
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

test("a GitLab that does not say is told with what to do, and the token is not", async () => {
  const project = projectOfJob(gitlab.variables);
  gitlab.status = 403;
  const refusal = lastDeployed(project, "nordbank");
  await expect(refusal).rejects.toThrow("the deployments of customers/nordbank: received status 403\n    rule:");
  await expect(refusal).rejects.not.toThrow(gitlab.token);
  await expect(lastDeployed({ ...project, api: "http://127.0.0.1:1" }, "nordbank")).rejects.toThrow(
    "mend: retry the job",
  );
});

test("outside of a pipeline nobody is asked", () => {
  expect(() => projectOfJob({})).toThrow("mend: run it in a pipeline; by hand, leave out --deployed");
});
