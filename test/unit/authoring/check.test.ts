import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { checkFile } from "../../../authoring/check/check-file.ts";
import { writeNewCustomer } from "../../../authoring/new-customer.ts";
import { certificate } from "../../support/certificates.ts";
import { temporaryFolder } from "../../support/folders.ts";

const repository = fileURLToPath(new URL("../../..", import.meta.url));

/** A folder of customers beside the library, as in the repository. */
function customersFolder(): string {
  const root = temporaryFolder();
  for (const name of ["constructs", "package.json", "node_modules"]) {
    symlinkSync(join(repository, name), join(root, name));
  }
  const folder = join(root, "customers");
  mkdirSync(folder);
  return folder;
}

/** A customer's file of which nothing is an example any more; `change` edits it. */
async function write(
  folder: string,
  name: string,
  address: string,
  change: (text: string) => string = (text) => text,
): Promise<void> {
  const ca = join(temporaryFolder(), "ca.pem");
  writeFileSync(ca, certificate("valid"));
  // Written alone, so that the new customer's own look at collisions leaves them to the check.
  const alone = customersFolder();
  await writeNewCustomer(name, { server: `https://k8s.${name}.example:6443`, address, ca }, alone);
  writeFileSync(join(folder, `${name}.ts`), change(readFileSync(join(alone, `${name}.ts`), "utf8")));
}

/** The properties that each part of the check speaks of, without the parts that say nothing. */
async function toDo(name: string, folder: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const findings = await checkFile(name, folder);
  return Object.fromEntries(
    findings.flatMap(({ title, problems }) =>
      problems.length === 0 ? [] : [[title, problems.map(({ property }) => property)]],
    ),
  );
}

describe("checkFile", () => {
  test("has nothing to say of a finished customer", async () => {
    const folder = customersFolder();
    await write(folder, "lake", "10.65.0.1");
    expect(await toDo("lake", folder)).toEqual({});
  });

  test("tells what of a new customer is still an example", async () => {
    const folder = customersFolder();
    await writeNewCustomer("lake", {}, folder);
    const line = expect.stringMatching(/^line \d+$/);
    expect(await toDo("lake", folder)).toEqual({ "to replace": [line, line, line, "cluster.address", "cluster.ca"] });
  });

  test("tells collisions: one server, one address, one cluster behind two addresses", async () => {
    const folder = customersFolder();
    await write(folder, "lake", "10.65.0.1");
    await write(folder, "hill", "10.65.0.1", (text) => text.replace("k8s.hill.example", "k8s.lake.example"));
    await write(folder, "moor", "10.65.0.3", (text) => text.replace("capacity:", 'namespace: "moor",\n    capacity:'));
    expect((await toDo("hill", folder)).collisions).toEqual(["cluster.server", "cluster.address", "cluster.ca"]);
    expect(await toDo("moor", folder)).toEqual({});
  });

  test("tells what the type checker and the checks say, both at once", async () => {
    const folder = customersFolder();
    await write(folder, "lake", "10.65.0.1", (text) => text.replace("finishBy:", "finishby:"));
    expect(await toDo("lake", folder)).toEqual({
      checks: ["workflow.finishby"],
      types: [expect.stringMatching(/^line \d+$/)],
    });
  });

  test("tells of a file that does not load what the types say, too", async () => {
    const folder = customersFolder();
    await write(folder, "lake", "10.65.0.1", (text) => `${text}\nnope();\n`);
    expect(Object.keys(await toDo("lake", folder))).toEqual(["loads", "types"]);
  });
});
