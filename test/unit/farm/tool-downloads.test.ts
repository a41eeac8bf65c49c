import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { UserError } from "../../../constructs/definition/problem.ts";
import { ensureFrom } from "../../farm/tools/ensure.ts";
import type { Recipe } from "../../farm/tools/recipe.ts";
import { recipes } from "../../farm/tools/recipes.ts";
import { checksumIn } from "../../farm/tools/release/checksums.ts";
import { architecture } from "../../farm/tools/release/release.ts";
import { downloadAddress, downloadSource } from "../../farm/tools/release/source.ts";

/** What the server of releases answers below `/<host>`: the layout of a mirror. */
type Answer = (
  path: string,
  headers: IncomingHttpHeaders,
) => {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly cut?: boolean;
};

const HOST = "https://releases.example";
const PROGRAM = Buffer.from('#!/bin/sh\necho "one v1.0.0"\n');

let folder: string;
let server: Server;
let answer: Answer;
let asked: string[];
const notes: string[] = [];
const reporter = { begin: () => ({ done: () => {}, failed: () => {} }), note: (line: string) => notes.push(line) };
const before = { ...process.env };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "downloads-"));
  asked = [];
  notes.length = 0;
  server = createServer((request, response) => {
    const path = (request.url ?? "").replace("/releases.example", "");
    asked.push(path);
    const { status = 200, headers = {}, body = Buffer.alloc(0), cut = false } = answer(path, request.headers);
    response.writeHead(status, { "content-length": body.length, ...headers });
    if (cut) {
      response.write(body.subarray(0, body.length / 2), () => response.destroy());
    } else {
      response.end(body);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  process.env.NIGHTLANE_CACHE = join(folder, "cache");
  process.env.NIGHTLANE_DOWNLOADS = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  process.env.NIGHTLANE_CACHE = before.NIGHTLANE_CACHE;
  process.env.NIGHTLANE_DOWNLOADS = before.NIGHTLANE_DOWNLOADS;
  for (const name of ["NIGHTLANE_CACHE", "NIGHTLANE_DOWNLOADS"]) {
    if (before[name] === undefined) {
      delete process.env[name];
    }
  }
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  rmSync(folder, { recursive: true });
});

/** A tool that its project releases as `file`, and that is built here as a program that says so. */
function recipe(file: string, member?: string, build: Recipe["build"] = built): Recipe {
  const release = {
    url: `${HOST}/v1.0.0/${file}`,
    checksums: `${HOST}/v1.0.0/SHA256SUMS`,
    ...(member === undefined ? {} : { member }),
  };
  return {
    name: "set",
    version: "1.0.0",
    products: [{ name: "one", probe: { command: "no-such-command", args: [], pattern: /v(\S+)/ } }],
    key: async () => "1.0.0-built",
    release: () => release,
    build,
  };
}

const built: Recipe["build"] = async ({ output }) => writeFileSync(join(output("one"), "one"), "built");

async function ensured(one: Recipe): Promise<string> {
  const path = (await ensureFrom([one], new Set(["one"]), reporter)).get("one") ?? "";
  return readFileSync(path, "utf8") === "built" ? "built" : `downloaded to ${path.replace(folder, "")}`;
}

/** A server that has `file` with `body`, and the checksum of `listed` for it. */
function serving(file: string, body: Buffer, listed: Buffer = body): Answer {
  const sums = `${createHash("sha256").update(listed).digest("hex")}  ${file}\n`;
  return (path) => (path.endsWith("SHA256SUMS") ? { body: Buffer.from(sums) } : { body });
}

function tarball(member: string, content: Buffer): Buffer {
  const place = join(folder, "tar", member);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, content);
  return execFileSync("tar", ["-czf", "-", "-C", join(folder, "tar"), member.split("/")[0] ?? ""]);
}

const DOWNLOADED = "downloaded to /cache/tools/one/1.0.0-release/one";

