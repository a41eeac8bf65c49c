import { createPrivateKey, sign } from "node:crypto";
import { readFile } from "node:fs/promises";
import { NIGHTLANE_SERVICE_ACCOUNT } from "../../../constructs/customer-side/customer-side.ts";
import { CREDENTIAL_SECRET } from "../../../constructs/lane/credential-secret.ts";
import { renderKubeconfig } from "../../farm/kubeconfig.ts";
import { Pki } from "../../farm/pki.ts";
import { customerClusterId } from "../../farm/plan.ts";
import { until } from "../../farm/wait.ts";
import type { Site } from "../site/site.ts";

/**
 * Puts a kubeconfig into the lane whose token ends soon, signed with the cluster's own key: the API server issues none
 * that ends within ten minutes, and no deployment accepts one that ends within days. It stands for a token that was
 * good when it was deployed a year ago.
 * @returns a function that waits until it has ended
 */
export async function endingCredential(site: Site, seconds: number): Promise<() => Promise<void>> {
  const { namespace, customer, paths, central, laneOf, remoteApi } = site;
  const name = NIGHTLANE_SERVICE_ACCOUNT;
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}`;
  const { metadata } = await remoteApi.get<{ readonly metadata: { readonly uid: string } }>(path);
  const now = Math.floor(Date.now() / 1000);
  const end = now + seconds;
  const token = await signed(site, {
    iss: "https://kubernetes.default.svc",
    aud: ["https://kubernetes.default.svc"],
    sub: `system:serviceaccount:${namespace}:${name}`,
    iat: now,
    nbf: now,
    exp: end,
    "kubernetes.io": { namespace, serviceaccount: { name, uid: metadata.uid } },
  });
  const kubeconfig = renderKubeconfig({
    cluster: customer.name,
    server: customer.cluster.server,
    authorityPem: await readFile(paths.customer(customer.name).authority, "utf8"),
    user: name,
    identity: { token },
    namespace,
  });
  const { status } = await central.call({
    method: "PATCH",
    path: `/api/v1/namespaces/${laneOf.namespace}/secrets/${CREDENTIAL_SECRET}`,
    body: { data: { kubeconfig: Buffer.from(kubeconfig).toString("base64") } },
  });
  if (status !== 200) {
    throw new Error(`the lane's credential could not be replaced: ${status}`);
  }
  // The API server grants a minute more, and remembers for ten seconds what it has accepted.
  return async () => {
    const own = remoteApi.withToken(token);
    const path = `/api/v1/namespaces/${namespace}/pods`;
    const options = { what: "the token has ended", limitSeconds: seconds + 120, everyMilliseconds: 2000 };
    await until(options, async () => (await own.call({ method: "GET", path })).status === 401);
    own.close();
  };
}

async function signed({ paths, customer }: Site, claims: unknown): Promise<string> {
  const { pki } = paths.cluster(customerClusterId(customer.name));
  const { serviceAccounts } = await Pki.open(pki, customer.name);
  const key = createPrivateKey(await readFile(serviceAccounts.privateKey));
  const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString("base64url");
  const text = `${encode({ alg: "ES256", typ: "JWT" })}.${encode(claims)}`;
  const signature = sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" });
  return `${text}.${signature.toString("base64url")}`;
}
