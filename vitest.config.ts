import { delimiter, join } from "node:path";
import { defineConfig } from "vitest/config";
import { runCli } from "./constructs/definition/run-cli.ts";
import { requireNode } from "./constructs/evaluation/node-floor.ts";

await runCli(requireNode);
if (process.exitCode !== undefined) {
  process.exit();
}

// However vitest was started: what tests start by name (tsx, gitlab-ci-local) and the Node of both are the pinned ones.
process.env.PATH = [join(import.meta.dirname, "node_modules/.bin"), process.env.PATH].join(delimiter);

/**
 * The images that tests without a farm name: neither those of the latest release, with which they would fail until
 * somebody has written what they expect again, nor those of a farm that a shell was told of.
 */
const IMAGES = { NIGHTLANE_IMAGES: join(import.meta.dirname, "test/support/images.json") };

/** The real Argo CD between two bare API servers; a part of `make test-long`. */
const ARGOCD = "test/api/argocd.test.ts";

/** End-to-end tests that take too long for `make test`; `make test-long` runs them. */
const LONG = [
  "argocd",
  "helm-install",
  "large-night",
  "looped-bank",
  "pipeline",
  "readme",
  "registry",
  "shadow-night",
  "upgrade",
].map((name) => `test/e2e/${name}.test.ts`);

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          env: IMAGES,
          include: ["test/**/*.test.ts"],
          exclude: ["test/alerts/**", "test/api/**", "test/e2e/**", "test/release/**", "test/ui/**"],
          // The files share their modules: loading cdk8s anew for each took three times as long as the tests.
          isolate: false,
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "api",
          env: IMAGES,
          include: ["test/api/**/*.test.ts"],
          exclude: [ARGOCD],
          // Each file has an API server of its own, and waits for it most of its time.
          maxWorkers: 2,
          // What a test waits for has limits of its own, which may add up.
          testTimeout: 420_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: "ui",
          env: IMAGES,
          include: ["test/ui/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: "alerts",
          env: IMAGES,
          include: ["test/alerts/**/*.test.ts"],
          globalSetup: "test/alerts/global-setup.ts",
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          exclude: ["test/e2e/deploy-guide.test.ts", ...LONG],
          globalSetup: "test/e2e/global-setup.ts",
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 900_000,
        },
      },
      {
        test: {
          name: "release",
          include: ["test/release/**/*.test.ts"],
          // A release builds every image twice, from nothing the second time: on two busy cores that takes a quarter of an hour.
          testTimeout: 2_400_000,
          hookTimeout: 1_800_000,
        },
      },
      { test: { name: "argocd", include: [ARGOCD], testTimeout: 180_000, hookTimeout: 300_000 } },
      {
        test: {
          name: "e2e-long",
          include: [...LONG],
          globalSetup: "test/e2e/global-setup.ts",
          fileParallelism: false,
          // The largest nights run 500 Jobs, on two cores for more than half an hour.
          testTimeout: 6_000_000,
          hookTimeout: 900_000,
        },
      },
      {
        test: {
          // Begins with an empty central cluster, where the end-to-end tests have everything deployed.
          name: "guide",
          include: ["test/e2e/deploy-guide.test.ts"],
          bail: 1,
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
