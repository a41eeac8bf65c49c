/** CPU in thousandths of a core, memory and scratch space in MiB. */
interface Amounts {
  readonly cpu: number;
  readonly memory: number;
  readonly storage: number;
}

/** What a container requests and may use at most. */
export interface ContainerNeeds {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

/**
 * A runner. It mostly waits: with 29 MiB for a Job, with 32 for a command or a copy, and with 79 where the server is older
 * than Kubernetes 1.30 and kubectl has to enter the container.
 */
export const RUNNER_NEEDS: ContainerNeeds = {
  requests: { cpu: 20, memory: 64, storage: 64 },
  limits: { cpu: 1000, memory: 256, storage: 1024 },
};

/**
 * Each of Argo's own containers beside it; also the default of a container without sizes, so that no quota refuses it.
 */
export const EXECUTOR_NEEDS: ContainerNeeds = {
  requests: { cpu: 10, memory: 32, storage: 32 },
  limits: { cpu: 500, memory: 256, storage: 1024 },
};

/** The pod of a runner: Argo puts an init and a wait container beside it. */
export const RUNNER_POD_NEEDS: ContainerNeeds = sum([RUNNER_NEEDS, EXECUTOR_NEEDS, EXECUTOR_NEEDS]);

/** As Kubernetes writes it. */
export function quantities({ cpu, memory, storage }: Amounts): {
  readonly cpu: string;
  readonly memory: string;
  readonly "ephemeral-storage": string;
} {
  return { cpu: `${cpu}m`, memory: `${memory}Mi`, "ephemeral-storage": `${storage}Mi` };
}

/** The `resources` of a container. */
export function resourcesOf({ requests, limits }: ContainerNeeds): {
  readonly requests: ReturnType<typeof quantities>;
  readonly limits: ReturnType<typeof quantities>;
} {
  return { requests: quantities(requests), limits: quantities(limits) };
}

/** A multiple of it. */
export function times(count: number, { cpu, memory, storage }: Amounts): Amounts {
  return { cpu: count * cpu, memory: count * memory, storage: count * storage };
}

function sum(needs: readonly ContainerNeeds[]): ContainerNeeds {
  const total = (of: (need: ContainerNeeds) => Amounts): Amounts =>
    needs
      .map(of)
      .reduce((a, b) => ({ cpu: a.cpu + b.cpu, memory: a.memory + b.memory, storage: a.storage + b.storage }));
  return { requests: total((need) => need.requests), limits: total((need) => need.limits) };
}
