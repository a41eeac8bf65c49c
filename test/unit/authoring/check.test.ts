import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
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
  copyFileSync(join(alone, `${name}.pem`), join(folder, `${name}.pem`));
  writeFileSync(join(folder, `${name}.ts`), change(readFileSync(join(alone, `${name}.ts`), "utf8")));
}

/** The properties that each part of the check mentions, without the parts that report nothing. */
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
    expect(await toDo("lake", folder)).toEqual({ "to replace": ["cluster.server", "cluster.address", "cluster.ca"] });
    const [mark] = (await checkFile("lake", folder)).flatMap(({ problems }) => problems);
    expect(mark?.received).toContain('server: \\"https://k8s.lake.example:6443\\"');
  });

  test("tells an authority that has expired since", async () => {
    const folder = customersFolder();
    await write(folder, "lake", "10.65.0.1");
    writeFileSync(join(folder, "lake.pem"), certificate("expired"));
    expect(await toDo("lake", folder)).toEqual({ "to replace": ["cluster.ca"] });
  });

  test("tells collisions: one server, one address, one cluster behind two addresses", async () => {
    const folder = customersFolder();
    await write(folder, "lake", "10.65.0.1");
    await write(folder, "hill", "10.65.0.1", (text) => text.replace("k8s.hill.example", "k8s.lake.example"));
    await write(folder, "moor", "10.65.0.3", (text) => text.replace("capacity:", 'namespace: "moor",\n    capacity:'));
    expect((await toDo("hill", folder)).collisions).toEqual(["cluster.server", "cluster.address", "cluster.ca"]);
    expect(await toDo("moor", folder)).toEqual({});
  });

  test("tells a mistake once, with its line, although checks and types both see it", async () => {
    const folder = customersFolder();
    await write(folder, "lake", "10.65.0.1", (text) => text.replace("finishBy:", "finishby:"));
    expect(await toDo("lake", folder)).toEqual({ checks: ["workflow.finishby"] });
    const [checks] = await checkFile("lake", folder);
    const lines = readFileSync(join(folder, "lake.ts"), "utf8").split("\n");
    expect(lines[(checks?.problems[0]?.line ?? 0) - 1]).toContain("finishby:");
  });

  test("tells what types alone see, and not what is unused because of another mistake", async () => {
    const folder = customersFolder();
    const wrong = (text: string): string =>
      text
        .replace(
          "steps: (night) => {",
          "steps: (night) => {\n      const a: number = night.businessDate;\n      void a;",
        )
        .replace("memory: Size.gibibytes(32)", 'memory: "32Gi"');
    await write(folder, "lake", "10.65.0.1", wrong);
    expect(await toDo("lake", folder)).toEqual({
      checks: ["cluster.capacity.memory"],
      types: ["(code)"],
    });
    await write(folder, "hill", "10.65.0.2", (text) => text.replace("Cpu,", "Cpu,\n  claim,"));
    expect(await toDo("hill", folder)).toEqual({ types: ["(code)"] });
  });

  test("tells what CI would say of the layout, and of what the linter refuses", async () => {
    const folder = customersFolder();
    await write(folder, "lake", "10.65.0.1", (text) => `${text}\ndebugger\n`);
    expect(await toDo("lake", folder)).toEqual({ format: ["layout", "(code)"] });
  });

  test("looks at collisions and examples beside a mistake in the night, and says what it has not looked at", async () => {
    const folder = customersFolder();
    await write(folder, "lake", "10.65.0.1");
    const mistaken = (text: string): string =>
      text.replace("executors: 3", "executors: 0").replace("The name for people", "REPLACE");
    await write(folder, "hill", "10.65.0.1", mistaken);
    expect(await toDo("hill", folder)).toEqual({
      checks: ['workflow.steps["revaluation"].executors'],
      "to replace": ["displayName"],
      collisions: ["cluster.address", "cluster.ca"],
    });
    const notes = new Map((await checkFile("hill", folder)).map(({ title, note }) => [title, note]));
    expect([notes.get("size"), notes.get("snapshot")]).toEqual(
      Array(2).fill(expect.stringContaining("not checked yet")),
    );
  });

  test("reports, for a file that does not load, what the types say of other lines", async () => {
    const folder = customersFolder();
    await write(folder, "lake", "10.65.0.1", (text) => `${text}\nnope();\nconst x: number = "x";\nvoid x;\n`);
    expect(Object.keys(await toDo("lake", folder))).toEqual(["loads", "types"]);
  });
});
