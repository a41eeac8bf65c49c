import type { Sandbox } from "../../farm/sandbox.ts";

/** Lets a cluster send no more than so many megabits in a second to others. @returns what undoes it */
export async function slowLink(sandbox: Sandbox, megabits: number): Promise<() => Promise<void>> {
  const shape = ["tbf", "rate", `${megabits}mbit`, "burst", "64kb", "latency", "400ms"];
  await sandbox.run("tc", ["qdisc", "replace", "dev", "eth0", "root", ...shape]);
  return async () => {
    await sandbox.run("tc", ["qdisc", "del", "dev", "eth0", "root"]);
  };
}
