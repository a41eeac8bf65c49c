#!/usr/bin/env node
import { createRequire } from "node:module";

/** @type {{ engines: { node: string } }} */
const { engines } = createRequire(import.meta.url)("../package.json");
const wanted = engines.node.replace(">=", "").split(".").map(Number);
const found = process.versions.node.split(".").map(Number);
const difference = wanted.map((part, index) => (found[index] ?? 0) - part).find((one) => one !== 0) ?? 0;

if (difference < 0) {
  // Said before anything is loaded: an older Node fails somewhere inside a library.
  process.stderr.write(
    `nightlane: this is Node ${process.versions.node}, and nightlane needs ${engines.node}\n` +
      "  run it as `npx nightlane` in the checkout, which brings its own Node, or install a newer one\n",
  );
  process.exitCode = 2;
} else {
  // A reader that has seen enough, as `head`, ends the command and is no error.
  process.stdout.on("error", (error) => {
    if (error.code !== "EPIPE") {
      throw error;
    }
    process.exit();
  });
  const { loadClientFast } = await import("./one-file-client.mjs");
  await loadClientFast();
  // The largest package, before all that is imported from here on takes the way through tsx, which takes twice as long.
  await import("@kubernetes/client-node");
  const { register } = await import("tsx/esm/api");
  register();
  const { main } = await import("./cli.ts");
  process.exitCode = await main(process.argv.slice(2));
}
