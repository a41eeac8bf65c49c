import { describe, expect, test } from "vitest";
import { parseCertificates } from "../../../../constructs/definition/parse-certificates.ts";
import { certificate } from "../../../support/certificates.ts";

describe("parseCertificates", () => {
  test("reads each certificate of a bundle", () => {
    const subjects = parseCertificates(`\n${certificate("valid")}\n${certificate("other")}`)?.map((one) => one.subject);
    expect(subjects).toEqual(["CN=Testbank CA", "CN=Other Bank CA"]);
  });

  test.each([
    ["an empty text", ""],
    ["text before it", `# the CA\n${certificate("valid")}`],
    ["text behind it", `${certificate("valid")}x`],
    ["a second one that is cut short", certificate("valid") + certificate("other").slice(0, 200)],
    ["no certificate between the lines", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----"],
  ])("refuses %s", (_, text) => {
    expect(parseCertificates(text)).toBeUndefined();
  });
});