describe("a release that is as it should be", () => {
  test("is taken as a program", async () => {
    answer = serving("one", PROGRAM);
    expect(await ensured(recipe("one"))).toBe(DOWNLOADED);
    expect(notes).toEqual([]);
  });

  test("is taken as a packed program", async () => {
    answer = serving("one.gz", gzipSync(PROGRAM));
    expect(await ensured(recipe("one.gz"))).toBe(DOWNLOADED);
  });

  test("is taken out of an archive", async () => {
    answer = serving("one.tar.gz", tarball("one-1.0.0/one", PROGRAM));
    expect(await ensured(recipe("one.tar.gz", "one-1.0.0/one"))).toBe(DOWNLOADED);
  });

  test("is asked for once", async () => {
    answer = serving("one", PROGRAM);
    await ensured(recipe("one"));
    await ensured(recipe("one"));
    expect(asked).toEqual(["/v1.0.0/SHA256SUMS", "/v1.0.0/one"]);
  });

  test("is asked for again while the server is busy", async () => {
    const serves = serving("one", PROGRAM);
    answer = (path, headers) => (asked.length < 3 ? { status: 503 } : serves(path, headers));
    expect(await ensured(recipe("one"))).toBe(DOWNLOADED);
  });
});

describe("a release that is an image", () => {
  const IMAGE = "releases.example/project/one:v1.0.0";
  const digest = (body: Buffer): string => `sha256:${createHash("sha256").update(body).digest("hex")}`;
  const says = (sentence: RegExp) => expect(notes).toEqual([expect.stringMatching(sentence)]);
  const imaged = (image = IMAGE): Recipe => ({
    ...recipe("one"),
    release: () => ({ image, member: "bin/one", folder: "usr/share/zoneinfo" }),
  });

  /** What a registry answers for the image: a layer of time zones, one with another program, one with the right one. */
  function registry(processor = architecture() ?? ""): Map<string, Buffer> {
    const layers = [
      zones(),
      tarball("bin/one", Buffer.from("replaced by the next layer")),
      tarball("bin/one", PROGRAM),
    ];
    const manifest = Buffer.from(JSON.stringify({ layers: layers.map((layer) => ({ digest: digest(layer) })) }));
    const manifests = [{ digest: digest(manifest), platform: { os: "linux", architecture: processor } }];
    return new Map([
      ["/v2/project/one/manifests/v1.0.0", Buffer.from(JSON.stringify({ manifests }))],
      [`/v2/project/one/manifests/${digest(manifest)}`, manifest],
      ...layers.map((layer) => [`/v2/project/one/blobs/${digest(layer)}`, layer] as const),
    ]);
  }
  /** Time zones as Debian has them: one is a link to another, one a link to the machine's own. */
  function zones(): Buffer {
    const place = join(folder, "zones/usr/share/zoneinfo/Europe");
    rmSync(place, { recursive: true, force: true });
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "Prague"), "a zone");
    symlinkSync("Prague", join(place, "Bratislava"));
    symlinkSync("/etc/hostname", join(place, "localtime"));
    return execFileSync("tar", ["-czf", "-", "-C", join(folder, "zones"), "usr"]);
  }
  const serves =
    (files: ReadonlyMap<string, Buffer>): Answer =>
    (path) => {
      const body = files.get(path);
      return body === undefined ? { status: 404 } : { body };
    };

  test("is taken out of its layers, the later before the earlier ones, with the folder beside it", async () => {
    answer = serves(registry());
    expect(await ensured(imaged())).toBe(DOWNLOADED);
    expect(readFileSync(join(folder, "cache/tools/one/1.0.0-release/one"))).toEqual(PROGRAM);
    const place = join(folder, "cache/tools/one/1.0.0-release/zoneinfo/Europe");
    expect(readdirSync(place)).toEqual(["Bratislava", "Prague"]);
    expect(lstatSync(join(place, "Bratislava")).isFile()).toBe(true);
    expect(notes).toEqual([]);
  });

  test("is taken with the token that a registry gives to everybody", async () => {
    const files = registry();
    answer = (path, { authorization }) => {
      const { port } = server.address() as AddressInfo;
      if (path.startsWith("/token")) {
        return { body: Buffer.from(JSON.stringify({ token: `for-${new URL(path, HOST).searchParams.get("scope")}` })) };
      }
      if (authorization === "Bearer for-repository:project/one:pull") {
        return serves(files)(path, {});
      }
      const realm = `http://127.0.0.1:${port}/token`;
      const challenge = `Bearer realm="${realm}",service="here",scope="repository:project/one:pull"`;
      return { status: 401, headers: { "www-authenticate": challenge } };
    };
    expect(await ensured(imaged())).toBe(DOWNLOADED);
  });

  test("is built where the registry gives none, or a tag leads elsewhere than the last time", async () => {
    answer = () => ({ status: 401, headers: { "www-authenticate": 'Basic realm="here"' } });
    expect(await ensured(imaged())).toBe("built");
    says(/^releases\.example\/project\/one:v1\.0\.0 is answered with 401: set is built here instead$/);
    notes.length = 0;
    rmSync(join(folder, "cache/tools"), { recursive: true });
    answer = serves(registry());
    await ensured(imaged());
    rmSync(join(folder, "cache/tools"), { recursive: true });
    const files = registry();
    files.set("/v2/project/one/manifests/v1.0.0", Buffer.from('{"layers": []}'));
    answer = serves(files);
    expect(await ensured(imaged())).toBe("built");
    says(/has the digest [0-9a-f]{64}, where an earlier download say [0-9a-f]{64}: not taken: set is built/);
  });

  test.each([
    ["manifest", /has another manifest than its index says \([0-9a-f]{64}\): not taken/],
    ["blob", /has another layer than its manifest says \([0-9a-f]{64}\): not taken/],
  ])("is built where a %s is not what its digest says", async (kind, sentence) => {
    const files = registry();
    for (const path of files.keys()) {
      if (path.includes(`${kind}s/sha256`)) {
        files.set(path, Buffer.from("{}"));
      }
    }
    answer = serves(files);
    expect(await ensured(imaged())).toBe("built");
    says(sentence);
  });

  test("is built where a layer links the program to somewhere else", async () => {
    const files = registry();
    const place = join(folder, "links/bin");
    mkdirSync(place, { recursive: true });
    symlinkSync("/bin/true", join(place, "one"));
    const layer = execFileSync("tar", ["-czf", "-", "-C", join(folder, "links"), "bin"]);
    files.set("/v2/project/one/manifests/v1.0.0", Buffer.from(JSON.stringify({ layers: [{ digest: digest(layer) }] })));
    files.set(`/v2/project/one/blobs/${digest(layer)}`, layer);
    answer = serves(files);
    expect(await ensured(imaged())).toBe("built");
    says(/has no bin\/one( and no usr\/share\/zoneinfo)?: not taken/);
  });

  test("is built where there is none for this processor, or no such program in it", async () => {
    answer = serves(registry("s390x"));
    expect(await ensured(imaged())).toBe("built");
    says(/has nothing for this machine's processor/);
    notes.length = 0;
    rmSync(join(folder, "cache/tools"), { recursive: true });
    answer = () => ({ body: Buffer.from('{"layers": []}') });
    expect(await ensured(imaged())).toBe("built");
    says(/has no bin\/one( and no usr\/share\/zoneinfo)?: not taken/);
    notes.length = 0;
    rmSync(join(folder, "cache/tools"), { recursive: true });
    answer = () => ({ body: Buffer.from("<html>") });
    expect(await ensured(imaged())).toBe("built");
    says(/is answered with something that is no image's manifest/);
  });
});

