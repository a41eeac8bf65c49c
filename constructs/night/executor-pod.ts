import { isObject } from "../../runs/json.ts";
import { quantity } from "../kubernetes/quantity.ts";

/** What a container or a pod requests, in thousandths of a core and in MiB. */
export interface Requests {
  readonly millicores: number;
  readonly mebibytes: number;
}

/** The request that the customer's namespace gives a container without one. */
export const UNSAID_REQUESTS: Requests = { millicores: 50, mebibytes: 128 };

/** What is counted for an executor's pod: the executor, and what the file's pod template adds to it. */
export function executorPod(executor: Requests, template: unknown): Requests {
  const spec = isObject(template) ? template.spec : undefined;
  const { containers, initContainers } = isObject(spec) ? spec : {};
  const beside = listOf(containers).filter(({ name }) => name !== "executor");
  // A sidecar has started before those that follow it; each of the others runs alone.
  let staying: Requests = NOTHING;
  let most: Requests = NOTHING;
  for (const container of listOf(initContainers)) {
    const asked = requestsOf(container);
    if (container.restartPolicy === "Always") {
      staying = sum(staying, asked);
    } else {
      most = larger(most, sum(staying, asked));
    }
  }
  return larger(beside.map(requestsOf).reduce(sum, sum(executor, staying)), most);
}

const NOTHING: Requests = { millicores: 0, mebibytes: 0 };

function sum(one: Requests, other: Requests): Requests {
  return { millicores: one.millicores + other.millicores, mebibytes: one.mebibytes + other.mebibytes };
}

function larger(one: Requests, other: Requests): Requests {
  return {
    millicores: Math.max(one.millicores, other.millicores),
    mebibytes: Math.max(one.mebibytes, other.mebibytes),
  };
}

/** Kubernetes uses the limit as a container's request where none is set. */
function requestsOf({ resources }: Record<string, unknown>): Requests {
  const { requests, limits } = isObject(resources) ? resources : {};
  const asked = { ...(isObject(limits) ? limits : {}), ...(isObject(requests) ? requests : {}) };
  const [cores, bytes] = [quantity(asked.cpu), quantity(asked.memory)];
  return {
    millicores: cores === undefined ? UNSAID_REQUESTS.millicores : Math.round(cores * 1000),
    mebibytes: bytes === undefined ? UNSAID_REQUESTS.mebibytes : Math.ceil(bytes / 2 ** 20),
  };
}

function listOf(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
