import { type Api, type Identity, messageOf } from "../../support/api.ts";
import type { ServedResource } from "./discovery.ts";

/** One question to the API server: may this identity do that? */
export interface Question {
  readonly identity: Identity;
  readonly verb: string;
  readonly resource: Pick<ServedResource, "group" | "resource">;
  /** Namespace; undefined asks for all namespaces, or for a resource that is in none. */
  readonly namespace: string | undefined;
}

interface Review {
  readonly status: { readonly allowed: boolean; readonly evaluationError?: string };
}

/** How many questions are in flight at once. */
const CONCURRENCY = 16;

/** Asks all questions and returns those that were answered with yes. @throws Error if one could not be answered */
export async function allowedAmong(api: Api, questions: readonly Question[]): Promise<readonly Question[]> {
  const allowed: Question[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let question = questions[next++]; question !== undefined; question = questions[next++]) {
      if (await isAllowed(api, question)) {
        allowed.push(question);
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return allowed;
}

async function isAllowed(api: Api, question: Question): Promise<boolean> {
  const { identity, verb, namespace, resource } = question;
  const [name = "", subresource] = resource.resource.split("/", 2);
  const answer = await api.call({
    method: "POST",
    path: "/apis/authorization.k8s.io/v1/subjectaccessreviews",
    body: {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SubjectAccessReview",
      spec: {
        user: identity.user,
        groups: identity.groups ?? [],
        resourceAttributes: {
          verb,
          group: resource.group,
          resource: name,
          ...(subresource === undefined ? {} : { subresource }),
          ...(namespace === undefined ? {} : { namespace }),
        },
      },
    },
  });
  if (answer.status !== 201) {
    throw new Error(`SubjectAccessReview for ${identity.user}: ${messageOf(answer)}`);
  }
  return (answer.body as Review).status.allowed;
}

/** A question as a person would write it. */
export function describeQuestion({ verb, resource, namespace }: Question): string {
  const group = resource.group === "" ? "" : `.${resource.group}`;
  return `${verb} ${resource.resource}${group}${namespace === undefined ? "" : ` in ${namespace}`}`;
}
