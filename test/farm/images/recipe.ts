import { join } from "node:path";
import type { ToolName } from "../tools/recipes.ts";

/** How an image is built. */
export interface ImageRecipe {
  /** Where it would be pulled from; pods name it `<repository>@<digest>`. */
  readonly repository: string;
  /** Build context. */
  readonly context: string;
  /** @default "Dockerfile" */
  readonly dockerfile?: string;
  /** Programs the Dockerfile copies, each from a build context of its name: `COPY --from=kubectl kubectl /bin/`. */
  readonly tools: readonly ToolName[];
  /** Folders that are in a program's build context too where it has them beside it. @default none */
  readonly neighbours?: readonly string[];
  /** Programs that the Dockerfile copies with what is beside them: `COPY --from=pulumi . /opt/pulumi`. @default none */
  readonly folders?: readonly ToolName[];
  /**
   * `scratch` images hold only what is copied, with fixed times: their digest is the same on every
   * machine. `debian` images start from the Debian that `versions.json` pins.
   */
  readonly base: "scratch" | "debian";
  /** Files that differ in every build, and why, by their path without a leading slash. @default none */
  readonly differs?: Readonly<Record<string, string>>;
}

const ROOT = join(import.meta.dirname, "../../..");

/** The registry that the farm's images are named after; there is none. */
export const REGISTRY = "registry.nightlane.example";

/** The images of the farm, by logical name. */
export const imageRecipes = {
  pause: {
    repository: `${REGISTRY}/nightlane/pause`,
    context: join(import.meta.dirname, "pause"),
    tools: ["pause"],
    base: "scratch",
  },
  argoController: {
    repository: `${REGISTRY}/argoproj/workflow-controller`,
    context: join(import.meta.dirname, "argo"),
    dockerfile: "controller.Dockerfile",
    tools: ["workflow-controller"],
    neighbours: ["zoneinfo"],
    base: "scratch",
  },
  argoExecutor: {
    repository: `${REGISTRY}/argoproj/argoexec`,
    context: join(import.meta.dirname, "argo"),
    dockerfile: "executor.Dockerfile",
    tools: ["argoexec"],
    base: "scratch",
  },
  runner: {
    repository: `${REGISTRY}/nightlane/runner`,
    context: join(ROOT, "runner"),
    tools: ["kubectl"],
    base: "debian",
  },
  nightwatch: {
    repository: `${REGISTRY}/nightlane/nightwatch`,
    context: join(ROOT, "nightwatch/image"),
    tools: ["node", "nightwatch"],
    base: "debian",
  },
  risk: {
    repository: `${REGISTRY}/nightlane/risk`,
    context: join(ROOT, "examples/risk"),
    tools: [],
    base: "debian",
    differs: {
      "etc/ssl/certs/java/cacerts": "when Debian's package took in each authority",
      "opt/spark.jsa": "which classes a JVM loaded, in the order of its threads",
    },
  },
  ci: {
    repository: `${REGISTRY}/nightlane/ci`,
    context: join(ROOT, "pipeline/image"),
    tools: ["node", "kubectl", "crane", "syft", "cosign"],
    folders: ["npm", "pulumi", "argo-crds"],
    base: "debian",
  },
} as const satisfies Record<string, ImageRecipe>;

/** Logical name of an image. */
export type ImageName = keyof typeof imageRecipes;

/** All names, for messages and for checking what a person typed. */
export const imageNames = Object.keys(imageRecipes) as readonly ImageName[];
