import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/api/**", "test/e2e/**"],
          // The files share their modules: loading cdk8s anew for each took three times as long as the tests.
          isolate: false,
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "api",
          include: ["test/api/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          exclude: ["test/e2e/deploy-guide.test.ts"],
          globalSetup: "test/e2e/global-setup.ts",
          fileParallelism: false,
          testTimeout: 600_000,
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
