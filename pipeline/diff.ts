import { UserError } from "../constructs/definition/problem.ts";
import { readSide } from "../isolation/diff/sources.ts";
import { diffManifests } from "./manifest-diff.ts";

/** `diff.ts <stack> <base>`: what the checkout changes in one stack's manifests, secrets masked. */
const [stack = "", base = ""] = process.argv.slice(2);
try {
  const diffs = diffManifests(readSide(base).estate, readSide(undefined).estate);
  const own = diffs.find(({ owner }) => owner === stack);
  console.log(own?.text ?? `${stack}: the manifests are the same as in ${base}`);
} catch (error) {
  if (!(error instanceof UserError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}
