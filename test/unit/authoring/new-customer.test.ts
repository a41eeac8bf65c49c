import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { writeNewCustomer } from "../../../authoring/new-customer.ts";
import { checkCustomer } from "../../../constructs/checks/check-customer.ts";
import { loadCustomer } from "../../../constructs/definition/customer-files.ts";
import { describeCustomer } from "../../customers/describe-customer.ts";
import { certificate } from "../../support/certificates.ts";
import { contents, temporaryFolder } from "../../support/folders.ts";

const repository = fileURLToPath(new URL("../../..", import.meta.url));

/** An empty folder of customers beside the library, as in the repository. */
function customersFolder(): string {
  const root = temporaryFolder();
  symlinkSync(join(repository, "constructs"), join(root, "constructs"));
  const folder = join(root, "customers");
  mkdirSync(folder);
  return folder;
}

function file(content: string): string {
  const path = join(temporaryFolder(), "ca.pem");
  writeFileSync(path, content);
  return path;
}

describe("writeNewCustomer", () => {
  test("writes a file and its authority, which load, pass the checks and synthesize as they are", async () => {
    const folder = customersFolder();
    expect(await writeNewCustomer("lake-bank", {}, folder)).toEqual([
      "customers/lake-bank.ts",
      "customers/lake-bank.pem",
    ]);
    expect([...contents(folder).keys()].sort()).toEqual(["lake-bank.pem", "lake-bank.ts"]);
    const definition = await loadCustomer("lake-bank", folder);
    expect(checkCustomer(definition)).toEqual([]);
    expect(definition.displayName).toBe("Lake Bank");
    const description = describeCustomer(definition);
    expect(description).toContain('customer-api: [{"ipBlock":{"cidr":"192.0.2.1/32"}}] 6443/TCP');
    expect(description).toContain("var-es after revaluation");
  });

  test("writes it as the formatter and the linter want it", async () => {
    const folder = customersFolder();
    await writeNewCustomer("lake-bank", { address: "10.64.3.10" }, folder);
    const text = readFileSync(join(folder, "lake-bank.ts"), "utf8");
    const biome = join(repository, "node_modules/.bin/biome");
    const checked = execFileSync(biome, ["check", "--write", "--stdin-file-path=customers/lake-bank.ts"], {
      cwd: repository,
      input: text,
      encoding: "utf8",
    });
    expect(checked).toBe(text);
  });

  test("marks what is an example, and only that", async () => {
    const folder = customersFolder();
    await writeNewCustomer("lake-bank", {}, folder);
    const ca = file(certificate("valid"));
    await writeNewCustomer("hill-bank", { server: "https://api.hill.example", address: "10.64.3.10", ca }, folder);
    const written = contents(folder);
    expect(written.get("lake-bank.ts")?.match(/REPLACE/g)).toHaveLength(3);
    expect(written.get("hill-bank.ts")).not.toContain("REPLACE");
  });

  test("puts in what it is given", async () => {
    const folder = customersFolder();
    const ca = file(certificate("valid"));
    await writeNewCustomer("hill-bank", { server: "https://api.hill.example", address: "10.64.3.10", ca }, folder);
    const { cluster } = await loadCustomer("hill-bank", folder);
    expect(cluster).toMatchObject({
      server: "https://api.hill.example",
      address: "10.64.3.10",
      ca: certificate("valid"),
    });
  });

  test("gives no two customers the same example address", async () => {
    const folder = customersFolder();
    await writeNewCustomer("lake-bank", {}, folder);
    await writeNewCustomer("hill-bank", {}, folder);
    const [lake, hill] = await Promise.all(["lake-bank", "hill-bank"].map((name) => loadCustomer(name, folder)));
    expect(lake?.cluster.address).not.toBe(hill?.cluster.address);
  });

  test("makes a fresh authority each time", async () => {
    const folder = customersFolder();
    await writeNewCustomer("lake-bank", {}, folder);
    await writeNewCustomer("hill-bank", {}, folder);
    const [lake, hill] = ["lake-bank.pem", "hill-bank.pem"].map((file) => contents(folder).get(file));
    expect(lake).toMatch(/^-----BEGIN CERTIFICATE-----\n/);
    expect(lake).not.toBe(hill);
  });

  test("takes an authority that lies there already, and does not overwrite it with another", async () => {
    const folder = customersFolder();
    const authority = join(folder, "lake-bank.pem");
    writeFileSync(authority, certificate("valid"));
    await expect(writeNewCustomer("lake-bank", { ca: file(certificate("other")) }, folder)).rejects.toThrow(
      /--ca: received .*customers\/lake-bank\.pem exists already/,
    );
    expect(await writeNewCustomer("lake-bank", {}, folder)).toEqual(["customers/lake-bank.ts"]);
    expect(
      contents(folder)
        .get("lake-bank.ts")
        ?.match(/REPLACE/g),
    ).toHaveLength(2);
    expect(readFileSync(authority, "utf8")).toBe(certificate("valid"));
    expect((await loadCustomer("lake-bank", folder)).cluster.ca).toBe(certificate("valid"));
  });

  test.each([
    ["Lake Bank", /received "Lake Bank".*a DNS label.*write "lake-bank"/s],
    ["../escape", /received "\.\.\/escape".*a DNS label/s],
    ["platform", /reserved for Nightlane itself/],
    ["a".repeat(41), /at most 40 characters \(it has 41\)/],
  ])("refuses the name %j in the words of the checks", async (name, message) => {
    const folder = customersFolder();
    await expect(writeNewCustomer(name, {}, folder)).rejects.toThrow(message);
    expect(contents(folder).size).toBe(0);
  });

  test("refuses a customer who is there already, whatever the case, and leaves the file", async () => {
    const folder = customersFolder();
    writeFileSync(join(folder, "Lake.ts"), "theirs");
    await expect(writeNewCustomer("lake", {}, folder)).rejects.toThrow(/customers\/Lake\.ts: exists already/);
    expect(contents(folder)).toEqual(new Map([["Lake.ts", "theirs"]]));
  });

  test("tells all that is wrong with the options at once, and writes nothing", async () => {
    const folder = customersFolder();
    const options = { server: "http://lake", address: "10.60.0.1", ca: file(certificate("server")) };
    await expect(writeNewCustomer("lake", options, folder)).rejects.toThrow(
      /new customer lake: 3 problems.*cluster\.server.*cluster\.address.*cluster\.ca/s,
    );
    const unreadable = { ...options, ca: "/nowhere/ca.pem" };
    await expect(writeNewCustomer("lake", unreadable, folder)).rejects.toThrow(
      /new customer lake: 3 problems.*--ca: received "\/nowhere\/ca\.pem".*cluster\.server.*cluster\.address/s,
    );
    expect(contents(folder).size).toBe(0);
  });

  test("refuses an authority that has expired", async () => {
    const folder = customersFolder();
    const options = { ca: file(certificate("expired")) };
    await expect(writeNewCustomer("lake", options, folder)).rejects.toThrow(
      /cluster\.ca: received one that expired on 2021-01-01/,
    );
    expect(contents(folder).size).toBe(0);
  });

  test("refuses what is another customer's", async () => {
    const folder = customersFolder();
    await writeNewCustomer("hill-bank", { server: "https://api.hill.example", address: "10.64.3.10" }, folder);
    const options = { server: "https://api.hill.example", address: "10.64.3.10" };
    await expect(writeNewCustomer("lake-bank", options, folder)).rejects.toThrow(
      /new customer lake-bank: 2 problems.*cluster\.server.*customers\/hill-bank\.ts has the same.*cluster\.address/s,
    );
    expect([...contents(folder).keys()].sort()).toEqual(["hill-bank.pem", "hill-bank.ts"]);
  });
});
