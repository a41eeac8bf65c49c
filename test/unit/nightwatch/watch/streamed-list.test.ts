import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";
import { expect, onTestFinished, test } from "vitest";
import { NotStreamed, streamedList } from "../../../../nightwatch/watch/streamed-list.ts";

const PATH = "/apis/argoproj.io/v1alpha1/workflows";
const END = { metadata: { resourceVersion: "7", annotations: { "k8s.io/initial-events-end": "true" } } };

/** The way to a server that answers each request in a way of its own. */
async function serverThat(answers: (response: ServerResponse, url: URL) => void): Promise<KubeConfig> {
  const server = createServer((request, response) => answers(response, new URL(request.url ?? "", "http://x")));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: "central", server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: "nightwatch", token: "secret" },
  );
  return config;
}

/** @returns the names that were listed, and the version that was noted */
async function listed(config: KubeConfig): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name } of streamedList<{ readonly name: string }>(
    config,
    { path: PATH, labelSelector: "a=b" },
    (version) => found.push(`version ${version}`),
  )) {
    found.push(name);
  }
  return found;
}

function line(type: string, object: object): string {
  return `${JSON.stringify({ type, object })}\n`;
}

test("gives the objects in whatever pieces they come, and ends where the API server says that these were all", async () => {
  const text = line("ADDED", { name: "one" }) + line("ADDED", { name: "zwei über" }) + line("BOOKMARK", END);
  const config = await serverThat((response, url) => {
    expect(url.pathname).toBe(PATH);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({ sendInitialEvents: "true", labelSelector: "a=b" });
    for (const byte of Buffer.from(text)) {
      response.write(Buffer.of(byte));
    }
    // A watch stays open.
  });
  expect(await listed(config)).toEqual(["one", "zwei über", "version 7"]);
});

test("is not a whole list where the connection ends before", async () => {
  const config = await serverThat((response) => response.end(line("ADDED", { name: "one" })));
  await expect(listed(config)).rejects.toThrow("broke off");
});

test("says what the API server says in the middle", async () => {
  const config = await serverThat((response) => {
    response.write(line("ADDED", { name: "one" }) + line("ERROR", { message: "too old resource version" }));
  });
  await expect(listed(config)).rejects.toThrow("too old resource version");
});

test.each([
  [422, NotStreamed],
  [400, NotStreamed],
])("is not to be had of an API server that answers %i", async (status, kind) => {
  const config = await serverThat((response) => {
    response.writeHead(status).end('{"message": "sendInitialEvents is forbidden"}');
  });
  await expect(listed(config)).rejects.toThrow(kind);
});

test("is refused as any other list", async () => {
  const config = await serverThat((response) => {
    response.writeHead(403).end('{"message": "no"}');
  });
  await expect(listed(config)).rejects.toMatchObject({ code: 403 });
});
