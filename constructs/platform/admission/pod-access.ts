import { Construct } from "constructs";
import { AdmissionPolicy } from "./admission-policy.ts";
import { FROM_ARGO } from "./identities.ts";

/**
 * Nobody gets into a lane's pod, where the credential lies as a file: no exec, attach, port forwarding, proxy, debug
 * container or resize. Argo sends its signals through exec, so its controller may. Holds for administrators too; who must
 * look inside deletes the binding first, which the audit log shows.
 */
export class PodAccess extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AdmissionPolicy(this, "policy", {
      name: "nightlane-pod-access",
      rules: [
        {
          apiGroup: "",
          apiVersion: "v1",
          resources: ["pods/exec", "pods/attach", "pods/portforward", "pods/proxy"],
          operations: ["CONNECT"],
        },
        {
          apiGroup: "",
          apiVersion: "v1",
          resources: ["pods/ephemeralcontainers", "pods/resize"],
          operations: ["UPDATE"],
        },
      ],
      validations: [
        {
          expression: `${FROM_ARGO} && request.subResource == 'exec'`,
          received: "request.subResource + ' from ' + request.userInfo.username",
          rule: "nobody but the Argo controller, which signals through exec, gets into a lane's pod: the credential lies in it",
          fix: "read the step's log with `nightlane logs`",
        },
      ],
    });
  }
}
