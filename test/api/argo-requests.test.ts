import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { images } from "../../constructs/definition/images.ts";
import { ARGO_CONTROLLER } from "../boundary/argo-pod.ts";
import { edited } from "../boundary/object-edit.ts";
import { until } from "../farm/wait.ts";
import { type Answer, messageOf } from "../support/api.ts";
import { type ArgoRequest, EXECUTOR_IMAGE, RUNNER_IMAGE, recordedNight } from "../support/argo-requests.ts";
import { GuardedCluster } from "./admission-support.ts";

/**
 * What Argo really sends in a scheduled night, recorded in the farm by `test/support/record-argo-requests.ts`, is let
 * through by every policy that we ship: a guard that blocks the main path fails here, before a farm is started.
 */
const recorded = recordedNight();
let cluster: GuardedCluster;

beforeAll(async () => {
  cluster = await GuardedCluster.start();
});

afterAll(async () => {
  await cluster?.stop();
});

describe("a scheduled night as Argo sends it", () => {
  test("is in the record with each of its parts", () => {
    const kinds = new Set(recorded.requests.map(({ as, verb, resource }) => `${as.user} ${verb} ${resource}`));
    const executor = `system:serviceaccount:${recorded.namespace}:executor`;
    const ofController = [
      "create workflows",
      "update workflows",
      "patch cronworkflows",
      "create pods",
      "create pods/exec",
    ];
    for (const kind of ofController) {
      expect(kinds).toContain(`${ARGO_CONTROLLER.user} ${kind}`);
    }
    expect(kinds).toContain(`${executor} create workflowtaskresults`);
    const scheduled = recorded.requests.find(({ verb, resource }) => verb === "create" && resource === "workflows");
    expect(scheduled?.body).toHaveProperty("status.storedTemplates");
  });

  test("passes every policy, request by request", async () => {
    const refused: string[] = [];
    const uids = new Uids();
    uids.set(ownerOf(bodyOf("create workflows")), await scheduleUid());
    for (const request of recorded.requests) {
      const answer = await send(request, uids);
      const later = NAMED_LATER[`${request.verb} ${request.resource}`];
      if (later !== undefined && answer.status < 300) {
        uids.set(bodyOf(later).metadata?.uid, (answer.body as WithMetadata).metadata?.uid);
      }
      if (answer.status >= 300 && !(answer.status === 404 && isOfWhatIsNotHere(request))) {
        refused.push(`${request.as.user} ${request.verb} ${request.path}: ${messageOf(answer)}`);
      }
    }
    expect(refused).toEqual([]);
  });

  test("passes where the schedule is that of further nights, and not with a name that is none", async () => {
    const uids = new Uids();
    uids.set(ownerOf(bodyOf("create workflows")), await scheduleUid());
    const creation = recorded.requests.find(({ verb, resource }) => verb === "create" && resource === "workflows");
    if (creation === undefined) {
      throw new Error("the record has no creation of a night");
    }
    const started = async (pipeline: string, name = `night-${pipeline}-1774989000`) => {
      const body = furtherNight(bodyOf("create workflows"), pipeline, name);
      return await send({ ...creation, path: `${creation.path}?dryRun=All`, body }, uids);
    };
    expect((await started("month-end")).status).toBe(201);
    for (const pipeline of ["Month-End", "month--end", "2-night", "x_y"]) {
      expect((await started(pipeline)).status, pipeline).toBeGreaterThanOrEqual(400);
    }
    expect(messageOf(await started("month-end", "night-1774989000"))).toContain("status with storedTemplates");
  });

  test("is refused at once where the policy makes no exception for schedules", async () => {
    const path = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/nightlane-workflow-creation";
    const policy = await cluster.api.get<Policy>(path);
    const validations = policy.spec.validations.map((validation) =>
      validation.expression.includes("storedTemplates")
        ? { ...validation, expression: validation.expression.replace(/ \|\| \(.*$/s, "") }
        : validation,
    );
    expect(validations).not.toEqual(policy.spec.validations);
    const body = { ...policy, spec: { ...policy.spec, validations } };
    expect(await cluster.api.call({ method: "PUT", path, body })).toMatchObject({ status: 200 });

    const creation = recorded.requests.find(({ verb, resource }) => verb === "create" && resource === "workflows");
    if (creation === undefined) {
      throw new Error("the record has no creation of a night");
    }
    const uids = new Uids();
    uids.set(ownerOf(bodyOf("create workflows")), await scheduleUid());
    // It is there already: until the policy has changed, that is what the API server says.
    await until({ what: "the night of a schedule is refused", limitSeconds: 120 }, async () => {
      return messageOf(await send({ ...creation, path: `${creation.path}?dryRun=All` }, uids)).includes(
        "status with storedTemplates",
      );
    });
  });
});

interface Policy {
  readonly spec: { readonly validations: readonly { readonly expression: string }[] };
}

/** The recorded night as the schedule of further nights would start it. */
function furtherNight(recordedBody: object, pipeline: string, name: string): object {
  const night = recordedBody as { readonly spec: { readonly workflowTemplateRef: { readonly name: string } } };
  const template = night.spec.workflowTemplateRef.name;
  const text = JSON.stringify(night).replaceAll(template, template.replace("night", `night-${pipeline}`));
  const named = edited(JSON.parse(text) as object, "metadata.name", name);
  return edited(named, "metadata.ownerReferences.0.name", `night-${pipeline}`);
}

/** Requests whose object a later one names by its UID. */
const NAMED_LATER: Readonly<Record<string, string>> = {
  "create workflows": "update workflows",
  "create pods": "create pods/binding",
};

/**
 * What a request removes or enters may not be there: its pods never ran here. A policy answers before that is found
 * out.
 */
function isOfWhatIsNotHere({ verb, resource }: ArgoRequest): boolean {
  return verb.startsWith("delete") || resource.endsWith("/exec");
}

/** Sends a recorded request in the original sender's name. An update is one of the object as it is here. */
async function send({ as, verb, path, body }: ArgoRequest, uids: Uids): Promise<Answer> {
  const method = (
    { create: "POST", update: "PUT", patch: "PATCH", delete: "DELETE", deletecollection: "DELETE" } as const
  )[verb];
  const sent = body === undefined ? undefined : uids.putInto(withImages(body));
  const current = verb === "update" ? await cluster.api.call({ method: "GET", path }) : undefined;
  return cluster.api.call({
    method,
    path,
    as,
    ...(path.includes("/exec?") ? { upgrade: "SPDY/3.1" } : {}),
    ...(sent === undefined ? {} : { body: current === undefined ? sent : withVersionOf(current, sent) }),
  });
}

function withImages(body: object): object {
  const { runner, argoExecutor } = images();
  return JSON.parse(JSON.stringify(body).replaceAll(RUNNER_IMAGE, runner).replaceAll(EXECUTOR_IMAGE, argoExecutor));
}

interface WithMetadata {
  readonly metadata?: {
    readonly resourceVersion?: string;
    readonly uid?: string;
    readonly ownerReferences?: readonly { readonly uid: string }[];
  };
}

/**
 * UIDs of the record and those that the same objects have here: what belongs to an unknown one is collected at once.
 */
class Uids {
  private readonly here = new Map<string, string>();

  set(recorded: string | undefined, here: string | undefined): void {
    if (recorded === undefined || here === undefined) {
      throw new Error("an object of the record has no UID");
    }
    this.here.set(recorded, here);
  }

  putInto(body: object): object {
    const text = [...this.here].reduce((all, [recorded, here]) => all.replaceAll(recorded, here), JSON.stringify(body));
    return JSON.parse(text);
  }
}

/** The body of the recorded request of a kind. */
function bodyOf(kind: string): WithMetadata {
  const found = recorded.requests.find(({ verb, resource }) => `${verb} ${resource}` === kind)?.body;
  if (found === undefined) {
    throw new Error(`the record has no ${kind}`);
  }
  return found as WithMetadata;
}

function ownerOf({ metadata }: WithMetadata): string | undefined {
  return metadata?.ownerReferences?.[0]?.uid;
}

async function scheduleUid(): Promise<string | undefined> {
  const path = `/apis/argoproj.io/v1alpha1/namespaces/${recorded.namespace}/cronworkflows/night`;
  return (await cluster.api.get<WithMetadata>(path)).metadata?.uid;
}

function withVersionOf(current: Answer, sent: object): object {
  const { resourceVersion, uid } = (current.body as WithMetadata).metadata ?? {};
  return { ...sent, metadata: { ...(sent as WithMetadata).metadata, resourceVersion, uid } };
}
