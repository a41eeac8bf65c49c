import type { IncomingMessage } from "node:http";
import { ApiException, type KubeConfig } from "@kubernetes/client-node";
import { openAnswer } from "../../api/open-answer.ts";
import { defined } from "../../runs/defined.ts";

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

/** The API server does not stream lists: it is older than Kubernetes 1.34, or configured not to. */
export class NotStreamed extends Error {}

const HEAD = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
const SILENT_MILLISECONDS = 30_000;

/** Answers of an API server that does not know the request, or does not allow it. */
const UNKNOWN: ReadonlySet<number> = new Set([400, 422]);

/**
 * Lists objects one by one from the API server's memory. Pages would cost it more, since it reads all but the first
 * from its database, and one whole list would cost nightwatch more.
 * @param listed Called with the version of the list at its end.
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
  const { labelSelector, fieldSelector } = query;
  const asked = {
    watch: "true",
    sendInitialEvents: "true",
    resourceVersionMatch: "NotOlderThan",
    allowWatchBookmarks: "true",
  };
  const parameters = new URLSearchParams(defined({ ...asked, labelSelector, fieldSelector }));
  const headers = query.heads === true ? { accept: HEAD } : {};
  const answer = await openAnswer(config, `${query.path}?${parameters}`, { headers, timeout: SILENT_MILLISECONDS });
  const { statusCode = 0 } = answer;
  if (statusCode !== 200) {
    answer.setEncoding("utf8");
    const body: string = (await answer.toArray()).join("");
    throw UNKNOWN.has(statusCode) ? new NotStreamed(body) : new ApiException(statusCode, query.path, body, {});
  }
  return answer;
}

/** Lines as they come, reading at most one chunk ahead: they are large. */
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
