import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { freePort } from "../alerts/live/child.ts";
import { certificate } from "../support/certificates.ts";
import { LookedAt } from "./looked-at.ts";

let site: LookedAt;

beforeAll(async () => {
  site = await LookedAt.start();
});

afterAll(async () => {
  await site?.stop();
});

describe("what is wrong with the way there", () => {
  test("nothing answers at the address", async () => {
    const port = await freePort();
    expect(await site.todo({ server: `https://127.0.0.1:${port}` })).toEqual([
      expect.stringMatching(/^API server: nothing answers .*ECONNREFUSED.* -> the customer's network team/),
    ]);
  });

  test("one of several addresses does not answer, which a night would meet when the other one fails", async () => {
    expect(await site.todo({ address: ["127.0.0.9", "127.0.0.1"] })).toEqual([
      expect.stringMatching(
        /^API server: nothing answers at https:\S+ at 127\.0\.0\.9: .* -> the customer's network team/,
      ),
    ]);
  });

  test("through the customer's proxy nothing is wrong, until the proxy refuses, and nothing goes round it", async () => {
    const asked: string[] = [];
    let lets = true;
    const proxy = createServer().on("connect", ({ url = "" }, near) => {
      asked.push(url);
      if (!lets) {
        near.end("HTTP/1.1 403 Forbidden\r\n\r\n");
        return;
      }
      const far = connect(Number(new URL(site.definition.cluster.server).port), "127.0.0.1", () => {
        near.write("HTTP/1.1 200 Connection established\r\n\r\n");
        near.pipe(far).pipe(near);
      });
      near.on("error", () => far.destroy());
      far.on("error", () => near.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = proxy.address() as AddressInfo;
      const way = { address: undefined, proxy: { address: "127.0.0.1", port } };
      expect(await site.todo(way)).toEqual([]);
      expect(new Set(asked)).toEqual(new Set([new URL(site.definition.cluster.server).host]));
      lets = false;
      expect(await site.todo(way)).toEqual([
        expect.stringMatching(
          /^API server: nothing answers at https:\S+ through http:\/\/127\.0\.0\.1:\d+: .* -> the customer's network team: .* cluster\.proxy$/,
        ),
      ]);
    } finally {
      proxy.close();
    }
  });

  test("what answers is another cluster", async () => {
    const config = parse(site.kubeconfig);
    config.clusters[0].cluster["certificate-authority-data"] = Buffer.from(certificate("other")).toString("base64");
    expect(await site.todo({}, { config: stringify(config) })).toEqual([
      expect.stringMatching(/^API server: the server at .* is not trusted: .* -> the platform engineers/),
    ]);
  });

  test("its certificate is for another name", async () => {
    const { port } = new URL(site.definition.cluster.server);
    expect(await site.todo({ server: `https://k8s.elsewhere.example:${port}` })).toEqual([
      expect.stringMatching(/^API server: .* a certificate for another name: .* -> the platform engineers/),
    ]);
  });

  test("the credential is not known any more", async () => {
    const config = parse(site.kubeconfig);
    config.users[0].user = { token: "not-a-token-of-this-cluster" };
    const found = await site.todo({}, { config: stringify(config) });
    expect(found).toEqual([
      expect.stringMatching(/^API server: .* does not accept Nightlane's credential .* -> the customer's admin/),
    ]);
    expect(found.join()).not.toContain("not-a-token-of-this-cluster");
  });

  test("the credential ends in a few days", async () => {
    const config = parse(site.kubeconfig);
    config.users[0].user = { token: await site.token("120h") };
    expect(await site.todo({}, { config: stringify(config) })).toEqual([
      expect.stringMatching(/^credential: .*token.* -> the customer's administrator: issue a new one/),
    ]);
  });
});
