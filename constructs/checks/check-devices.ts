import { type Problem, received } from "../definition/problem.ts";
import { isDnsName } from "../kubernetes/names.ts";
import { DEVICE, type Properties } from "../night/devices.ts";

/** Spark's properties for each kind of device, and what each must be. */
const OF_EACH = [
  ["executor", "amount", "a whole number of devices for each executor", "1"],
  ["executor", "vendor", "the domain under which Kubernetes lists them", "nvidia.com"],
  [
    "executor",
    "discoveryScript",
    "the absolute path of a program in the image that discovers them",
    "/opt/spark/gpus.sh",
  ],
  ["task", "amount", "how many a task uses, or what fraction of one: no more than its executor has", "1"],
] as const;

/** A custom plugin discovers the devices of all kinds. */
const PLUGIN = "spark.resources.discoveryPlugin";

/**
 * Devices of executors, GPUs for instance. Spark requests them from Kubernetes and assigns them to tasks if all
 * properties are set; with only some of them it fails at its start, or at the start of its executors.
 */
export function checkDevices(conf: Properties = {}): readonly Problem[] {
  const found = Object.keys(conf).flatMap((name) => {
    const [, of, device, what] = DEVICE.exec(name) ?? [];
    return of === undefined || device === undefined || what === undefined ? [] : [{ name, of, device, what }];
  });
  const unknown = found.filter(({ of, what }) => !OF_EACH.some(([one, known]) => one === of && known === what));
  return [
    ...unknown.map(({ name, of }) => ({
      property: `conf[${received(name)}]`,
      received: received(conf[name]),
      rule: "one of Spark's device properties: amount, vendor and discoveryScript, and a task's amount",
      fix: `write for instance "spark.${of}.resource.gpu.amount"`,
    })),
    ...[...new Set(found.map(({ device }) => device))].flatMap((device) => checkDevice(conf, device)),
  ];
}

function checkDevice(conf: Properties, device: string): readonly Problem[] {
  const most = Number(conf[`spark.executor.resource.${device}.amount`]);
  return OF_EACH.flatMap(([of, what, rule, example]) => {
    const name = `spark.${of}.resource.${device}.${what}`;
    if ((what === "discoveryScript" && conf[PLUGIN] !== undefined) || isRight(of, what, conf[name], most)) {
      return [];
    }
    return [
      {
        property: `conf[${received(name)}]`,
        received: received(conf[name]),
        rule: `${rule}: all four properties of a device belong together`,
        fix: `write for instance "${example}"`,
      },
    ];
  });
}

function isRight(of: "executor" | "task", what: string, value: string | undefined, most: number): boolean {
  if (value === undefined) {
    return false;
  }
  switch (what) {
    case "vendor":
      return isDnsName(value);
    case "discoveryScript":
      return /^\/[^\s\p{C}]+$/u.test(value);
    default:
      return of === "executor" ? /^[1-9]\d{0,2}$/.test(value) : isShare(value, most);
  }
}

/** Several tasks share a device where each uses at most half of it. */
function isShare(value: string, most: number): boolean {
  const amount = /^\d+(\.\d+)?$/.test(value) ? Number(value) : 0;
  return amount > 0 && !(amount > most) && (amount <= 0.5 || Number.isInteger(amount));
}
