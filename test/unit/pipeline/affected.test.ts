import { describe, expect, test } from "vitest";
import { affected } from "../../../pipeline/affected.ts";

const NAMES = ["alpenkredit", "nordbank", "seebank"];
const changed = (...paths: string[]) => paths.map((path) => ({ path, deleted: false }));

describe("affected", () => {
  test("a customer file touches that customer alone", () => {
    expect(affected(changed("customers/nordbank.ts"), NAMES)).toEqual({
      customers: ["nordbank"],
      removed: [],
      platform: false,
    });
  });

  test("the settings of a customer's stack touch that customer alone, and nobody once its file is gone", () => {
    const customers = (...paths: string[]) => affected(changed(...paths), NAMES);
    expect(customers("Pulumi.nordbank.yaml")).toEqual({ customers: ["nordbank"], removed: [], platform: false });
    expect(customers("Pulumi.gone.yaml")).toEqual({ customers: [], removed: [], platform: false });
    expect(customers("Pulumi.platform.yaml").platform).toBe(true);
  });

  test.each([
    "constructs/lane/network-boundary.ts",
    "infra/phases.ts",
    "package-lock.json",
    "images.json",
    "versions.json",
    "central.json",
    "Pulumi.yaml",
    "customers/shared/books.ts",
    "a-folder-nobody-thought-of/x.ts",
  ])("%s touches every customer and the platform", (path) => {
    expect(affected(changed(path), NAMES)).toEqual({ customers: NAMES, removed: [], platform: true });
  });

  test.each([
    "docs/deploy.md",
    "README.md",
    "constructs/README.md",
    "runs/README.md",
    "infra/README.md",
    "api/README.md",
    "customers/README.md",
    "test/api/x.test.ts",
    "runner/src/x.py",
    "Makefile",
    ".gitlab-ci.yml",
  ])("%s touches nobody", (path) => {
    expect(affected(changed(path), NAMES)).toEqual({ customers: [], removed: [], platform: false });
  });

  test("a deleted file removes its customer, and touches no other", () => {
    const changes = [{ path: "customers/gone.ts", deleted: true }, ...changed("customers/seebank.ts", "docs/x.md")];
    expect(affected(changes, NAMES)).toEqual({ customers: ["seebank"], removed: ["gone"], platform: false });
  });

  test("the certificates beside a customer's file are a part of it", () => {
    const gone = (path: string) => ({ path, deleted: true });
    expect(affected(changed("customers/nordbank.pem"), NAMES).customers).toEqual(["nordbank"]);
    expect(affected([gone("customers/nordbank.pem")], NAMES)).toMatchObject({ customers: ["nordbank"], removed: [] });
    expect(affected([gone("customers/gone.ts"), gone("customers/gone.pem")], NAMES).removed).toEqual(["gone"]);
  });

  test("a customer removed together with a change of a construct is removed, not deployed", () => {
    const changes = [{ path: "customers/gone.ts", deleted: true }, ...changed("constructs/kubernetes/labels.ts")];
    expect(affected(changes, NAMES)).toEqual({ customers: NAMES, removed: ["gone"], platform: true });
  });

  test("nothing to compare with touches everything and removes nobody", () => {
    expect(affected(undefined, NAMES)).toEqual({ customers: NAMES, removed: [], platform: true });
  });
});
