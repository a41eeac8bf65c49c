import { readFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { centralCluster } from "../../../constructs/checks/read-central.ts";
import { Ipv4Range } from "../../farm/ipv4.ts";
import { Pki } from "../../farm/pki.ts";
import { until } from "../../farm/wait.ts";
import type { Site } from "../site/site.ts";

/** A pod or a Job that is being created. */
export interface Created {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly containers?: readonly Readonly<Record<string, unknown>>[];
    readonly suspend?: boolean;
    readonly nodeName?: string;
  };
}

/** One change to it, as in a JSON Patch. */
export interface Change {
  readonly op: "add";
  readonly path: string;
  readonly value: unknown;
}

/** Which objects a webhook changes, and how. */
export interface WebhookProps {
  readonly name: string;
  readonly kind: "jobs" | "pods";
  /** Label of the objects that it changes. @default - it changes all of them */
  readonly label?: string;
  /** The changes to make; the creation waits for them. */
  change(created: Created): readonly Change[] | Promise<readonly Change[]>;
  /** Whether it never answers, so that the API server waits and then goes on without it. @default false */
  readonly silent?: boolean;
  /** Whether the API server already asks the webhook about a creation; tried until it does. */
  isAsked(site: Site): Promise<boolean>;
}

interface Review {
  readonly request: { readonly uid: string; readonly object: Created };
}

/** How long the API server waits for a silent webhook: less than its own clients wait for it. */
const WAIT_SECONDS = 20;

const PATH = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";

/**
 * Has the customer's API server ask a webhook on this machine about what is created in Nightlane's namespace.
 * @returns a function that removes it again
 */
export async function addWebhook(site: Site, props: WebhookProps): Promise<() => Promise<void>> {
  const { name } = props;
  const address = new Ipv4Range(centralCluster().nodeRange).at(1);
  const pki = await Pki.open(join(site.work, "webhook"), "webhooks");
  const files = await pki.certificate("webhook", { commonName: "webhook", serverNames: [`IP:${address}`] });
  const [cert, key] = await Promise.all([readFile(files.certificate), readFile(files.key)]);
  const server = createServer({ cert, key }, (request, answer) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (props.silent === true) {
        return;
      }
      const review = JSON.parse(Buffer.concat(chunks).toString()) as Review;
      void respond(review, props).then((response) => {
        answer.setHeader("content-type", "application/json");
        answer.end(JSON.stringify({ ...review, response }));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as AddressInfo;
  const remove = async (): Promise<void> => {
    await site.remoteApi.call({ method: "DELETE", path: `${PATH}/${name}` });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const body = configuration(site, props, `https://${address}:${port}/`, await readFile(pki.authority));
  const { status, body: said } = await site.remoteApi.call({ method: "POST", path: PATH, body });
  if (status !== 201) {
    await remove();
    throw new Error(`the webhook ${name} was refused: ${status} ${JSON.stringify(said)}`);
  }
  await until({ what: `the API server asks the webhook ${name}`, limitSeconds: 60 }, () => props.isAsked(site));
  return remove;
}

function configuration(
  site: Site,
  { name, kind, label, silent }: WebhookProps,
  url: string,
  authority: Buffer,
): unknown {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    metadata: { name },
    webhooks: [
      {
        name: `${name}.chaosbank.example`,
        clientConfig: { url, caBundle: authority.toString("base64") },
        rules: [
          {
            operations: ["CREATE"],
            apiGroups: [kind === "jobs" ? "batch" : ""],
            apiVersions: ["v1"],
            resources: [kind],
          },
        ],
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": site.namespace } },
        ...(label === undefined ? {} : { objectSelector: { matchExpressions: [{ key: label, operator: "Exists" }] } }),
        admissionReviewVersions: ["v1"],
        sideEffects: "None",
        ...(silent === true ? { failurePolicy: "Ignore", timeoutSeconds: WAIT_SECONDS } : {}),
      },
    ],
  };
}

/** Answers a review; an object that cannot be changed is refused, with the reason. */
async function respond({ request: { uid, object } }: Review, { change }: WebhookProps): Promise<unknown> {
  try {
    const patch = Buffer.from(JSON.stringify(await change(object))).toString("base64");
    return { uid, allowed: true, patchType: "JSONPatch", patch };
  } catch (error) {
    return { uid, allowed: false, status: { message: String(error) } };
  }
}
