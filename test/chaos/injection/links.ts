import type { Sandbox } from "../../farm/sandbox.ts";

/** Limits what a cluster sends to others to so many megabits per second. @returns a function that undoes it */
export async function slowLink(sandbox: Sandbox, megabits: number): Promise<() => Promise<void>> {
  const shape = ["tbf", "rate", `${megabits}mbit`, "burst", "64kb", "latency", "400ms"];
  await sandbox.run("tc", ["qdisc", "replace", "dev", "eth0", "root", ...shape]);
  return async () => {
    await sandbox.run("tc", ["qdisc", "del", "dev", "eth0", "root"]);
  };
}
