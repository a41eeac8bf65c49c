import { ARGOCD_NAMESPACE } from "../apps/argo-cd.ts";
import { type HelmApp, isHelmApp } from "../apps/helm-app.ts";
import { APPS_KUBECONFIG } from "../definition/credential-reference.ts";
import type { CustomerDefinition } from "../definition/customer-definition.ts";
import { given } from "../definition/given.ts";
import { type Problem, received } from "../definition/problem.ts";
import { secretShape } from "../definition/secret-shape.ts";
import { allSound, below, type Sound } from "../form/form.ts";
import type { Step } from "../night/step.ts";
import { customerSource } from "../night/step-results.ts";
import { checkAppLabels } from "./check-app-labels.ts";
import { checkObjectText, secretProblem } from "./check-texts.ts";
import { optionTexts } from "./option-texts.ts";
import { centralCluster } from "./read-central.ts";

/** An API object holds at most 1.5 MB; Argo CD repeats the values in the status and its history. */
const MOST_VALUES = 100_000;

/** The applications that Argo CD deploys, what they need, and the steps that enter them. */
export function checkApps(
  definition: CustomerDefinition,
  central: { readonly argoCd: boolean } = centralCluster(),
  sound: Sound = allSound,
): readonly Problem[] {
  const apps = Object.entries(given(definition.apps) as CustomerDefinition["apps"]).filter(([name]) =>
    sound(below("apps", name)),
  );
  return [
    ...(sound("apps", "credentials") ? checkSurroundings(definition, central.argoCd) : []),
    ...apps.flatMap(([name, app]) => checkApp(name, app)),
    ...checkLabels(apps),
    ...(sound("apps", "workflow.steps")
      ? definition.workflow.declared.flatMap((step) => checkUse(step, definition.apps))
      : []),
  ];
}

function checkSurroundings({ apps, credentials }: CustomerDefinition, argoCd: boolean): readonly Problem[] {
  const hasApps = Object.keys(apps).length > 0;
  const kubeconfig = credentials[APPS_KUBECONFIG];
  const property = `credentials.${APPS_KUBECONFIG}`;
  const problems: Problem[] = [];
  if (hasApps && !argoCd) {
    problems.push({
      property: "apps",
      received: received(Object.keys(apps)),
      rule: `the central cluster has Argo CD, in namespace ${ARGOCD_NAMESPACE}, and central.json declares it`,
      fix: 'install it and set "argoCd": true in central.json, or deploy the application yourself and use deployedApp(...)',
    });
  }
  if (hasApps && kubeconfig === undefined) {
    problems.push({
      property,
      received: "nothing",
      rule: "Argo CD has its own identity in the customer's cluster, with rights to applications only",
      fix: `write ${APPS_KUBECONFIG}: gitlabFile("APPS_KUBECONFIG")`,
    });
  }
  if (!hasApps && kubeconfig !== undefined) {
    problems.push({
      property,
      received: "a reference",
      rule: "without apps nothing uses it: a credential that is not needed is not fetched",
      fix: "remove it, or declare apps",
    });
  }
  return problems;
}

/** Longest name of an application: with the customer's before it, it stays a valid name. */
const NAME_LIMIT = 53;

function checkApp(name: string, app: HelmApp): readonly Problem[] {
  const problems: Problem[] = [];
  const add = (property: string, value: unknown, rule: string, fix: string): void => {
    problems.push({ property: `${below("apps", name)}${property}`, received: received(value), rule, fix });
  };
  if (!/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name) || name.length > NAME_LIMIT) {
    add("", name, `a Helm release: a DNS label of at most ${NAME_LIMIT} characters`, 'write "pricing-engine"');
  }
  if (!isRepository(app.repository)) {
    const rule = "an https URL of one repository, without user, password or wildcard: the project allows exactly it";
    add(".repository", shownUrl(app.repository), rule, 'write "https://git.<host>/<path>.git"');
  }
  if (!/^(v?\d[\w.+-]*|[0-9a-f]{40}|[\w.-]+-\d+(\.\d+)+)$/.test(app.revision)) {
    const rule = "a version tag or a whole commit: a branch would change what runs without a merge request here";
    add(".revision", app.revision, rule, 'write for instance "v4.2.1"');
  }
  const size = Buffer.byteLength(JSON.stringify(app.values));
  if (size > MOST_VALUES) {
    const rule = `at most ${MOST_VALUES} bytes: Argo CD keeps them in one object, several times over`;
    const at = { property: `${below("apps", name)}.values`, received: `${size} bytes` };
    problems.push({ ...at, rule, fix: "move long values into the chart" });
  }
  if (!/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(app.chart)) {
    const rule = "the chart's folder in the repository: a relative path without `..`";
    add(".chart", app.chart, rule, 'write for instance "charts/pricing-engine"');
  }
  return [
    ...problems,
    ...checkAppLabels(app, below("apps", name)),
    ...optionTexts(app.values, `${below("apps", name)}.values`).flatMap(([at, text]) => checkValue(at, text)),
  ];
}

/**
 * Argo CD keeps a chart's values in clear text. Many charts refer to a Secret in their values; none needs to contain
 * one.
 */
function checkValue(at: string, text: string): readonly Problem[] {
  const secret = /passw(or)?d$|passphrase$/i.test(at) && !at.endsWith(text) ? "a text" : secretShape(text);
  if (secret !== undefined && text !== "") {
    const fix = "refer to a Secret in the customer's cluster that the chart reads, for instance existingSecret";
    return [{ ...secretProblem(at, secret), fix }];
  }
  return checkObjectText(at, text);
}

function isRepository(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return (
    url?.protocol === "https:" &&
    url.username === "" &&
    url.password === "" &&
    url.search === "" &&
    url.hash === "" &&
    url.pathname.length > 1 &&
    !/[*?[\]{}!\s]/.test(text)
  );
}

/** The URL's host and path only: anything else in it could be a password. */
function shownUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url === undefined ? text : `${url.protocol}//${url.host}${url.pathname}`;
}

/** A step cannot distinguish two applications with the same labels. */
function checkLabels(apps: readonly (readonly [string, HelmApp])[]): readonly Problem[] {
  const key = (app: HelmApp): string => JSON.stringify(Object.entries(app.labels).sort());
  return apps.flatMap(([name, app], index) => {
    const other = apps.slice(0, index).find(([, earlier]) => key(earlier) === key(app));
    return other === undefined
      ? []
      : [
          {
            property: `apps.${name}.labels`,
            received: received(app.labels),
            rule: `unique labels: a step could not distinguish its pods from those of ${other[0]}`,
            fix: `write for instance labels: { "app.kubernetes.io/instance": "${name}" }`,
          },
        ];
  });
}

/** A step may only enter the pods of a chart that its own customer deploys. */
function checkUse({ name, work }: Step, apps: CustomerDefinition["apps"]): readonly Problem[] {
  const used =
    work.kind === "exec"
      ? [work.options.app]
      : work.kind === "copyIn"
        ? [work.options.to].flatMap((place) => (place.kind === "pod" ? [place.app] : []))
        : work.kind === "copyOut"
          ? [customerSource(work.options.from)].flatMap((place) => (place.kind === "pod" ? [place.app] : []))
          : [];
  const deployed = Object.values(apps);
  return used
    .filter((app) => isHelmApp(app) && !deployed.includes(app))
    .map((app) => ({
      property: `workflow.steps["${name}"].app`,
      received: isHelmApp(app) ? received(app.chart) : "an application",
      rule: "an application in the customer's apps: nobody would deploy this one",
      fix: "add it to apps, or use deployedApp(...) if somebody else deploys it",
    }));
}
