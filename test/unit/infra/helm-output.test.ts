import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { centralCluster } from "../../../constructs/checks/read-central.ts";
import { UserError } from "../../../constructs/definition/problem.ts";
import { writeHelmOutput } from "../../../infra/helm-output.ts";
import { customerText } from "../../support/customer-text.ts";
import { contents, temporaryFolder } from "../../support/folders.ts";

function customersFolder(...names: readonly string[]): string {
  const folder = temporaryFolder();
  for (const name of names) {
    writeFileSync(join(folder, `${name}.ts`), customerText(name, "192.0.2.10", {}));
  }
  return folder;
}

describe("writeHelmOutput", () => {
  test("writes a chart of the lane and one for the administrator per customer", async () => {
    const outdir = join(temporaryFolder(), "dist-helm");
    await writeHelmOutput(outdir, customersFolder("one-bank", "other-bank"));
    const charts = [...contents(outdir).keys()].filter((file) => file.endsWith("Chart.yaml"));
    expect(charts).toEqual(
      ["one-bank", "other-bank"].flatMap((name) => [`${name}/Chart.yaml`, `${name}/customer-side/Chart.yaml`]),
    );
  });

  test("names the credential's keys in the notes, and holds no data of the Secret", async () => {
    const outdir = join(temporaryFolder(), "dist-helm");
    await writeHelmOutput(outdir, customersFolder("one-bank"));
    const files = contents(outdir);
    expect(files.get("one-bank/templates/NOTES.txt")).toContain("--from-file=kubeconfig=FILE");
    const secret = [...files].find(([file]) => file.endsWith("secret-credential.yaml"))?.[1];
    expect(secret).not.toMatch(/^(data|stringData):/m);
  });

  test("says for a federated customer what its kubeconfig is, and how its API server is configured", async () => {
    Object.assign(centralCluster(), { issuer: { url: "https://tokens.vendor.example" } });
    try {
      const outdir = join(temporaryFolder(), "dist-helm");
      const folder = temporaryFolder();
      const stored = customerText("one-bank", "192.0.2.10", {});
      const text = stored.replace('gitlabFile("CUSTOMER_KUBECONFIG")', "federated()");
      expect(text).toContain("kubeconfig: federated()");
      writeFileSync(join(folder, "one-bank.ts"), text);
      await writeHelmOutput(outdir, folder);
      const files = contents(outdir);
      expect(files.get("one-bank/templates/NOTES.txt")).toMatch(/^ {8}tokenFile: federated-token$/m);
      expect(files.get("one-bank/customer-side/templates/NOTES.txt")).toContain("--authentication-config");
      expect(files.get("one-bank/api-server/authentication.yaml")).toContain("url: https://tokens.vendor.example");
    } finally {
      Reflect.deleteProperty(centralCluster(), "issuer");
    }
  });

  test("tells the mistakes of all files at once and leaves the last good output whole", async () => {
    const outdir = join(temporaryFolder(), "dist-helm");
    await writeHelmOutput(outdir, customersFolder("one-bank"));
    const good = contents(outdir);
    const broken = customersFolder("good-bank");
    writeFileSync(join(broken, "first.ts"), "export default 1;");
    writeFileSync(join(broken, "second.ts"), "export default 2;");
    await expect(writeHelmOutput(outdir, broken)).rejects.toThrow(UserError);
    await expect(writeHelmOutput(outdir, broken)).rejects.toThrow(
      /first\.ts: 1 problem.*received.*second\.ts: 1 problem.*received/s,
    );
    expect(contents(outdir)).toEqual(good);
  });
});