describe("a wrong release is reported in one sentence, and the tool is built", () => {
  const says = (sentence: RegExp) => expect(notes).toEqual([expect.stringMatching(sentence)]);

  test("with another checksum", async () => {
    answer = serving("one", PROGRAM, Buffer.from("what was published"));
    expect(await ensured(recipe("one"))).toBe("built");
    says(
      /v1\.0\.0\/one has the SHA-256 [0-9a-f]{64}, where the project's checksums say [0-9a-f]{64}: not taken: set is/,
    );
  });

  test("with another checksum than the last time", async () => {
    answer = serving("one", PROGRAM);
    await ensured(recipe("one"));
    rmSync(join(folder, "cache/tools"), { recursive: true });
    answer = serving("one", Buffer.from("#!/bin/sh\necho v1.0.0 and more\n"));
    expect(await ensured(recipe("one"))).toBe("built");
    says(/where an earlier download say/);
  });

  test("without a checksum", async () => {
    answer = serving("another", PROGRAM);
    expect(await ensured(recipe("one"))).toBe("built");
    says(/v1\.0\.0\/one has no line in https:\/\/releases\.example\/v1\.0\.0\/SHA256SUMS: set is built here instead$/);
  });

  test("cut short", async () => {
    const serves = serving("one", PROGRAM);
    answer = (path, headers) => ({ ...serves(path, headers), cut: path.endsWith("one") });
    expect(await ensured(recipe("one"))).toBe("built");
    says(/v1\.0\.0\/one broke off: set is built here instead$/);
  });

  test("not there", async () => {
    answer = () => ({ status: 404 });
    expect(await ensured(recipe("one"))).toBe("built");
    says(/is not there \(404\): set is built here instead$/);
  });

  test("of another version, or for another machine; the right one is taken later", async () => {
    const other = Buffer.from("#!/bin/sh\necho v1.0.1\n");
    answer = serving("one", other);
    expect(await ensured(recipe("one"))).toBe("built");
    says(/holds a one that says it is 1\.0\.1, not 1\.0\.0: set is built here instead$/);
    rmSync(join(folder, "cache/tools"), { recursive: true });
    answer = serving("one", PROGRAM);
    expect(await ensured(recipe("one"))).toBe(DOWNLOADED);
  });

  test("behind a connection that breaks before an answer, again and again", async () => {
    server.prependListener("request", (request) => request.socket.resetAndDestroy());
    expect(await ensured(recipe("one"))).toBe("built");
    expect(asked.length).toBeGreaterThanOrEqual(3);
    says(/v1\.0\.0\/one broke off: set is built here instead$/);
  });

  test("an archive without the program", async () => {
    answer = serving("one.tar.gz", tarball("two-1.0.0/one", PROGRAM));
    expect(await ensured(recipe("one.tar.gz", "one-1.0.0/one"))).toBe("built");
    expect(notes).toHaveLength(1);
  });

  test("out of reach", async () => {
    process.env.NIGHTLANE_DOWNLOADS = "http://127.0.0.1:9";
    expect(await ensured(recipe("one"))).toBe("built");
    says(/cannot be reached \(\w*.*\): set is built here instead$/);
  });

  test("and what can be had neither way says both reasons", async () => {
    answer = () => ({ status: 404 });
    const failing = recipe("one", undefined, async () => {
      throw new UserError("Go is missing on this machine");
    });
    await expect(ensured(failing)).rejects.toThrow(/is not there \(404\)\nGo is missing on this machine/);
  });
});

