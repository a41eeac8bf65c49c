import { execFile, execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, describe, expect, test, vi } from "vitest";
import { RUNBOOK } from "../../../constructs/platform/alerts/runbook.ts";
import { ExitCode } from "../../../ops/exit-code.ts";
import packageFile from "../../../package.json" with { type: "json" };
import { temporaryFolder } from "../../support/folders.ts";
import { cron, NOW, night, passed } from "./support/fleet.ts";
import { StandInApi } from "./support/stand-in-api.ts";
import { expectWidth, onTerminal, piped } from "./support/terminal.ts";

const repository = fileURLToPath(new URL("../../..", import.meta.url));

describe("help", () => {
  test("lists the commands in groups on 80 columns, with the runbook's address", async () => {
    const { code, out } = await onTerminal("--help");
    expect(code).toBe(ExitCode.done);
    expectWidth(out.replace(RUNBOOK, ""), 80);
    for (const group of ["Look:", "Decide, while a night runs:", "Start and repeat nights:", "Look back:"]) {
      expect(out).toContain(group);
    }
    expect(out).toContain(RUNBOOK);
  });

  test("and the page for operators say what every exit code means", async () => {
    const { out } = await onTerminal("--help");
    const page = readFileSync(join(repository, "docs/operate.md"), "utf8");
    for (const code of Object.values(ExitCode)) {
      expect(out).toMatch(new RegExp(`^  ${code}  \\w`, "m"));
      expect(page).toContain(`\n| ${code} | `);
    }
  });

  test("marks the options that a command cannot do without, and shows what is taken otherwise", async () => {
    const { out } = await onTerminal("help", "run");
    expectWidth(out, 80);
    const flat = out.replaceAll(/\s+/g, " ");
    expect(flat).toContain("never taken from the clock (required)");
    expect(flat).toContain("(default: $KUBECONFIG, else ~/.kube/config)");
    expect(flat).toContain("--context <name>");
  });

  test("says the version", async () => {
    expect(await piped("--version")).toMatchObject({ code: ExitCode.done, out: `${packageFile.version}\n` });
  });
});

