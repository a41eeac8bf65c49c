import { type AdmissionPolicyProps, CORE } from "./admission-policy.ts";
import { FROM_ARGO } from "./identities.ts";

/**
 * Nobody gets into a lane's pod, where the credential is a file: no exec, attach, port forwarding, proxy, debug
 * container or resize. Argo sends its signals through exec, so its controller may. Holds for administrators too; one who
 * must look inside deletes the binding first, which the audit log shows.
 */
export const POD_ACCESS: AdmissionPolicyProps = {
  name: "nightlane-pod-access",
  rules: [
    { ...CORE, resources: ["pods/exec", "pods/attach", "pods/portforward", "pods/proxy"], operations: ["CONNECT"] },
    { ...CORE, resources: ["pods/ephemeralcontainers", "pods/resize"], operations: ["UPDATE"] },
  ],
  validations: [
    {
      expression: `${FROM_ARGO} && request.subResource == 'exec'`,
      received: "request.subResource + ' from ' + request.userInfo.username",
      rule: "only the Argo controller, which sends its signals through exec, gets into a lane's pod: the pod contains the credential",
      fix: "read the step's log with `nightlane logs`",
    },
  ],
};
