import { describe, expect, test } from "vitest";
import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { quantity } from "../../../constructs/kubernetes/quantity.ts";
import { readSubject, subjectName } from "../../../isolation/rbac/subject.ts";
import { firstDifference } from "../../../isolation/rules/changes/identical.ts";
import { canaryForms, findCanary } from "../../../isolation/scan/canary.ts";
import { scan } from "../../../isolation/scan/scan.ts";

function manifest(spec: object): Manifest {
  return { apiVersion: "v1", kind: "Thing", metadata: { name: "thing" }, spec };
}

function secretPaths(spec: object): readonly string[] {
  return scan(manifest(spec)).secretValues.map(({ path }) => path);
}

describe("secrets in texts", () => {
  test.each<[string, object]>([
    ["a private key", { note: `-----BEGIN ${"RSA PRIVATE KEY"}-----` }],
    ["a token of GitLab", { note: `glpat-${"a1B2c3D4e5F6g7H8i9J0"}` }],
    ["a bearer header", { note: "Authorization: Bearer abcdefghijklmnop" }],
    ["a kubeconfig", { note: "users:\n- user:\n    client-key-data: abc" }],
    ["a URL with a password", { note: "postgres://risk:winter@db.example/risk" }],
    ["a variable", { env: [{ name: "API_KEY", value: "winter" }] }],
    ["an argument", { args: ["--password=winter"] }],
    ["two arguments", { args: ["--secret", "winter"] }],
    ["a field", { password: "winter" }],
    ["a field of a document in a string", { env: [{ name: "DOC", value: '{"password":"winter","number":{{x}}}' }] }],
  ])("are seen: %s", (_, spec) => expect(secretPaths(spec)).toHaveLength(1));

  test.each<[string, object]>([
    ["a path", { env: [{ name: "TOKEN", value: "/credentials/token" }] }],
    ["a placeholder", { env: [{ name: "TOKEN", value: "{{inputs.parameters.token}}" }] }],
    ["a switch", { automountServiceAccountToken: "false" }],
    ["the name of a Secret", { secretName: "credential" }],
    ["a digest", { image: `x@sha256:${"0a1b2c3d".repeat(8)}` }],
    ["a long name", { note: "customer-nordbank-night-d68a618d52-scenarios-attempt-1" }],
    ["an expression", { note: "lastRetry.exitCode == 20 || workflow.parameters.businessDate != Yesterday" }],
    ["a path with a mount", { volumeMounts: [{ name: "credentials", mountPath: "/credentials" }] }],
    ["a port in a URL", { note: "https://k8s.nordbank.example:6443" }],
  ])("are not seen in %s", (_, spec) => expect(secretPaths(spec)).toEqual([]));
});

describe("references to Secrets", () => {
  test("are found under every name that Kubernetes, Argo and drivers have for them", () => {
    const found = scan(
      manifest({
        volumes: [
          { secret: { secretName: "a" } },
          { projected: { sources: [{ secret: { name: "b" } }] } },
          { csi: { nodePublishSecretRef: { name: "c", namespace: "x" } } },
        ],
        imagePullSecrets: [{ name: "d" }],
        artifacts: [{ s3: { accessKeySecret: { name: "e", key: "k" } } }],
        azureFile: { secretName: "f", secretNamespace: "y" },
        env: [{ valueFrom: { secretKeyRef: { name: "g", key: "k" } } }],
        envFrom: [{ secretRef: { name: "h" } }],
      }),
    );
    expect(found.secretReferences.map(({ name, namespace }) => [name, namespace])).toEqual([
      ["a", undefined],
      ["b", undefined],
      ["c", "x"],
      ["d", undefined],
      ["e", undefined],
      ["f", "y"],
    ]);
    expect(found.secretVariables.map(({ name, path }) => [name, path])).toEqual([
      ["g", "spec.env[0].valueFrom.secretKeyRef"],
      ["h", "spec.envFrom[0].secretRef"],
    ]);
  });

  test("in the customer's own cluster are no references in the central one", () => {
    const job = JSON.stringify({ spark: { job: { spec: { volumes: [{ secret: { secretName: "theirs" } }] } } } });
    expect(scan(manifest({ env: [{ name: "NIGHTLANE_STEP", value: job }] })).secretReferences).toEqual([]);
  });
});

