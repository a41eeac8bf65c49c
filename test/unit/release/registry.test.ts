import { expect, test } from "vitest";
import { isUnknown } from "../../../pipeline/release/registry.ts";

const IMAGE = "https://registry.bank.example/v2/nightlane/runner/manifests/1.4.0";

test.each([
  ["an image that is not there yet", `Error: GET ${IMAGE}: MANIFEST_UNKNOWN: manifest unknown`, true],
  ["a repository that is not there yet", `Error: GET ${IMAGE}: NAME_UNKNOWN: repository name not known`, true],
  ["a registry that says no more", `Error: GET ${IMAGE}: unexpected status code 404 Not Found`, true],
  [
    "a server of other things",
    "Error: GET https://gitlab.bank.example/v2/: unexpected status code 404 Not Found: <!DOCTYPE HTML>",
    false,
  ],
  ["no server", 'Error: Get "https://registry.bank.example/v2/": dial tcp: no such host', false],
])("an image is unknown only to a registry: %s", (_what, words, unknown) => {
  expect(isUnknown(words)).toBe(unknown);
});
