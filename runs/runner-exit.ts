/** How a try of the runner ended; `runs/contract.json` keeps this equal to the runner's own list, which explains each. */
export const RUNNER_EXIT = {
  DONE: 0,
  /** The work itself failed. */
  APPLICATION: 10,
  /** The work itself failed, in a way after which the customer's file wants another attempt. */
  AGAIN: 11,
  /** Something around the work failed. */
  INFRASTRUCTURE: 20,
  /** It ended to report a trouble, or the end of one. */
  REPORT: 21,
  /** The fate of the work is unknown. */
  LOST: 30,
  /** An operator ended it. */
  CANCELLED: 40,
  /** What it needs cannot be used. */
  BAD_INPUT: 50,
  /** Another workflow is this very run. */
  RUN_EXISTS: 60,
  /** The pod was evicted: the remote work goes on. */
  DETACHED: 143,
} as const;

/** Exit codes of a runner that was killed by the kernel or the kubelet. */
export const KILLED = 137;
