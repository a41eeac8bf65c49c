import { delimiter, dirname } from "node:path";
import { progressOn } from "../progress.ts";
import { ensureTools } from "./ensure.ts";
import { runMain } from "./main.ts";
import { type ToolName, toolNames } from "./recipes.ts";

const USAGE = `usage: tsx test/farm/tools/cli.ts path|folders TOOL...

Makes sure the tools are there and prints a JSON object of name and path, or the folders that they are in, for PATH;
progress goes to stderr.
Tools: ${toolNames.join(" ")}
`;

async function main(args: readonly string[]): Promise<number> {
  const [verb, ...names] = args;
  const unknown = names.filter((name) => !isToolName(name));
  if ((verb !== "path" && verb !== "folders") || names.length === 0 || unknown.length > 0) {
    process.stderr.write(unknown.length > 0 ? `unknown tool: ${unknown.join(", ")}\n${USAGE}` : USAGE);
    return 64;
  }
  const paths = await ensureTools(names.filter(isToolName), progressOn(process.stderr));
  const folders = [...new Set(Object.values<string>(paths).map((path) => dirname(path)))];
  process.stdout.write(`${verb === "folders" ? folders.join(delimiter) : JSON.stringify(paths, null, 2)}\n`);
  return 0;
}

function isToolName(name: string): name is ToolName {
  return (toolNames as readonly string[]).includes(name);
}

await runMain(main);
