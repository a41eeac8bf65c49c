import { describe, expect, test } from "vitest";
import { testCustomer } from "../../../support/customer.ts";
import { find, manifestsOf } from "../../../support/manifests.ts";

describe("CredentialSecret", () => {
  test("is synthesized without data: only the deployment puts it in", () => {
    const secret = find(manifestsOf(testCustomer()).lane, "Secret", "credential");
    expect(Object.keys(secret).sort()).toEqual(["apiVersion", "kind", "metadata", "type"]);
    expect(secret.type).toBe("Opaque");
  });
});
