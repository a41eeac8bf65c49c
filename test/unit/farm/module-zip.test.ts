import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { moduleFromProxy } from "../../farm/tools/module-zip.ts";

const MODULE = "releases.example/Data";
const VERSION = "v1.0.0";

let folder: string;
let server: Server;
let proxy: string;
let archive: Buffer | undefined;
let asked: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "module-"));
  const content = join(folder, "content");
  const root = join(content, `${MODULE}@${VERSION}`);
  mkdirSync(join(root, "crds"), { recursive: true });
  writeFileSync(join(root, "crds", "one.yaml"), "kind: One\n");
  writeFileSync(join(root, "B.txt"), "b");
  execFileSync("python3", ["-m", "zipfile", "-c", "../module.zip", "releases.example"], { cwd: content });
  archive = readFileSync(join(folder, "module.zip"));
  // Go's own recipe, with the tools of a shell.
  const list =
    "find . -type f | sed 's|^./||' | LC_ALL=C sort | xargs sha256sum | openssl dgst -sha256 -binary | base64";
  const sum = execFileSync("sh", ["-c", list], { cwd: content, encoding: "utf8" }).trim();
  const lines = [`${MODULE} ${VERSION}/go.mod h1:${"A".repeat(43)}=`, `${MODULE} ${VERSION} h1:${sum}`, ""];
  writeFileSync(join(folder, "go.sum"), lines.join("\n"));
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.writeHead(archive === undefined ? 404 : 200).end(archive);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  proxy = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

const fetched = (proxies: readonly string[]): Promise<string> => {
  const work = mkdtempSync(join(folder, "work-"));
  return moduleFromProxy({ folder, module: MODULE, work, log: join(folder, "log") }, proxies);
};

test("a module is taken from a proxy whose archive is as go.sum has it, without Go", async () => {
  expect(readFileSync(join(await fetched([proxy]), "crds", "one.yaml"), "utf8")).toBe("kind: One\n");
  expect(asked).toEqual(["/releases.example/!data/@v/v1.0.0.zip"]);
});

test("one with another content is not taken", async () => {
  writeFileSync(join(folder, "content", `${MODULE}@${VERSION}`, "B.txt"), "c");
  const args = ["-m", "zipfile", "-c", "../other.zip", "releases.example"];
  execFileSync("python3", args, { cwd: join(folder, "content") });
  archive = readFileSync(join(folder, "other.zip"));
  await expect(fetched([proxy])).rejects.toThrow(/v1\.0\.0\.zip holds h1:\S+, where go\.sum says h1:\S+: not taken$/);
});

test("the next proxy is asked where one has none, and the last one's answer is reported", async () => {
  const unused = "http://127.0.0.1:9";
  expect(await fetched([unused, proxy])).toContain("@v1.0.0");
  archive = undefined;
  await expect(fetched([proxy])).rejects.toThrow(/is not there \(404\)$/);
  await expect(fetched([])).rejects.toThrow("GOPROXY names no proxy");
});
