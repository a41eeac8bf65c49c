import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { customerNames } from "../../../constructs/definition/customer-files.ts";
import { runCommand } from "../../farm/command.ts";
import { FarmPulumi } from "../../farm/deploy/farm-pulumi.ts";
import { laneVolume } from "../../farm/deploy/lane-volume.ts";
import { succeeded } from "../../farm/deploy/pulumi.ts";
import { type FarmPaths, repositoryRoot } from "../../farm/paths.ts";
import { silentReporter } from "../../farm/tools/reporter.ts";
import { filesBelow } from "./file-places.ts";
import type { Place, PlaceText } from "./place.ts";

/** Where a farm keeps what a deployment leaves behind. */
export async function farmPlaces(paths: FarmPaths, customers: readonly string[]): Promise<readonly Place[]> {
  const pulumi = await FarmPulumi.of(paths, silentReporter);
  // A lane whose file has gone is still searched, but there is nothing to synthesize or to preview of it.
  const declared = customers.filter((customer) => customerNames().includes(customer));
  return [
    synthesized(pulumi, declared),
    previews(pulumi, declared),
    // Passphrase and key are beside the state; the state is all that a backend would hold.
    filesBelow("Pulumi's state", async () => [join(paths.cluster("central").root, "pulumi", "state")]),
    filesBelow("results and step logs in the lanes' volumes", async () =>
      Promise.all(customers.map((customer) => laneVolume(paths, customer))),
    ),
    filesBelow("logs of the central cluster's own programs", async () => [paths.cluster("central").logs]),
  ];
}

/** What `cdk8s synth` writes while the credentials are within reach. */
function synthesized(pulumi: FarmPulumi, customers: readonly string[]): Place {
  return {
    name: "dist, synthesized with the credentials at hand",
    texts: async function* (): AsyncIterable<PlaceText> {
      const dist = await mkdtemp(join(tmpdir(), "nightlane-canary-"));
      try {
        const env: Record<string, string> = {
          ...pulumi.pulumi.settings,
          PATH: process.env.PATH ?? "",
          CDK8S_OUTDIR: dist,
        };
        for (const customer of customers) {
          Object.assign(env, await pulumi.credentials(customer));
        }
        const synth = ["--import", "tsx", join("infra", "synth.ts")];
        succeeded(await runCommand(process.execPath, synth, { cwd: repositoryRoot, env }));
        yield* filesBelow("dist", async () => [dist]).texts();
      } finally {
        await rm(dist, { recursive: true, force: true });
      }
    },
  };
}

/** What a merge request's pipeline prints and keeps. */
function previews(pulumi: FarmPulumi, customers: readonly string[]): Place {
  return {
    name: "preview JSON",
    texts: async function* (): AsyncIterable<PlaceText> {
      for (const customer of customers) {
        const env = await pulumi.credentials(customer);
        const preview = await pulumi.pulumi.run(customer, ["preview", "--json"], env);
        succeeded(preview);
        yield { where: `pulumi preview --json of ${customer}`, text: preview.output };
      }
    },
  };
}
