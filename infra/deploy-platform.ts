import * as pulumi from "@pulumi/pulumi";
import { readArgoCrds } from "./argo-crds.ts";
import { createInPhases } from "./phases.ts";
import { provedPlatform } from "./proved.ts";

/** Deploys what the lanes share: Argo's resource definitions, then the controller. */
export async function deployPlatform(): Promise<void> {
  const manifests = [...readArgoCrds(), ...provedPlatform()];
  createInPhases(manifests, { parent: new pulumi.ComponentResource("nightlane:index:Platform", "platform") });
}
