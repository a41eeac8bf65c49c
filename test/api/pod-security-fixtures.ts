import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { moduleFolder } from "../farm/tools/go-module.ts";
import { repository } from "./support.ts";

/** A pod from upstream's own test data of Pod Security. */
export interface Fixture {
  readonly name: string;
  readonly pod: { readonly metadata: object; readonly spec: object };
}

/**
 * Upstream's pods for the profile `restricted`, newest version there is, read from the pinned Go module: those that must
 * be accepted, and those that must not.
 */
export async function restrictedFixtures(): Promise<{
  readonly pass: readonly Fixture[];
  readonly fail: readonly Fixture[];
}> {
  const module = await moduleFolder(join(repository, "test/farm/tools/kubernetes"), "k8s.io/pod-security-admission");
  const all = join(module, "test", "testdata", "restricted");
  const minor = (version: string): number => Number(version.split(".")[1]);
  const newest = readdirSync(all).toSorted((a, b) => minor(b) - minor(a))[0] ?? "";
  const read = (outcome: string): readonly Fixture[] => {
    const folder = join(all, newest, outcome);
    return readdirSync(folder).map((file) => {
      const pod: Fixture["pod"] = parse(readFileSync(join(folder, file), "utf8"));
      // Upstream tests without an API server, which would not take an underscore in a name.
      return {
        name: file,
        pod: { ...pod, metadata: { ...pod.metadata, name: file.replace(".yaml", "").replaceAll("_", "-") } },
      };
    });
  };
  return { pass: read("pass"), fail: read("fail") };
}