describe("images", () => {
  test("are found in documents and variables too", () => {
    const spec = {
      container: { image: "a" },
      env: [
        { name: "SPARK_IMAGE", value: "b" },
        { name: "DOC", value: '{"pod":{"image":"c"},"n":{{x}}}' },
      ],
    };
    expect(scan(manifest(spec)).images.map(({ image }) => image)).toEqual(["a", "b", "c"]);
  });
});

describe("subjects", () => {
  test.each([
    [{ kind: "ServiceAccount", name: "a", namespace: "n" }, "account", "ServiceAccount n/a"],
    [{ kind: "User", name: "system:serviceaccount:n:a" }, "account", "ServiceAccount n/a"],
    [{ kind: "Group", name: "system:serviceaccounts:n" }, "accountsOf", "Group system:serviceaccounts:n"],
    [{ kind: "Group", name: "system:serviceaccounts" }, "everyone", "Group system:serviceaccounts"],
    [{ kind: "User", name: "system:anonymous" }, "everyone", "Group system:anonymous"],
    [{ kind: "User", name: "system:serviceaccounts:n" }, "named", "User system:serviceaccounts:n"],
    [{ kind: "ServiceAccount", name: "a" }, "malformed", "ServiceAccount a without namespace"],
    [{ kind: "Robot", name: "a" }, "malformed", "Robot a"],
  ])("%j is %s", (subject, kind, name) => {
    const read = readSubject(subject);
    expect([read.kind, subjectName(read)]).toEqual([kind, name]);
  });
});

describe("a planted value", () => {
  const value = "Canary0123456789abcdef";
  const forms = canaryForms(value);

  test.each([0, 1, 2, 3, 4])("is found in base64, and in base64 of it, with %s characters before", (before) => {
    const once = Buffer.from(`${"x".repeat(before)}${value}tail`).toString("base64");
    expect(findCanary(`"${once}"`, forms)).toBe("in base64");
    for (const lead of ["", "a", "bb", "ccc"]) {
      const twice = Buffer.from(`${lead}${once}`).toString("base64");
      expect(findCanary(`"${twice}"`, forms)).toBe("in base64 of base64");
    }
  });

  test("is found plain, in hexadecimal and backwards, and not where it is not", () => {
    expect(findCanary(`a${value}b`, forms)).toBe("plain");
    expect(findCanary(Buffer.from(value).toString("hex"), forms)).toBe("in hexadecimal");
    expect(findCanary([...value].reverse().join(""), forms)).toBe("backwards");
    expect(findCanary("Canary of another kind", forms)).toBeUndefined();
  });
});

describe("quantities", () => {
  test.each([
    ["250m", 0.25],
    ["1Gi", 2 ** 30],
    ["1.5k", 1500],
    ["11", 11],
    [3, 3],
    ["lots", undefined],
    [undefined, undefined],
  ])("%s is %s", (text, number) => expect(quantity(text)).toBe(number));
});

describe("the first difference", () => {
  test.each([
    [{ a: 1 }, { a: 1 }, undefined],
    [{ a: { b: [1, 2] } }, { a: { b: [1, 3] } }, "a.b[1]"],
    [{ a: [1] }, { a: [1, 2] }, "a"],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, ""],
    [{ a: 1 }, { a: "1" }, "a"],
    [{ a: null }, { a: {} }, "a"],
  ])("of %j and %j is at %j", (a, b, path) => expect(firstDifference(a, b)).toBe(path));
});
