import { CREDENTIAL_SECRET, CREDENTIALS_VOLUME } from "../../lane/credential-secret.ts";
import { AUDIENCE_PREFIX, FEDERATED_TOKEN_LIFE } from "../../lane/federation.ts";
import { RESULTS_CLAIM } from "../../lane/results-volume.ts";
import { SERVER_ADDRESSES } from "../../lane/server-addresses.ts";
import { TOKEN_LIFE, TOKEN_VOLUME } from "../../workflow/pod-patch.ts";
import { quoted } from "./cel.ts";

/** CEL over a source `s` of a projected volume: the lane's credential, or a token for this lane's customer and nobody else. */
const FEDERATED_SOURCE = [
  `(has(s.secret) && s.secret.?name.orValue('') == ${quoted(CREDENTIAL_SECRET)})`,
  `(has(s.serviceAccountToken) && s.serviceAccountToken.?audience.orValue('') == ${quoted(AUDIENCE_PREFIX)} + request.namespace && s.serviceAccountToken.?expirationSeconds.orValue(${FEDERATED_TOKEN_LIFE.toSeconds()}) <= ${FEDERATED_TOKEN_LIFE.toSeconds()})`,
].join(" || ");

/** CEL over a volume `v`: one of those every runner has. No host path, no other token, no other Secret or ConfigMap. */
export const RUNNER_VOLUME = [
  "has(v.emptyDir)",
  "has(v.downwardAPI)",
  `(has(v.secret) && v.secret.?secretName.orValue('') == ${quoted(CREDENTIAL_SECRET)})`,
  `(v.name == ${quoted(CREDENTIALS_VOLUME)} && has(v.projected) && v.projected.?sources.orValue([]).all(s, !has(s.configMap) && !has(s.downwardAPI) && !has(s.clusterTrustBundle) && (${FEDERATED_SOURCE})))`,
  `(has(v.configMap) && v.configMap.?name.orValue('') == ${quoted(SERVER_ADDRESSES)})`,
  `(has(v.persistentVolumeClaim) && v.persistentVolumeClaim.claimName == ${quoted(RESULTS_CLAIM)})`,
].join(" || ");

/** What {@link RUNNER_VOLUME} means to a person. */
export const RUNNER_VOLUMES_RULE =
  "a runner's volumes are the lane's credential or token for its customer, its server's addresses, its results, the downward API and scratch space";

/** CEL over a source `s` of a projected volume: the pod's own token, for the API server and for a short time. */
const OWN_TOKEN = `(has(s.serviceAccountToken) && s.serviceAccountToken.?audience.orValue('') == '' && s.serviceAccountToken.?expirationSeconds.orValue(0) <= ${TOKEN_LIFE.toSeconds()})`;

/** CEL over a volume `v`: the token of the pod itself, with the authority that it needs. No Secret. */
export const EXECUTOR_TOKEN_VOLUME = [
  `v.name == ${quoted(TOKEN_VOLUME)}`,
  "has(v.projected)",
  `v.projected.?sources.orValue([]).all(s, !has(s.secret) && !has(s.clusterTrustBundle) && (has(s.downwardAPI) || ${OWN_TOKEN} || (has(s.configMap) && s.configMap.?name.orValue('') == 'kube-root-ca.crt')))`,
].join(" && ");
