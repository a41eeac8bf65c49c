import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { checkKubeconfig } from "../../constructs/checks/check-kubeconfig.ts";
import { endText, kubeconfigEnds } from "../../constructs/checks/credential-ends.ts";
import { type ApiServer, startApiServer } from "../farm/api-server.ts";
import { runCommand } from "../farm/command.ts";
import { succeeded } from "../farm/deploy/pulumi.ts";
import { ensureTools } from "../farm/tools/ensure.ts";
import { silentReporter } from "../farm/tools/reporter.ts";
import { testCustomer } from "../support/customer.ts";
import { TemporaryFolder } from "./support.ts";

/** What the customer's API server grants at most, whatever is asked for: 30 days. */
const GRANTED = "720h";

let server: ApiServer;
let kubectl: string;
const folder = new TemporaryFolder();

beforeAll(async () => {
  kubectl = (await ensureTools(["kubectl"], silentReporter)).kubectl;
  server = await startApiServer({
    dir: join(folder.path, "api-server"),
    flags: [`--service-account-max-token-expiration=${GRANTED}`],
  });
  await asAdministrator("create", "serviceaccount", "nightlane");
});

afterAll(async () => {
  await server?.stop();
  folder.remove();
});

describe("a customer's API server that grants tokens for less than they are asked for", () => {
  test("is found out when its credential is deployed, not by a night a month later", async () => {
    const kubeconfig = await issue("8760h");
    expect(checkKubeconfig(kubeconfig, definition())).toEqual([]);
    const [token, authority] = kubeconfigEnds(kubeconfig);
    expect(token && endText(token, Date.now())).toEqual({
      text: expect.stringMatching(
        /^the token ends on \d{4}-\d\d-\d\d \(in (29|30) days, asked for 365 days, granted 30\)$/,
      ),
      warning: true,
    });
    expect(authority && endText(authority, Date.now())).toMatchObject({ warning: false });
  });

  test("and a token that ends tomorrow is refused by its date", async () => {
    const [problem, ...more] = checkKubeconfig(await issue("24h"), definition());
    expect(more).toEqual([]);
    expect(problem).toMatchObject({
      property: "credentials.kubeconfig: users[0].user.token",
      received: `a token that ends on ${new Date(Date.now() + 24 * 3600_000).toISOString().slice(0, 10)}`,
    });
  });
});

/** The customer whose cluster this is. */
function definition() {
  const { cluster } = parse(readFileSync(server.kubeconfig, "utf8")).clusters[0] as {
    readonly cluster: { readonly server: string; readonly "certificate-authority-data": string };
  };
  const ca = Buffer.from(cluster["certificate-authority-data"], "base64").toString();
  return testCustomer({ cluster: { ...testCustomer().cluster, server: cluster.server, ca } });
}

/** A kubeconfig with a token for which so much time was asked, as described in docs/deploy.md. */
async function issue(duration: string): Promise<string> {
  const token = (await asAdministrator("create", "token", "nightlane", `--duration=${duration}`)).trim();
  const config = parse(readFileSync(server.kubeconfig, "utf8"));
  return stringify({ ...config, users: [{ ...config.users[0], user: { token } }] });
}

async function asAdministrator(...args: readonly string[]): Promise<string> {
  const options = { cwd: "/", env: {} };
  return succeeded(await runCommand(kubectl, ["--kubeconfig", server.kubeconfig, ...args], options));
}
