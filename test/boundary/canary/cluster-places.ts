import { ARGOCD_NAMESPACE, clusterSecretName } from "../../../constructs/apps/argo-cd.ts";
import { CREDENTIAL_SECRET } from "../../../constructs/lane/credential-secret.ts";
import { laneNamespace } from "../../../runs/lane-namespace.ts";
import { type Api, messageOf } from "../../support/api.ts";
import { discover } from "../access/discovery.ts";
import type { Place, PlaceText } from "./place.ts";

interface ListedObject {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Every object that the API server serves, Workflows and events included, except the credential Secrets themselves. */
export function allObjects(api: Api): Place {
  return {
    name: "objects of the central cluster",
    texts: async function* (): AsyncIterable<PlaceText> {
      const served = (await discover(api)).filter(
        ({ resource, verbs }) => verbs.includes("list") && !resource.includes("/"),
      );
      for (const { base, resource } of served) {
        const { items } = await api.get<{ items: readonly ListedObject[] | null }>(`${base}/${resource}`);
        for (const object of items ?? []) {
          const { namespace = "", name } = object.metadata;
          if (resource !== "secrets" || !isHome(namespace, name)) {
            yield { where: `${resource} ${namespace}/${name}`, text: JSON.stringify(object) };
          }
        }
      }
    },
  };
}

/** The Secrets where credentials belong: a lane's own, and the one by which Argo CD knows a customer's cluster. */
function isHome(namespace: string, name: string): boolean {
  return namespace === ARGOCD_NAMESPACE
    ? name.startsWith(clusterSecretName(""))
    : name === CREDENTIAL_SECRET && namespace.startsWith(laneNamespace(""));
}

interface PodObject extends ListedObject {
  readonly spec: {
    readonly containers: readonly { readonly name: string }[];
    readonly initContainers?: readonly { readonly name: string }[];
  };
}

/** The logs of every container in the central cluster: runners, Argo's own containers, the controller. */
export function allLogs(api: Api): Place {
  return {
    name: "logs of the central cluster's pods",
    texts: async function* (): AsyncIterable<PlaceText> {
      const { items } = await api.get<{ items: readonly PodObject[] }>("/api/v1/pods");
      for (const { metadata, spec } of items) {
        const base = `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;
        for (const { name } of [...(spec.initContainers ?? []), ...spec.containers]) {
          const answer = await api.call({ method: "GET", path: `${base}/log?container=${name}`, plain: true });
          // A container that has not started, or a pod that is gone by now, has none.
          if (answer.status !== 200 && answer.status !== 400 && answer.status !== 404) {
            throw new Error(`the log of ${metadata.namespace}/${metadata.name} ${name}: ${messageOf(answer)}`);
          }
          yield { where: `log of ${metadata.namespace}/${metadata.name} ${name}`, text: String(answer.body) };
        }
      }
    },
  };
}
