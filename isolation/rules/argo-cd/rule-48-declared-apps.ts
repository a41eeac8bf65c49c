import { applicationName } from "../../../constructs/apps/argo-cd.ts";
import type { HelmApp } from "../../../constructs/apps/helm-app.ts";
import type { CustomerDefinition } from "../../../constructs/definition/customer-definition.ts";
import { type ApplicationView, readArgoCd, serversOf } from "../../apps/argo-cd-view.ts";
import { canonical } from "../../known/template-parts.ts";
import type { CustomerLane } from "../../model/estate.ts";
import { fields } from "../../model/fields.ts";
import type { Inspection, Rule } from "../rule.ts";

export const declaredApps: Rule = {
  number: 48,
  name: "declared-apps",
  info: "Argo CD deploys something other at a customer than the customer's file declares.",
  explanation:
    "An application runs beside the customer's Spark and under the same quota, and its values name images, programs and what they may reach. So each Application is required with the repository, revision, chart, values, cluster and namespace of the customer's file, a project with its repositories and no more, and no application is missing or too many. Where only manifests are at hand, rule 29 alone judges.",
  unit: "customers and applications of their files",
  check(view, inspection) {
    const { applications, projects } = readArgoCd(view);
    for (const { name, definition, ...lane } of view.customers) {
      inspection.examine();
      if (definition === undefined) {
        continue;
      }
      const own = applications.filter(({ owner }) => owner === name);
      for (const [app, declared] of Object.entries(definition.apps)) {
        inspection.examine();
        const application = own.find(({ manifest }) => manifest.metadata.name === applicationName(name, app));
        if (application === undefined) {
          inspection.report(`Application ${applicationName(name, app)} of ${name}`, "is not there", FIX);
        } else {
          checkApplication(application, app, declared, lane, inspection);
        }
      }
      for (const { object, manifest } of own) {
        if (!Object.keys(definition.apps).some((app) => applicationName(name, app) === manifest.metadata.name)) {
          inspection.report(object, "is not an application of its customer's file", FIX);
        }
      }
      for (const { object, repositories } of projects.filter(({ owner }) => owner === name)) {
        checkRepositories(object, repositories, definition, inspection);
      }
    }
  },
};

const FIX = "leave it as the library writes it: apps in the customer's file set all that may differ";

function checkApplication(
  { object, spec, target }: ApplicationView,
  name: string,
  { repository, revision, chart, values }: HelmApp,
  lane: Pick<CustomerLane, "endpoint">,
  inspection: Inspection,
): void {
  const source = fields(spec.source);
  const actual = { ...source, ...fields(source.helm), helm: undefined };
  const wanted = {
    repoURL: repository,
    targetRevision: revision,
    path: chart,
    releaseName: name,
    valuesObject: values,
  };
  for (const [field, value] of Object.entries(wanted)) {
    if (canonical(actual[field as keyof typeof actual] ?? null) !== canonical(value)) {
      inspection.report(object, `its ${field} is not the one of the customer's file`, FIX);
    }
  }
  const { server, namespace } = target;
  if (!serversOf(lane).includes(server ?? "") || namespace !== lane.endpoint?.namespace) {
    inspection.report(object, "its destination is not the customer's cluster and namespace", FIX);
  }
}

function checkRepositories(
  object: string,
  repositories: readonly string[],
  { apps }: CustomerDefinition,
  inspection: Inspection,
): void {
  const declared = new Set(Object.values(apps).map(({ repository }) => repository));
  for (const repository of repositories.filter((each) => !declared.has(each))) {
    inspection.report(object, `allows ${repository}, from which no application of its customer comes`, FIX);
  }
}
