import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { UserError } from "../../constructs/definition/problem.ts";
import { runCli } from "../../constructs/definition/run-cli.ts";
import { mayRelease, namesToBuild, release } from "./release.ts";
import { readSettings } from "./settings.ts";

/**
 * `cli.ts check` says whether a release can be made, before anything is built for it, and prints the images to build.
 * `cli.ts push` releases what was built, which its standard input names. docs/release.md is the guide.
 */
async function main(verb: string | undefined): Promise<void> {
  if (verb !== "check" && verb !== "push")
    throw new UserError("usage: tsx pipeline/release/cli.ts check | push < built.json");
  const settings = readSettings(process.env);
  if (verb === "check") {
    await mayRelease(settings, process.cwd());
    console.log(namesToBuild(settings).join(" "));
    return;
  }
  const evidence = resolve("release-evidence");
  const { ARGO_UPSTREAM: argoUpstream } = process.env;
  await release(settings, {
    root: process.cwd(),
    built: readFileSync(0, "utf8"),
    evidence,
    ...(argoUpstream ? { argoUpstream } : {}),
    say: (line) => console.log(`release: ${line}`),
  });
  console.log(
    `release: bills of materials and the public key are in ${evidence}\nnext: git push --atomic origin HEAD v${settings.version}`,
  );
}

await runCli(() => main(process.argv[2]));
