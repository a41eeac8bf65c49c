/**
 * Pulumi's language host for Node programs, in the size the farm needs.
 *
 * The official host comes with the official CLI only; it is no module of any registry. The engine
 * starts this one as `pulumi-language-nodejs <engine address>`, reads a port from the first line of
 * stdout, and asks over gRPC to run programs. It supports what a project here needs: no plugin
 * discovery (the provider is on PATH), no code generation. With the official CLI it is not used.
 *
 * It is transpiled into one file beside the CLI, so it imports nothing but types: what it uses at run
 * time it takes from the project whose program it runs.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { handleUnaryCall } from "@grpc/grpc-js";
import type * as languageGrpc from "@pulumi/pulumi/proto/language_grpc_pb.js";
import type * as language from "@pulumi/pulumi/proto/language_pb.js";
import type * as plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import type { Empty } from "google-protobuf/google/protobuf/empty_pb.js";

/** Exit code by which the program's runner says that it has already told the user what is wrong. */
const EXIT_ALREADY_REPORTED = 32;

const engineAddress = process.argv.slice(2).findLast((argument) => !argument.startsWith("-"));
const projectRequire = createRequire(join(process.cwd(), "Pulumi.yaml"));
const sdkRequire = createRequire(resolveSdk());
const grpc: typeof import("@grpc/grpc-js") = sdkRequire("@grpc/grpc-js");
const { LanguageRuntimeService }: typeof languageGrpc = sdkRequire("./proto/language_grpc_pb.js");
const { AboutResponse, GetRequiredPackagesResponse, RunResponse }: typeof language =
  sdkRequire("./proto/language_pb.js");
const { PluginInfo }: typeof plugin = sdkRequire("./proto/plugin_pb.js");
const { Empty: EmptyMessage }: { Empty: typeof Empty } = sdkRequire("google-protobuf/google/protobuf/empty_pb.js");

const programs = new Set<ChildProcess>();

function resolveSdk(): string {
  try {
    return projectRequire.resolve("@pulumi/pulumi/package.json");
  } catch {
    process.stderr.write(
      `@pulumi/pulumi is not installed for the project in ${process.cwd()}: run \`npm ci\` there.\n`,
    );
    process.exit(1);
  }
}

/** The Node that the project pins by the npm package `node`, else the one this host runs on. */
function nodeOfProject(): string {
  try {
    return projectRequire.resolve("node/bin/node");
  } catch {
    return process.execPath;
  }
}

/** Flags for Node from `runtime.options.nodeargs` of Pulumi.yaml, separated by spaces. */
function nodeArguments(info: language.ProgramInfo | undefined): string[] {
  const nodeargs = info?.getOptions()?.toJavaScript().nodeargs;
  return typeof nodeargs === "string" ? nodeargs.split(/\s+/).filter((argument) => argument !== "") : [];
}

function runnerArguments(request: language.RunRequest): string[] {
  const info = request.getInfo();
  return [
    ...nodeArguments(info),
    sdkRequire.resolve("./cmd/run/index.js"),
    ...["--monitor", request.getMonitorAddress()],
    ...(engineAddress === undefined ? [] : ["--engine", engineAddress]),
    ...["--project", request.getProject(), "--stack", request.getStack()],
    ...["--organization", request.getOrganization(), "--parallel", String(request.getParallel())],
    ...["--root-directory", info?.getRootDirectory() ?? request.getPwd(), "--pwd", request.getPwd()],
    ...(request.getDryrun() ? ["--dry-run"] : []),
    info?.getEntryPoint() ?? request.getProgram(),
    ...request.getArgsList(),
  ];
}

const run: handleUnaryCall<language.RunRequest, language.RunResponse> = (call, callback) => {
  const request = call.request;
  const child = spawn(nodeOfProject(), runnerArguments(request), {
    cwd: request.getPwd(),
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().getEntryList())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      // TypeScript is the business of `nodeargs` (--import tsx), not of the SDK's own ts-node.
      PULUMI_NODEJS_TYPESCRIPT: "false",
    },
  });
  programs.add(child);
  const answer = (error: string, alreadyReported = false) => {
    programs.delete(child);
    callback(null, new RunResponse().setError(error).setBail(alreadyReported));
  };
  child.once("error", (error) => answer(`the program cannot be started: ${error.message}`));
  child.once("exit", (code, signal) => {
    if (code === 0) {
      answer("");
    } else if (code === EXIT_ALREADY_REPORTED) {
      answer("", true);
    } else {
      answer(`the program ended with ${signal === null ? `exit code ${code}` : `signal ${signal}`}`);
    }
  });
};

const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
server.addService(LanguageRuntimeService, {
  run,
  getPluginInfo: (_call, callback) => callback(null, new PluginInfo().setVersion("1.0.0")),
  getRequiredPackages: (_call, callback) => callback(null, new GetRequiredPackagesResponse()),
  about: (_call, callback) => {
    const node = nodeOfProject();
    const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
    callback(null, new AboutResponse().setExecutable(node).setVersion(version));
  },
  cancel: (_call, callback) => {
    for (const program of programs) {
      program.kill("SIGINT");
    }
    callback(null, new EmptyMessage());
  },
} satisfies Partial<languageGrpc.ILanguageRuntimeServer>);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) {
    process.stderr.write(`the language host cannot listen: ${error.message}\n`);
    process.exit(1);
  }
  process.stdout.write(`${port}\n`);
});
