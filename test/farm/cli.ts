import { existsSync } from "node:fs";
import { Command, Option } from "commander";
import { runCli } from "../../constructs/definition/run-cli.ts";
import { startApiServer } from "./api-server.ts";
import { FarmPulumi } from "./deploy/farm-pulumi.ts";
import { exportLines, farmEnvironment } from "./environment.ts";
import { Farm } from "./farm.ts";
import { FarmPaths, farmRoot } from "./paths.ts";
import type { NodeCount } from "./plan.ts";
import { progressOn } from "./progress.ts";
import { type ClusterStatus, farmStatus, statusTable } from "./status.ts";

const program = new Command("farm").description(
  "The local farm: a central cluster and one cluster for each file in customers/, with real nodes, on this machine.",
);

program
  .command("up")
  .description("make the farm, or repair what is missing of it")
  .addOption(
    new Option("--central-nodes <number>", "nodes of the central cluster; a second one can join later")
      .choices(["1", "2"])
      .default("1"),
  )
  .addOption(
    new Option("--customer-nodes <number>", "nodes of each customer's cluster; a second one can join later")
      .choices(["1", "2"])
      .default("1"),
  )
  .action(async (options: { readonly centralNodes: "1" | "2"; readonly customerNodes: "1" | "2" }) => {
    const count = (nodes: "1" | "2"): NodeCount => (nodes === "2" ? 2 : 1);
    const { centralNodes, customerNodes } = options;
    await new Farm(progressOn(process.stderr)).up({ central: count(centralNodes), customer: count(customerNodes) });
    printTable(await status());
  });

program
  .command("add")
  .argument("<customer>", "name of a file in customers/")
  .description("add a customer's cluster to the running farm")
  .action(async (customer: string) => {
    await new Farm(progressOn(process.stderr)).add(customer);
    printTable(await status());
  });

program
  .command("remove")
  .argument("<customer>", "name of the customer; its file may be gone")
  .description("end a customer's cluster; destroy its stack first")
  .action(async (customer: string) => {
    await new Farm(progressOn(process.stderr)).remove(customer);
    printTable(await status());
  });

program
  .command("down")
  .option("--purge", "remove the unpacked images too; the next start then takes longer")
  .description("end the farm and leave nothing of it running")
  .action(async ({ purge }: { readonly purge?: true }) => {
    await new Farm(progressOn(process.stderr)).down(purge ?? false);
  });

program
  .command("status")
  .option("--json", "for programs")
  .description("show every cluster; exit code 1 unless all are ready")
  .action(async ({ json }: { readonly json?: true }) => {
    const clusters = await status();
    const isWell = clusters.length > 0 && clusters.every(({ api, node, ended }) => api && node && ended.length === 0);
    if (!isWell) {
      process.exitCode = 1;
    }
    if (json) {
      process.stdout.write(`${JSON.stringify(clusters, null, 2)}\n`);
    } else {
      printTable(clusters);
    }
  });

program
  .command("env")
  .argument("[customer]", "also print what this customer's deployment needs")
  .description('print shell variables for working on the farm: eval "$(farm env)"')
  .action(async (customer?: string) => {
    const paths = new FarmPaths(farmRoot());
    const { pulumi } = await FarmPulumi.of(paths, progressOn(process.stderr));
    await pulumi.ensureStack(customer ?? "platform");
    const variables = {
      ...pulumi.settings,
      PULUMI_CONFIG_PASSPHRASE_FILE: await pulumi.passphraseFile(customer ?? "platform"),
      ...(await farmEnvironment(paths, customer)),
    };
    process.stdout.write(`${exportLines(variables, [paths.programs, ...pulumi.programs])}\n`);
  });

program
  .command("api-server")
  .requiredOption("--dir <folder>", "where its files are kept")
  .description("run a bare API server until standard input closes; prints its kubeconfig as JSON when it is ready")
  .action(async ({ dir }: { readonly dir: string }) => {
    const server = await startApiServer({ dir, reporter: progressOn(process.stderr) });
    process.stdout.write(`${JSON.stringify({ kubeconfig: server.kubeconfig })}\n`);
    await endOfService();
    await server.stop();
  });

async function status(): Promise<readonly ClusterStatus[]> {
  return farmStatus(new FarmPaths(farmRoot()));
}

function printTable(clusters: readonly ClusterStatus[]): void {
  process.stdout.write(
    clusters.length === 0 ? "No farm runs here. Start it: make farm-up\n" : `${statusTable(clusters, new Date())}\n`,
  );
}

/**
 * Resolves when this process is asked to end: by a signal, or by closing its standard input, as an ending parent does.
 */
async function endOfService(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      process.once(signal, () => resolve());
    }
    process.stdin.once("end", resolve).once("close", resolve).resume();
  });
  // An input that stays open would keep this process from ending.
  process.stdin.destroy();
}

// Variables of a farm that is gone must not prevent customer files from being read.
if (process.env.NIGHTLANE_IMAGES !== undefined && !existsSync(process.env.NIGHTLANE_IMAGES)) {
  delete process.env.NIGHTLANE_IMAGES;
}
await runCli(() => program.parseAsync());