describe("completion", () => {
  /** What bash offers for a line. */
  async function offers(...words: readonly string[]): Promise<readonly string[]> {
    const file = join(temporaryFolder(), "completion");
    writeFileSync(file, (await piped("completion", "bash")).out);
    const typed = words.map((word) => `'${word}'`).join(" ");
    const script = `source ${file}; COMP_WORDS=(${typed}); COMP_CWORD=${words.length - 1}; _nightlane; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync("bash", ["-c", script], { encoding: "utf8" }).trim().split("\n");
  }

  test("bash is offered commands, their options, and the values of these", async () => {
    expect(await offers("nightlane", "re")).toEqual(["release", "retry", "restart", "resume", "replay", "restate"]);
    expect(await offers("nightlane", "nights", "--wa")).toEqual(["--waiting"]);
    expect(await offers("nightlane", "history", "nordbank", "-o", "")).toEqual(["text", "json"]);
    expect(await offers("nightlane", "completion", "z")).toEqual(["zsh"]);
  });

  test.each(["bash", "zsh", "fish"])("%s knows every command and option", async (shell) => {
    const { out } = await piped("completion", shell);
    for (const word of ["nights", "waiting", "backfill", "concurrency", "request-timeout"]) {
      expect(out).toContain(word);
    }
  });
});

describe("the kubeconfig", () => {
  const content = (name: string, server: string) => ({
    clusters: [{ name, cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name, user: { token: "secret" } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  });

  afterEach(() => {
    vi.unstubAllEnvs();
  });

  function home(files: Readonly<Record<string, unknown>>): string {
    const folder = temporaryFolder();
    mkdirSync(join(folder, ".kube"));
    for (const [name, value] of Object.entries(files)) {
      writeFileSync(join(folder, name), typeof value === "string" ? value : JSON.stringify(value));
    }
    vi.stubEnv("HOME", folder);
    vi.stubEnv("KUBECONFIG", "");
    return folder;
  }

  test("that is missing is a mistake with a way out, the first thing a newcomer types", async () => {
    home({});
    const result = await piped("nights");
    expect(result).toMatchObject({ code: ExitCode.usage, out: "" });
    expect(result.err).toContain("there is no kubeconfig");
    expect(result.err).toContain("--kubeconfig FILE");
    expect(result.err).not.toContain("    at ");
  });

  test.each([
    ["broken YAML", "clusters: [", "cannot be read as a kubeconfig"],
    ["no YAML mapping", "just words", "it is not a mapping"],
    ["empty", "", "no current-context is set"],
    ["without a current context", content("a", "https://a.example"), "name one with --context: a"],
    ["with a context that is not there", { ...content("a", "https://a.example"), "current-context": "b" }, '"b"'],
    [
      "with a cluster that is not there",
      { ...content("a", "https://a.example"), clusters: [], "current-context": "a" },
      'names cluster "a"',
    ],
  ])("%s is a mistake with a way out", async (_, file, message) => {
    home({ ".kube/config": file });
    const result = await piped("nights");
    expect(result).toMatchObject({ code: ExitCode.usage, out: "" });
    expect(result.err).toContain(message);
    expect(result.err).not.toContain("    at ");
  });

  test("may be several files, of which the first that names a thing wins, and one that is not there is passed over", async () => {
    const api = await StandInApi.start();
    api.lane("nordbank", { cron: cron("nordbank", { since: new Date().toISOString() }) });
    const folder = home({
      a: { "current-context": "central", ...content("central", api.url) },
      b: { "current-context": "other", ...content("central", "http://127.0.0.1:1") },
      c: content("third", api.url),
    });
    vi.stubEnv("KUBECONFIG", ["missing", "a", "b", "c"].map((name) => join(folder, name)).join(":"));
    expect(await piped("nights")).toMatchObject({ code: ExitCode.done });
    expect(await piped("nights", "--context", "third")).toMatchObject({ code: ExitCode.done });
    const wrong = await piped("nights", "--context", "thirt");
    expect(wrong.code).toBe(ExitCode.usage);
    expect(wrong.err).toContain("did you mean third?");
  });

  test("with a credential that cannot be had is the kubeconfig's fault, not the network's", async () => {
    const { users: _, ...rest } = content("a", "https://127.0.0.1:1");
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "no-such-login", interactiveMode: "Never" };
    home({ ".kube/config": { ...rest, users: [{ name: "a", user: { exec } }], "current-context": "a" } });
    const result = await piped("nights");
    expect(result.code).toBe(ExitCode.usage);
    expect(result.err).toContain('credential of user "a"');
  });
});

describe("answers for machines", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test("have a version and a kind, and errors are documents too", async () => {
    vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
    const api = await StandInApi.start();
    api.lane("nordbank", {
      cron: cron("nordbank"),
      workflows: [night("nordbank", { open: "yes", phase: "Succeeded", nodes: passed() })],
    });
    const options = ["-o", "json", "--kubeconfig", api.kubeconfig()];
    const apiVersion = "cli.nightlane.example/v1";
    const documents = async (...args: readonly string[]) => JSON.parse((await piped(...args, ...options)).out);
    expect(await documents("nights")).toMatchObject({
      apiVersion,
      kind: "NightList",
      items: [{ customer: "nordbank", runNumber: 1 }],
    });
    expect(await documents("nights", "--waiting")).toMatchObject({ apiVersion, kind: "WaitingList" });
    expect(await documents("show", "nordbank")).toMatchObject({
      apiVersion,
      kind: "Night",
      customer: "nordbank",
      runNumber: 1,
      finishBy: "2026-11-27T05:00:00.000Z",
    });
    expect(await documents("history", "nordbank")).toMatchObject({
      apiVersion,
      kind: "RunList",
      items: [{ runNumber: 1 }],
    });
    const refused = await piped("show", "nordbnk", ...options);
    expect(JSON.parse(refused.err)).toMatchObject({ apiVersion, kind: "Error", code: 3, reason: "notFound" });
    const wrong = await piped("history", "nordbank", "--limit", "none", ...options);
    expect(wrong.code).toBe(ExitCode.usage);
    expect(JSON.parse(wrong.err)).toMatchObject({ apiVersion, kind: "Error", code: 2, reason: "usage" });
  });
});

test("the command as it is typed answers as it does in here, with the Kubernetes client in one file", async () => {
  const api = await StandInApi.start();
  api.lane("nordbank", { cron: cron("nordbank", { since: new Date().toISOString() }) });
  const args = ["nights", "--waiting", "-o", "json", "--kubeconfig", api.kubeconfig()];

  const typed = promisify(execFile)(process.execPath, [join(repository, "ops/nightlane.mjs"), ...args]);

  const { items } = JSON.parse((await typed).stdout);
  expect(items).toEqual(JSON.parse((await piped(...args)).out).items);
  const { version } = JSON.parse(
    readFileSync(join(repository, "node_modules/@kubernetes/client-node/package.json"), "utf8"),
  );
  expect(existsSync(join(repository, `node_modules/.cache/nightlane/client-node-${version}.mjs`))).toBe(true);
});

test("an older Node is named with the fix, before anything is loaded", () => {
  const prelude = "Object.defineProperty(process.versions, 'node', { value: '20.20.2' });";
  const result = spawnSync(
    process.execPath,
    [
      "--import",
      `data:text/javascript,${encodeURIComponent(prelude)}`,
      join(repository, "ops/nightlane.mjs"),
      "nights",
    ],
    { encoding: "utf8" },
  );
  expect(result.status).toBe(ExitCode.usage);
  expect(result.stderr).toContain(`this is Node 20.20.2, and nightlane needs ${packageFile.engines.node}`);
  expect(result.stderr).toContain("npx nightlane");
});

test("a port that Node sends nothing to is reported at once, and not tried again", { timeout: 60_000 }, () => {
  const kubeconfig = join(temporaryFolder(), "kubeconfig");
  const clusters = [{ name: "c", cluster: { server: "https://127.0.0.1:6667" } }];
  const contexts = [{ name: "c", context: { cluster: "c", user: "u" } }];
  const users = [{ name: "u", user: { token: "t" } }];
  writeFileSync(kubeconfig, JSON.stringify({ kind: "Config", clusters, contexts, users, "current-context": "c" }));
  const { status, stderr } = spawnSync(process.execPath, [join(repository, "ops/nightlane.mjs"), "nights"], {
    encoding: "utf8",
    env: { ...process.env, KUBECONFIG: kubeconfig },
  });
  expect(status).toBe(ExitCode.unreachable);
  expect(stderr).toContain("the port of `server` in your kubeconfig is one that no client of the web goes to");
  expect(stderr).not.toContain("trying again");
});
