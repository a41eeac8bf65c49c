import { UserError } from "../../../constructs/definition/problem.ts";
import { runCommand } from "../command.ts";

/**
 * Fetches a module that the go.mod in `folder` requires, checked against the go.sum there.
 *
 * @returns the module's folder in Go's module cache; read-only
 * @throws UserError with Go's output
 */
export async function moduleFolder(folder: string, module: string): Promise<string> {
  const said = await runCommand("go", ["mod", "download", "-json", module], {
    cwd: folder,
    env: { ...process.env, GOFLAGS: "-mod=readonly", GOWORK: "off" },
    limitSeconds: 600,
  });
  const answer: { readonly Dir?: string; readonly Error?: string } = said.stdout === "" ? {} : JSON.parse(said.stdout);
  if (said.code !== 0 || answer.Dir === undefined) {
    throw new UserError(`The Go module ${module} cannot be fetched: ${answer.Error ?? said.stderr.trim()}`);
  }
  return answer.Dir;
}
