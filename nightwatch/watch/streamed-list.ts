import { once } from "node:events";
import { type IncomingMessage, request as plainRequest } from "node:http";
import { type RequestOptions, request as secureRequest } from "node:https";
import { ApiException, type KubeConfig } from "@kubernetes/client-node";

/** What is asked for. */
export interface StreamedQuery {
  /** As `/apis/argoproj.io/v1alpha1/workflows`. */
  readonly path: string;
  /** @default - all */
  readonly labelSelector?: string;
  /** @default - all */
  readonly fieldSelector?: string;
  /** Whether the content of the objects is left out. @default false */
  readonly heads?: boolean;
}

/** The API server does not stream lists: it is older than Kubernetes 1.34, or told not to. */
export class NotStreamed extends Error {}

const HEAD = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
const SILENT_MILLISECONDS = 30_000;

/** Answers of an API server that does not know the request, or does not allow it. */
const UNKNOWN: ReadonlySet<number> = new Set([400, 422]);

/**
 * A list object by object, as the API server has them in memory. Pages cost it more, since it reads all but the first one
 * from its database, and a list in one piece costs us more.
 * @param listed Takes the version of the list once all of it was given.
 * @throws NotStreamed before the first object
 */
export async function* streamedList<Item>(
  config: KubeConfig,
  query: StreamedQuery,
  listed: (version: string) => void = () => {},
): AsyncIterable<Item> {
  const answer = await begin(config, query);
  try {
    for await (const line of linesOf(answer)) {
      const event: StreamEvent<Item> = JSON.parse(line);
      if (event.type === "ADDED") {
        yield event.object;
      } else if (event.type === "ERROR") {
        throw new Error(`the list of ${query.path} broke off: ${event.object.message}`);
      } else if (event.object.metadata.annotations?.["k8s.io/initial-events-end"] === "true") {
        listed(event.object.metadata.resourceVersion);
        return;
      }
    }
    throw new Error(`the list of ${query.path} broke off`);
  } finally {
    answer.destroy();
  }
}

type StreamEvent<Item> =
  | { readonly type: "ADDED"; readonly object: Item }
  | { readonly type: "BOOKMARK"; readonly object: Bookmark }
  | { readonly type: "ERROR"; readonly object: { readonly message?: string } };

interface Bookmark {
  readonly metadata: {
    readonly resourceVersion: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

async function begin(config: KubeConfig, query: StreamedQuery): Promise<IncomingMessage> {
  const url = new URL(`${config.getCurrentCluster()?.server ?? ""}${query.path}`);
  const { labelSelector, fieldSelector } = query;
  const asked = {
    watch: "true",
    sendInitialEvents: "true",
    resourceVersionMatch: "NotOlderThan",
    allowWatchBookmarks: "true",
  };
  for (const [name, value] of Object.entries({ ...asked, labelSelector, fieldSelector })) {
    if (value !== undefined) {
      url.searchParams.set(name, value);
    }
  }
  const options: RequestOptions = {
    headers: query.heads === true ? { accept: HEAD } : {},
    timeout: SILENT_MILLISECONDS,
  };
  await config.applyToHTTPSOptions(options);
  const sent = (url.protocol === "http:" ? plainRequest : secureRequest)(url, options);
  sent.on("timeout", () => sent.destroy(new Error(`${query.path}: the API server says nothing any more`)));
  sent.end();
  const [answer]: [IncomingMessage] = (await once(sent, "response")) as [IncomingMessage];
  const { statusCode = 0 } = answer;
  if (statusCode !== 200) {
    answer.setEncoding("utf8");
    const body: string = (await answer.toArray()).join("");
    throw UNKNOWN.has(statusCode) ? new NotStreamed(body) : new ApiException(statusCode, query.path, body, {});
  }
  return answer;
}

/** Lines as they come, and no more than one piece of the stream ahead: they are large. */
async function* linesOf(answer: IncomingMessage): AsyncIterable<string> {
  answer.setEncoding("utf8");
  let begun: string[] = [];
  for await (const piece of answer as AsyncIterable<string>) {
    const [first = "", ...others] = piece.split("\n");
    begun.push(first);
    for (const next of others) {
      yield begun.join("");
      begun = [next];
    }
  }
}
