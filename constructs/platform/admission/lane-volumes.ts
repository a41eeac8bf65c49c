import { CREDENTIAL_SECRET } from "../../lane/credential-secret.ts";
import { RESULTS_CLAIM } from "../../lane/results-volume.ts";
import { EXECUTOR_SERVICE_ACCOUNT } from "../../lane/workflow-rbac.ts";
import { quoted } from "./cel.ts";

/** Name of the Secret with the executor's token, as Argo wants it. */
export const EXECUTOR_TOKEN_SECRET = `${EXECUTOR_SERVICE_ACCOUNT}.service-account-token`;

/** CEL over a volume `v`: one of those every runner has. No host path, no projected token, no other Secret. */
export const RUNNER_VOLUME = [
  "has(v.emptyDir)",
  "has(v.downwardAPI)",
  `(has(v.secret) && v.secret.?secretName.orValue('') == ${quoted(CREDENTIAL_SECRET)})`,
  `(has(v.persistentVolumeClaim) && v.persistentVolumeClaim.claimName == ${quoted(RESULTS_CLAIM)})`,
].join(" || ");

/** CEL over a volume `v`: the executor's token. */
export const EXECUTOR_TOKEN_VOLUME = `has(v.secret) && v.secret.?secretName.orValue('') == ${quoted(EXECUTOR_TOKEN_SECRET)}`;
