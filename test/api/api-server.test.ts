import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { repositoryRoot } from "../farm/paths.ts";
import { Api } from "../support/api.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nightlane-api-server-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("the command tells its kubeconfig, serves, and ends with everything when its input closes", async () => {
  const cli = join(repositoryRoot, "test", "farm", "cli.ts");
  const child = spawn(process.execPath, ["--import", "tsx", cli, "api-server", "--dir", folder], {
    cwd: repositoryRoot,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  const { kubeconfig } = JSON.parse(line) as { readonly kubeconfig: string };
  const { server } = parse(await readFile(kubeconfig, "utf8")).clusters[0].cluster as { readonly server: string };

  const client = await Api.fromKubeconfig(kubeconfig);
  try {
    // Admission works: without the controllers there would be no service account and the answer would be another one.
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "p" },
      spec: { containers: [{ name: "c", image: "i" }] },
    };
    expect((await client.call({ method: "POST", path: "/api/v1/namespaces/default/pods", body: pod })).status).toBe(
      201,
    );
  } finally {
    client.close();
  }
  expect(await anonymousStatus(`${server}/readyz`)).toBe(200);
  expect(await anonymousStatus(`${server}/api`)).toBe(401);

  child.stdin.end();
  expect((await ended)[0]).toBe(0);
  await expect(anonymousStatus(`${server}/readyz`)).rejects.toThrow("ECONNREFUSED");
});

async function anonymousStatus(url: string): Promise<number | undefined> {
  // The certificate is not what is tested here.
  const sent = request(url, { rejectUnauthorized: false }).end();
  const [answer] = await once(sent, "response");
  answer.resume();
  return answer.statusCode;
}
