import { spawn } from "node:child_process";
import { once } from "node:events";
import type { KubeConfig } from "@kubernetes/client-node";
import type { Output } from "../output.ts";
import { PageDoor } from "../ui/page-door.ts";
import { PagePasses } from "../ui/page-passes.ts";
import { PageUpstream } from "../ui/page-upstream.ts";

/** How the page is opened. */
export interface UiOptions {
  /** Whose nights; of all customers where none is named. */
  readonly customers: readonly string[];
  /** Port on this machine; 0 for a free one. */
  readonly port: number;
  /** Whether a browser is started. */
  readonly browser: boolean;
  readonly timeoutSeconds: number;
  /** Ends it. @default - it goes on until it is interrupted */
  readonly stop?: AbortSignal;
}

/** A self-contained copy of the page: the nights as they are now, for a report. */
export async function copyOfPage(
  config: KubeConfig,
  { customers, timeoutSeconds }: Pick<UiOptions, "customers" | "timeoutSeconds">,
): Promise<string> {
  const passes = new PagePasses(config, customers, { timeoutSeconds });
  return new PageUpstream(config, passes).text("/export");
}

/** Serves nightwatch's page to a browser on this machine until the person ends the command. */
export async function ui(config: KubeConfig, options: UiOptions, output: Output): Promise<void> {
  const { customers, port, browser, timeoutSeconds } = options;
  const passes = new PagePasses(config, customers, { timeoutSeconds, note: output.note });
  // A person without the right to look learns it now, and not from an empty page.
  await passes.passes();
  const door = await PageDoor.open(new PageUpstream(config, passes), port, output.note);
  const { address } = door;
  output.show(
    "Page",
    { address },
    () => `${address}\nIt is yours alone, and open until you end this command (Ctrl-C).`,
  );
  if (browser) {
    openBrowser(address, output);
  }
  await untilStopped(options.stop);
  await door.close();
}

async function untilStopped(stop: AbortSignal | undefined): Promise<void> {
  const ended = new AbortController();
  const end = (): void => ended.abort();
  process.once("SIGINT", end).once("SIGTERM", end);
  const signal = AbortSignal.any(stop === undefined ? [ended.signal] : [ended.signal, stop]);
  if (!signal.aborted) {
    await once(signal, "abort");
  }
  process.off("SIGINT", end).off("SIGTERM", end);
}

/** The address with its key is briefly visible as an argument: on a machine with other users, use --no-browser. */
function openBrowser(address: string, output: Output): void {
  const opener = process.platform === "darwin" ? "open" : "xdg-open";
  const child = spawn(opener, [address], { stdio: "ignore", detached: true });
  child.once("error", () => output.note(`no browser was started (${opener} is missing): open the address yourself`));
  child.unref();
}
