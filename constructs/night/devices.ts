/** Spark properties by their names. */
export type Properties = Readonly<Record<string, string>>;

/** A property of the devices that executors have, GPUs for instance. */
export const DEVICE = /^spark\.(executor|task)\.resource\.([\w-]+)\.(.+)$/;

/** What Spark requests from Kubernetes for each executor: `nvidia.com/gpu`, and how many. */
export function executorDevices(conf: Properties = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(conf).flatMap(([name, amount]) => {
      const [, of, device, what] = DEVICE.exec(name) ?? [];
      return of === "executor" && what === "amount"
        ? [[`${conf[`spark.executor.resource.${device}.vendor`]}/${device}`, amount]]
        : [];
    }),
  );
}
