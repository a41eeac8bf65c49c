import { progressOn } from "../progress.ts";
import { runMain } from "../tools/main.ts";
import { ensureImages } from "./ensure.ts";
import { type ImageName, imageNames } from "./recipe.ts";
import { renewBase } from "./renew-base.ts";
import { reproduceImage } from "./reproduce.ts";

const USAGE = `usage: tsx test/farm/images/cli.ts build|reproduce IMAGE... | --all
       tsx test/farm/images/cli.ts renew-base [REFERENCE]

Builds the images that are not in the cache and prints a JSON object of name and image; progress goes to stderr.
reproduce builds each once more, from nothing that was kept, and fails if it comes out otherwise.
renew-base pins the base that Docker's registry, or the reference's, gives out by now, in versions.json and every Dockerfile.
Images: ${imageNames.join(" ")}
`;

async function main(args: readonly string[]): Promise<number> {
  const [verb, ...given] = args;
  if (verb === "renew-base" && given.length <= 1) {
    const { before, after, files } = await renewBase(progressOn(process.stderr), given[0]);
    process.stdout.write(`${before === after ? "is the newest" : `was ${before}`}: ${after}\n${files.join("\n")}\n`);
    return 0;
  }
  const names = given[0] === "--all" ? [...imageNames, ...given.slice(1)] : given;
  const unknown = names.filter((name) => !isImageName(name));
  if ((verb !== "build" && verb !== "reproduce") || names.length === 0 || unknown.length > 0) {
    process.stderr.write(unknown.length > 0 ? `unknown image: ${unknown.join(", ")}\n${USAGE}` : USAGE);
    return 64;
  }
  const reporter = progressOn(process.stderr);
  const wanted = names.filter(isImageName);
  const images = await ensureImages(wanted, reporter);
  for (const name of verb === "reproduce" ? wanted : []) {
    await reproduceImage(name, reporter);
  }
  process.stdout.write(`${JSON.stringify(images, null, 2)}\n`);
  return 0;
}

function isImageName(name: string): name is ImageName {
  return (imageNames as readonly string[]).includes(name);
}

await runMain(main);
