import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { runCli } from "../../constructs/definition/run-cli.ts";
import versions from "../../versions.json" with { type: "json" };
import { progressOn } from "../farm/progress.ts";
import { ensureTools } from "../farm/tools/ensure.ts";
import { type ResourceDefinition, schemasFromCrds } from "./from-crds.ts";
import { type OpenApi, schemasFromOpenApi } from "./from-openapi.ts";
import { renderSchemaFile, type SchemaFile } from "./json-schema.ts";
import { ARGO_KINDS, ARGOCD_KINDS, KUBERNETES_KINDS } from "./kinds.ts";
import { podForm } from "./pod-form.ts";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
const USAGE = `usage: tsx test/schemas/generate.ts [--check]

Writes test/schemas/kubernetes.json, test/schemas/argo.json and test/schemas/argo-cd.json: the schemas of the kinds we synthesize, from the versions in
versions.json, so that the unit tests need no Go; and constructs/form/kubernetes-pod.json, the properties of a pod.
With --check writes nothing and ends with 1 if they are not current.
`;

async function generate(): Promise<readonly SchemaFile[]> {
  const assets = await ensureTools(["kubernetes-openapi", "argo-crds", "argocd-manifests"], progressOn(process.stderr));
  const openApi: OpenApi = JSON.parse(readFileSync(assets["kubernetes-openapi"], "utf8"));
  const argo = readDefinitions(join(assets["argo-crds"], "full"), ".yaml");
  const argoCd = readDefinitions(join(assets["argocd-manifests"], "crds"), "-crd.yaml");
  return [
    schemasFromOpenApi(openApi, KUBERNETES_KINDS, versions.kubernetes.farm),
    schemasFromCrds(argo, ARGO_KINDS, { id: "argo", release: `Argo Workflows ${versions.argoWorkflows.farm}` }),
    schemasFromCrds(argoCd, ARGOCD_KINDS, { id: "argo-cd", release: `Argo CD ${versions.argoCd.farm}` }),
  ];
}

function readDefinitions(folder: string, ending: string): readonly ResourceDefinition[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(ending))
    .sort()
    .map((file): ResourceDefinition => parse(readFileSync(join(folder, file), "utf8")));
}

async function main(args: readonly string[]): Promise<number> {
  const check = args[0] === "--check";
  if (args.length > (check ? 1 : 0)) {
    process.stderr.write(USAGE);
    return 64;
  }
  let status = 0;
  const files = await generate();
  const contents = [
    ...files.map((file) => [`test/schemas/${file.$id}.json`, renderSchemaFile(file)] as const),
    ...files
      .filter(({ $id }) => $id === "kubernetes")
      .map((file) => ["constructs/form/kubernetes-pod.json", podForm(file)] as const),
  ];
  for (const [name, content] of contents) {
    const path = join(REPOSITORY, name);
    if (!check) {
      writeFileSync(path, content);
    } else if (content !== current(path)) {
      process.stderr.write(`${name} is not current: run node_modules/.bin/tsx test/schemas/generate.ts\n`);
      status = 1;
    }
  }
  return status;
}

function current(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

await runCli(async () => {
  process.exitCode = await main(process.argv.slice(2));
});
