import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { customerNames } from "../../../constructs/definition/customer-files.ts";
import { UserError } from "../../../constructs/definition/problem.ts";
import { writeOutput } from "../../../infra/write-output.ts";
import { certificate } from "../../support/certificates.ts";
import { customerText } from "../../support/customer-text.ts";
import { contents, temporaryFolder } from "../../support/folders.ts";
import { CANARY, kubeconfig } from "../../support/kubeconfig.ts";

/** A folder of customers of these names, written in this order. */
function customersFolder(...names: readonly string[]): string {
  const folder = temporaryFolder();
  for (const name of names) {
    writeFileSync(join(folder, `${name}.ts`), customerText(name, "192.0.2.10", {}));
  }
  return folder;
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("writeOutput", () => {
  test("gives each customer a folder for its lane, one for each side's administrator, numbered in order of creation", async () => {
    const outdir = join(temporaryFolder(), "dist");
    await writeOutput(outdir, customersFolder("one-bank", "other-bank"));
    const files = [...contents(outdir).keys()].filter((file) => file.includes("/"));
    const folders = new Set(files.map((file) => file.split("/").slice(0, -1).join("/")));
    const ofEach = (name: string): readonly string[] => [name, `${name}/customer-side`, `${name}/deployer`];
    const expected = [...ofEach("one-bank"), ...ofEach("other-bank"), "platform"];
    expect([...folders].sort()).toEqual(expected);
    const ofOne = files.filter((file) => /^one-bank\/\d/.test(file));
    expect(ofOne[0]).toBe("one-bank/00-namespace-customer-one-bank.yaml");
    expect(ofOne.at(-1)).toMatch(/^one-bank\/\d\d-cronworkflow-reaper\.yaml$/);
  });

  test("writes the same bytes twice, whatever the order in which the files were made", async () => {
    const [once, again] = [join(temporaryFolder(), "dist"), join(temporaryFolder(), "dist")];
    await writeOutput(once, customersFolder("one-bank", "other-bank", "third-bank"));
    await writeOutput(again, customersFolder("third-bank", "other-bank", "one-bank"));
    expect(contents(again)).toEqual(contents(once));
  });

  test("writes one customer alike, whatever others there are", async () => {
    const [alone, together] = [join(temporaryFolder(), "dist"), join(temporaryFolder(), "dist")];
    await writeOutput(alone, customersFolder("one-bank"));
    await writeOutput(together, customersFolder("a-bank", "one-bank"));
    expect(contents(join(together, "one-bank"))).toEqual(contents(join(alone, "one-bank")));
  });

  test("writes no credential of the real customers, though all are at hand", async () => {
    const credentials = temporaryFolder();
    for (const variable of ["CUSTOMER_KUBECONFIG", "APPS_KUBECONFIG", "KUBECONFIG", "FINGERPRINT_KEY"]) {
      const file = join(credentials, variable);
      writeFileSync(file, variable.endsWith("KUBECONFIG") ? kubeconfig() : CANARY);
      vi.stubEnv(variable, file);
    }
    vi.stubEnv("PULUMI_CONFIG", JSON.stringify({ "nightlane:kubeconfig": CANARY }));
    const outdir = join(temporaryFolder(), "dist");
    await writeOutput(outdir);
    const output = [...contents(outdir).values()].join("\n");
    for (const name of customerNames()) {
      expect(output).toContain(`name: customer-${name}`);
    }
    for (const secret of [CANARY, Buffer.from(CANARY).toString("base64"), credentials]) {
      expect(output).not.toContain(secret);
    }
  });

  test("tells the mistakes of all files at once and leaves the last good output whole", async () => {
    const folder = customersFolder("one-bank", "other-bank");
    const outdir = join(temporaryFolder(), "dist");
    await writeOutput(outdir, folder);
    const good = contents(outdir);
    const broken = customersFolder("one-bank");
    writeFileSync(join(broken, "other-bank.ts"), "export default 1;");
    writeFileSync(join(broken, "third.ts"), customerText("third", "192.0.2.10", { displayName: '""' }));
    await expect(writeOutput(outdir, broken)).rejects.toThrow(UserError);
    await expect(writeOutput(outdir, broken)).rejects.toThrow(
      /customers\/other-bank\.ts: 1 problem.*customers\/third\.ts: 1 problem/s,
    );
    expect(contents(outdir)).toEqual(good);
    expect(existsSync(`${outdir}.unfinished`)).toBe(false);
  });

  test("writes everything although one customer's authority has expired: only that customer's deployment waits", async () => {
    const folder = customersFolder("one-bank");
    const places = { ca: `pem\`${certificate("expired")}\`` };
    writeFileSync(join(folder, "late-bank.ts"), customerText("late-bank", "192.0.2.11", places));
    const outdir = join(temporaryFolder(), "dist");
    await writeOutput(outdir, folder);
    expect(existsSync(join(outdir, "one-bank"))).toBe(true);
    expect(existsSync(join(outdir, "late-bank"))).toBe(true);
  });

  test("removes what the last output had of a customer that is gone", async () => {
    const outdir = join(temporaryFolder(), "dist");
    await writeOutput(outdir, customersFolder("one-bank", "other-bank"));
    await writeOutput(outdir, customersFolder("one-bank"));
    expect([...contents(outdir).keys()].filter((file) => file.startsWith("other-bank"))).toEqual([]);
  });
});
