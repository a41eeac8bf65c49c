import { runCli } from "../constructs/definition/run-cli.ts";
import { readSide } from "../isolation/diff/sources.ts";
import { diffManifests } from "./manifest-diff.ts";

/** `diff.ts <stack> <base>`: what the checkout changes in one stack's manifests, secrets masked. */
const [stack = "", base = ""] = process.argv.slice(2);
await runCli(async () => {
  const diffs = diffManifests(readSide(base).estate, readSide(undefined).estate);
  const own = diffs.find(({ owner }) => owner === stack);
  console.log(own?.text ?? `${stack}: the manifests are the same as in ${base}`);
});
