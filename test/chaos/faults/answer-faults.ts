import { copyFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { NIGHTLANE_SERVICE_ACCOUNT } from "../../../constructs/customer-side/customer-side.ts";
import { replaceAuthority } from "../injection/authority.ts";
import { endingCredential } from "../injection/ending-credential.ts";
import { refuseWithTooMany } from "../injection/throttle.ts";
import type { Site } from "../site/site.ts";
import { allComputing, type Fault, releaseAll } from "./fault.ts";

/** How long the role permits nothing: the time that somebody needs to fix it. */
const FORBIDDEN_SECONDS = 120;

/** Longer than a runner waits before it reports. */
const THROTTLED_SECONDS = 165;

/** Together with the minute that the API server grants, enough for the driver to start on a busy machine. */
const TOKEN_SECONDS = 120;

/** How long nobody notices that it has ended. */
const ENDED_SECONDS = 165;

/** The customer's API server answers, but with refusals. */
export const answerFaults: readonly Fault[] = [
  {
    name: "permissions-missing",
    what: `403: Nightlane's role permits nothing for ${FORBIDDEN_SECONDS / 60} minutes, in which the driver ends`,
    alone: true,
    inject: async ({ site, nights, moment }) => {
      await allComputing(nights);
      await moment();
      const restore = await emptyRoles(site);
      try {
        await releaseAll(nights);
        await delay(FORBIDDEN_SECONDS * 1000);
      } finally {
        await restore();
      }
      return undefined;
    },
  },
  {
    name: "throttled",
    what: `429: the API server has no room for Nightlane's requests for ${THROTTLED_SECONDS} s, in which the driver ends`,
    told: "unreachable",
    alone: true,
    inject: async ({ site, nights, moment }) => {
      await allComputing(nights);
      await moment();
      const restore = await refuseWithTooMany(site);
      try {
        await releaseAll(nights);
        await delay(THROTTLED_SECONDS * 1000);
      } finally {
        await restore();
      }
      return undefined;
    },
  },
  {
    name: "authority-replaced",
    what: "the API server shows a certificate of a new authority, which the kubeconfig has a minute later",
    alone: true,
    inject: async ({ site, nights, moment }) => {
      const { pulumi, customer, credential } = site;
      await allComputing(nights);
      await moment();
      const { authority, restore } = await replaceAuthority(site);
      await releaseAll(nights);
      await delay(60_000);
      const { authority: file } = site.paths.customer(customer.name);
      const old = `${file}.old`;
      await copyFile(file, old);
      await copyFile(authority, file);
      await credential.issue();
      await pulumi.up(customer.name);
      return async () => {
        await copyFile(old, file);
        await restore();
        await credential.issue();
        await pulumi.up(customer.name);
      };
    },
  },
  {
    name: "token-ended",
    what: `the credential's token ends while the driver computes, and is renewed ${ENDED_SECONDS} s later`,
    told: "credential",
    alone: true,
    inject: async ({ site, nights, moment }) => {
      const ended = await endingCredential(site, TOKEN_SECONDS);
      await allComputing(nights);
      await ended();
      await moment();
      await releaseAll(nights);
      await delay(ENDED_SECONDS * 1000);
      const withdraw = await site.credential.issue();
      await site.pulumi.up(site.customer.name);
      return withdraw;
    },
  },
];

interface Role {
  readonly rules: readonly unknown[];
}

/** Empties the roles by which the nights work in the customer's cluster; the second one is plain Argo's. */
async function emptyRoles(site: Site): Promise<() => Promise<void>> {
  const restores = await Promise.all([NIGHTLANE_SERVICE_ACCOUNT, "argo-baseline"].map((name) => emptyRole(site, name)));
  return async () => {
    for (const restore of restores) {
      await restore();
    }
  };
}

async function emptyRole({ remoteApi, namespace }: Site, name: string): Promise<() => Promise<void>> {
  const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles/${name}`;
  const found = await remoteApi.call({ method: "GET", path });
  if (found.status === 404) {
    return async () => {};
  }
  const { rules } = found.body as Role;
  const set = async (own: readonly unknown[]): Promise<void> => {
    const { status } = await remoteApi.call({ method: "PATCH", path, body: { rules: own } });
    if (status !== 200) {
      throw new Error(`PATCH ${path} answered ${status}`);
    }
  };
  await set([]);
  return () => set(rules);
}
