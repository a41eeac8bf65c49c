import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { CREDENTIAL_SECRET } from "../../constructs/lane/credential-secret.ts";
import { type ApiServer, startApiServer } from "../farm/api-server.ts";
import { type CommandResult, runCommand } from "../farm/command.ts";
import { succeeded } from "../farm/deploy/pulumi.ts";
import { ensureTools } from "../farm/tools/ensure.ts";
import { silentReporter } from "../farm/tools/reporter.ts";
import { repository, TemporaryFolder, untilEstablished } from "./support.ts";

/** The examples in `examples/secrets/`, held against the operator's own definitions by a real API server. */
const EXAMPLES = join(repository, "examples", "secrets");
let folder: TemporaryFolder;
let server: ApiServer;
let kubectlPath: string;

beforeAll(async () => {
  folder = new TemporaryFolder();
  const tools = await ensureTools(["kubectl", "external-secrets-crds"], silentReporter);
  kubectlPath = tools.kubectl;
  server = await startApiServer({ dir: join(folder.path, "api-server") });
  succeeded(await kubectl("apply", "--server-side", "--filename", tools["external-secrets-crds"]));
  await untilEstablished((args) => kubectl(...args));
  for (const namespace of ["risk", "customer-seebank"]) {
    succeeded(await kubectl("create", "namespace", namespace));
  }
});

afterAll(async () => {
  await server?.stop();
  folder?.remove();
});

async function kubectl(...args: readonly string[]): Promise<CommandResult> {
  return runCommand(kubectlPath, ["--kubeconfig", server.kubeconfig, ...args], { cwd: "/", env: {} });
}

function objects(name: string): readonly Manifest[] {
  const documents = parseAllDocuments(readFileSync(join(EXAMPLES, name), "utf8"));
  return documents.map((document) => document.toJS() as Manifest);
}

describe.each(["customer-secret.yaml", "lane-credential.yaml"])("%s", (name) => {
  test("is taken by the API server, with no field that the operator does not know", async () => {
    succeeded(await kubectl("apply", "--server-side", "--validate=strict", "--filename", join(EXAMPLES, name)));
    const misspelt = folder.file(
      name,
      readFileSync(join(EXAMPLES, name), "utf8").replace("remoteRef:", "remoteReference:"),
    );
    const refused = await kubectl("apply", "--server-side", "--validate=strict", "--filename", misspelt);
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain("remoteReference");
  });

  test("has a store of its own namespace: one of the whole cluster would read for every customer", () => {
    const [store, secret] = objects(name);
    expect(store).toMatchObject({ kind: "SecretStore", metadata: { namespace: secret?.metadata.namespace } });
    expect(secret?.spec).toMatchObject({ secretStoreRef: { kind: "SecretStore", name: store?.metadata.name } });
  });
});

test("the lane's example fills the Secret that the chart leaves empty, and leaves it when it goes", () => {
  const [, secret] = objects("lane-credential.yaml");
  expect(secret?.spec).toMatchObject({
    target: { name: CREDENTIAL_SECRET, creationPolicy: "Merge", deletionPolicy: "Retain" },
    data: [{ secretKey: "kubeconfig" }],
  });
});
