/** How a try of the runner ended; `runs/contract.json` holds it to the runner's own list, which says more of each. */
export const RUNNER_EXIT = {
  DONE: 0,
  /** The work itself failed. */
  APPLICATION: 10,
  /** Something around the work failed. */
  INFRASTRUCTURE: 20,
  /** It ended to report a trouble, or its end. */
  REPORT: 21,
  /** Nobody can say what became of the work. */
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

/** What the kernel or the kubelet leaves of a runner that was killed without a word. */
export const KILLED = 137;
