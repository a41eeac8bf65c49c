import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Problem } from "../../constructs/definition/problem.ts";
import { shownLine } from "../../constructs/definition/shown-line.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));

/** The part of biome's report that is used. */
interface Report {
  readonly diagnostics: readonly {
    readonly category: string;
    readonly message: string;
    readonly location: { readonly start: { readonly line: number } };
  }[];
}

/** What `npm run lint` will report in CI about the file's layout and style. */
export function formatProblems(file: string, shown: string, text: string): readonly Problem[] {
  const biome = join(repository, "node_modules/.bin/biome");
  const rules = ["--config-path", join(repository, "biome.json"), "--vcs-enabled=false", "--error-on-warnings"];
  const { stdout, stderr } = spawnSync(biome, ["check", ...rules, "--reporter=json", file], { encoding: "utf8" });
  if (!stdout.startsWith("{")) {
    throw new Error(`biome printed no report: ${stderr}`);
  }
  const { diagnostics } = JSON.parse(stdout) as Report;
  const fix = `npx biome check --write ${shown}`;
  const layout = diagnostics.filter(({ category }) => /^(format|assist\/)/.test(category));
  const found = diagnostics.filter((one) => !layout.includes(one));
  return [
    ...(layout.length === 0
      ? []
      : [
          {
            property: "layout",
            received: "layout or import order that differs from the formatter's",
            rule: "files as the formatter writes them: `npm run lint` requires it in CI",
            fix,
          },
        ]),
    ...found.map(({ category, message, location: { start } }) => ({
      property: "(code)",
      line: start.line,
      received: shownLine(text, start.line),
      rule: `${message} (${category})`,
      fix: `correct line ${start.line}, or let ${fix} do it`,
    })),
  ];
}