describe("where downloads come from", () => {
  test("is the project, a mirror or nowhere", async () => {
    expect(downloadSource({})).toEqual({ kind: "projects" });
    expect(downloadSource({ NIGHTLANE_DOWNLOADS: "off" })).toEqual({ kind: "off" });
    const mirror = downloadSource({ NIGHTLANE_DOWNLOADS: "https://mirror.bank.example/releases/" });
    expect(downloadAddress("https://dl.k8s.io/release/v1/x", mirror)).toBe(
      "https://mirror.bank.example/releases/dl.k8s.io/release/v1/x",
    );
    process.env.NIGHTLANE_DOWNLOADS = "off";
    expect(await ensured(recipe("one"))).toBe("built");
    expect(asked).toEqual([]);
  });

  test.each(["ftp://mirror.example", "http://mirror.example", "https://user:word@mirror.example", "mirror"])(
    "is never %s",
    (said) => {
      const refused = () => downloadSource({ NIGHTLANE_DOWNLOADS: said });
      expect(refused).toThrow(/^NIGHTLANE_DOWNLOADS: received .*\n {4}rule: .*\n {4}fix: /);
      expect(refused).not.toThrow(/word/);
    },
  );
});

describe("published checksums", () => {
  const sum = "a".repeat(64);

  test.each([
    ["one alone", `${sum}\n`],
    ["a line of many", `${"b".repeat(64)}  other\n${sum}  one\n`],
    ["a binary file's line", `${sum} *one\n`],
    ["a path's line", `${sum}  ./one\n`],
  ])("are read: %s", (_name, text) => {
    expect(checksumIn(text, "one")).toBe(sum);
  });

  test("of other files are not taken for one's own", () => {
    expect(checksumIn(`${sum}  one.asc\n${sum}  two\n`, "one")).toBeUndefined();
  });
});

describe("the recipes", () => {
  test("name a release at the projects' own addresses, all over https and each with its checksums", () => {
    const all: readonly Recipe[] = recipes;
    const releases = all.flatMap(({ products, release }) =>
      products.flatMap(({ name }) => release?.(name, architecture() ?? "amd64") ?? []),
    );
    expect(releases.length).toBeGreaterThanOrEqual(18);
    for (const release of releases) {
      if ("image" in release) {
        expect(release.image).toMatch(/^quay\.io\/argoproj\/[a-z-]+:v[0-9.]+$/);
      } else {
        const addresses = [release.url, release.checksums];
        expect(addresses.map((address) => new URL(address).protocol)).toEqual(["https:", "https:"]);
      }
    }
  });
});
