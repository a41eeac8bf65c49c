import { describe, expect, test } from "vitest";
import { checkApps } from "../../../../constructs/checks/check-apps.ts";
import { below } from "../../../../constructs/form/form.ts";
import {
  type CustomerDefinition,
  deployedApp,
  gitlabFile,
  type HelmAppProps,
  helmApp,
  inPod,
} from "../../../../constructs/index.ts";
import { customerWithSteps, testCustomer } from "../../../support/customer.ts";
import { expectProblems } from "../../../support/problems.ts";

const credentials = { kubeconfig: gitlabFile("CUSTOMER_KUBECONFIG"), appsKubeconfig: gitlabFile("APPS_KUBECONFIG") };
const sound = {
  repository: "https://git.example/apps/pricing.git",
  revision: "v1.4.0",
  chart: "charts/pricing-engine",
};
const pricing = helmApp(sound);

function withApp(changes: Partial<HelmAppProps<Readonly<Record<never, never>>>>, name = "pricing"): CustomerDefinition {
  return testCustomer({ credentials, apps: { [name]: helmApp({ ...sound, ...changes }) } });
}

describe("checkApps", () => {
  test("takes a customer without applications, with Argo CD and without", () => {
    expect(checkApps(testCustomer(), { argoCd: true })).toEqual([]);
    expect(checkApps(testCustomer(), { argoCd: false })).toEqual([]);
  });

  test.each(["v1.4.0", "1.4", "pricing-4.2.1", "0123456789abcdef0123456789abcdef01234567"])(
    "takes revision %s",
    (revision) => {
      expect(checkApps(withApp({ revision }), { argoCd: true })).toEqual([]);
    },
  );

  test("asks for Argo CD in the central cluster, and for its credential", () => {
    const customer = testCustomer({ apps: { pricing } });
    expectProblems(
      checkApps(customer, { argoCd: false }),
      {
        property: "apps",
        received: '["pricing"]',
        rule: "the central cluster has Argo CD",
        fix: '"argoCd": true in central.json',
      },
      {
        property: "credentials.appsKubeconfig",
        received: "nothing",
        rule: "Argo CD has its own identity in the customer's cluster",
        fix: 'write appsKubeconfig: gitlabFile("APPS_KUBECONFIG")',
      },
    );
  });

  test("refuses a credential that nothing uses", () => {
    expectProblems(checkApps(testCustomer({ credentials }), { argoCd: true }), {
      property: "credentials.appsKubeconfig",
      received: "a reference",
      rule: "a credential that is not needed is not fetched",
      fix: "remove it, or declare apps",
    });
  });

  test.each(["Pricing", "pricing.engine", "-pricing", "p".repeat(54)])("refuses the name %s", (name) => {
    expectProblems(checkApps(withApp({}, name), { argoCd: true }), {
      property: below("apps", name),
      received: JSON.stringify(name),
      rule: "a DNS label of at most 53 characters",
      fix: 'write "pricing-engine"',
    });
  });

  test.each([
    ["git@git.example:apps/pricing.git", '"git@git.example:apps/pricing.git"'],
    ["http://git.example/apps.git", '"http://git.example/apps.git"'],
    ["https://git.example/apps/*", '"https://git.example/apps/*"'],
    ["https://git.example", '"https://git.example/"'],
    ["https://me:secret@git.example/apps.git", '"https://git.example/apps.git"'],
  ])("refuses the repository %s, and shows no password", (repository, received) => {
    expectProblems(checkApps(withApp({ repository }), { argoCd: true }), {
      property: "apps.pricing.repository",
      received,
      rule: "an https URL of one repository, without user, password or wildcard",
      fix: 'write "https://git.<host>/<path>.git"',
    });
  });

  test.each(["main", "HEAD", "release/v1", "", "v1.*"])("refuses the revision %j", (revision) => {
    expectProblems(checkApps(withApp({ revision }), { argoCd: true }), {
      property: "apps.pricing.revision",
      received: JSON.stringify(revision),
      rule: "a branch would change what runs without a merge request here",
      fix: 'write for instance "v4.2.1"',
    });
  });

  test.each(["/charts/pricing", "../pricing", "charts/../pricing", ""])("refuses the chart %j", (chart) => {
    expectProblems(checkApps(withApp({ chart }), { argoCd: true }), {
      property: "apps.pricing.chart",
      received: JSON.stringify(chart),
      rule: "a relative path without `..`",
      fix: 'write for instance "charts/pricing-engine"',
    });
  });

  test("refuses two applications that steps cannot tell apart", () => {
    const customer = testCustomer({ credentials, apps: { first: helmApp(sound), second: helmApp(sound) } });
    expectProblems(checkApps(customer, { argoCd: true }), {
      property: "apps.second.labels",
      received: '{"app.kubernetes.io/name":"pricing-engine"}',
      rule: "a step could not distinguish its pods from those of first",
      fix: '"app.kubernetes.io/instance": "second"',
    });
  });

  test("refuses a step that enters a chart which the customer does not deploy", () => {
    const steps = customerWithSteps((night) => {
      const snapshot = night.exec("snapshot", { app: pricing, command: ["/bin/true"] });
      night.copyOut("fetch", { from: inPod(pricing, "/data"), to: "data", after: snapshot });
      night.exec("other", { app: deployedApp({ labels: { app: "other" } }), command: ["/bin/true"] });
    });
    const expected = (step: string) => ({
      property: `workflow.steps["${step}"].app`,
      received: '"charts/pricing-engine"',
      rule: "nobody would deploy this one",
      fix: "add it to apps",
    });
    expectProblems(checkApps(steps, { argoCd: true }), expected("snapshot"), expected("fetch"));
  });
});
