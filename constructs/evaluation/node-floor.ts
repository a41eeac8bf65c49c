import { mistake } from "../definition/problem.ts";

/** The first Node whose permissions can confine a customer file: `engines` in package.json has the same version. */
const FLOOR = [22, 19] as const;

/** @throws UserError where Node is too old to evaluate customer files */
export function requireNode(version = process.versions.node): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > FLOOR[0] || (major === FLOOR[0] && minor >= FLOOR[1])) {
    return;
  }
  throw mistake(
    `Node: received ${version}`,
    `${FLOOR.join(".")} or newer: customer files are evaluated without rights, which older ones cannot take away`,
    "npm ci, which brings the pinned Node with the packages; npm run and npx then use it",
  );
}
