import * as pulumi from "@pulumi/pulumi";
import { Platform } from "../constructs/platform/platform.ts";
import { render } from "../constructs/synthesize.ts";
import { readArgoCrds } from "./argo-crds.ts";
import { createInPhases } from "./phases.ts";

/** Deploys what the lanes share: Argo's resource definitions, then the controller. */
export async function deployPlatform(): Promise<void> {
  const manifests = [...readArgoCrds(), ...render((app) => new Platform(app, "platform"))];
  createInPhases(manifests, { parent: new pulumi.ComponentResource("nightlane:index:Platform", "platform") });
}
