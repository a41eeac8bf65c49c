import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { runCli } from "../../constructs/definition/run-cli.ts";
import { mayRelease, namesToBuild, release } from "./release.ts";
import { readSettings } from "./settings.ts";

const EXAMPLES = `
Example:
  make release REGISTRY=registry.bank.example/nightlane VERSION=1.4.0

which runs all three: REGISTRY, VERSION, COSIGN_KEY, COSIGN_PASSWORD and ARGO are variables of the environment. docs/release.md is the guide.`;

const command = new Command("release")
  .description("Pushes images to a registry, signed, and records where they are.")
  .addHelpText("after", EXAMPLES)
  .showHelpAfterError();

command
  .command("settings")
  .description("reports what is wrong with the variables, before any tool is fetched")
  .action(() => {
    readSettings(process.env);
  });

command
  .command("check")
  .description("reports whether a release can be made, before anything is built for it, and prints the images to build")
  .action(async () => {
    const settings = readSettings(process.env);
    await mayRelease(settings, process.cwd());
    console.log(namesToBuild(settings).join(" "));
  });

command
  .command("push")
  .description("releases the images that are named on standard input")
  .action(async () => {
    const settings = readSettings(process.env);
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
      `release: bills of materials and the public key are in ${evidence}\nnext: git push --atomic origin HEAD:refs/heads/release-${settings.version} v${settings.version}`,
    );
  });

await runCli(() => command.parseAsync());
