import { type IncomingMessage, request as plainRequest } from "node:http";
import { type RequestOptions, request as tlsRequest } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";

/**
 * Sends a GET to the API server of a kubeconfig; resolves with the answer, whatever its status, once it has begun, so that
 * it can be read piece by piece, which the client library does not offer.
 * @param path Path and query, beginning with a slash.
 */
export async function openAnswer(
  config: KubeConfig,
  path: string,
  options: Pick<RequestOptions, "headers" | "signal" | "timeout">,
): Promise<IncomingMessage> {
  const url = new URL(`${(config.getCurrentCluster()?.server ?? "").replace(/\/$/, "")}${path}`);
  const settings: RequestOptions = { ...options };
  await config.applyToHTTPSOptions(settings);
  return new Promise((resolve, reject) => {
    const request = (url.protocol === "http:" ? plainRequest : tlsRequest)(url, settings, resolve);
    request.on("timeout", () => request.destroy(new Error(`${url.pathname}: the API server has stopped answering`)));
    request.on("error", reject);
    request.end();
  });
}
