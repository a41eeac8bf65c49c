import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UserError } from "../../../constructs/definition/problem.ts";
import { replaceFolder } from "../../../infra/output-folder.ts";
import { temporaryFolder } from "../../support/folders.ts";

const writing =
  (text: string) =>
  async (folder: string): Promise<void> =>
    writeFileSync(join(folder, "object.yaml"), text);

describe("an output folder", () => {
  test("is made where there is none, in an empty one, and again where it was made before", async () => {
    const outdir = join(temporaryFolder(), "dist");
    mkdirSync(outdir);
    await replaceFolder(outdir, writing("first"));
    writeFileSync(join(outdir, "left-over.yaml"), "");
    await replaceFolder(outdir, writing("second"));
    expect(readFileSync(join(outdir, "object.yaml"), "utf8")).toBe("second");
    expect(existsSync(join(outdir, "left-over.yaml"))).toBe(false);
  });

  test("stays as it was when the new one has a mistake", async () => {
    const outdir = join(temporaryFolder(), "dist");
    await replaceFolder(outdir, writing("first"));
    const failing = replaceFolder(outdir, async () => {
      throw new UserError("a mistake");
    });
    await expect(failing).rejects.toThrow("a mistake");
    expect(readFileSync(join(outdir, "object.yaml"), "utf8")).toBe("first");
    expect(existsSync(`${outdir}.unfinished`)).toBe(false);
  });

  test.each(["/proc/dist", "/proc/more/dist", "/dev/null/dist"])(
    "is refused at %s, where none can be made",
    async (place) => {
      await expect(replaceFolder(place, writing("first"))).rejects.toThrow(
        /received a place where no folder can be made \(E.+\)\n {4}rule: a folder that you may write to\n {4}fix: name another/,
      );
    },
  );

  test("is made with the folders above it", async () => {
    const outdir = join(temporaryFolder(), "a", "b", "dist");
    await replaceFolder(outdir, writing("first"));
    expect(readFileSync(join(outdir, "object.yaml"), "utf8")).toBe("first");
  });

  test.each([
    ["a folder with work of a person's", (place: string) => mkdirSync(join(place, "docs"), { recursive: true })],
    ["a file", (place: string) => writeFileSync(place, "notes")],
  ])("does not replace %s, which is reported before anything is made", async (what, make) => {
    const place = join(temporaryFolder(), "place");
    make(place);
    let made = 0;
    const refused = replaceFolder(place, async () => {
      made += 1;
    });
    await expect(refused).rejects.toThrow(UserError);
    await expect(refused).rejects.toThrow(
      /received a (file|folder with docs)[\s\S]+rule: .+[\s\S]+fix: name another folder/,
    );
    expect(made).toBe(0);
    expect(what === "a file" ? readFileSync(place, "utf8") : readdirSync(place)).toEqual(
      what === "a file" ? "notes" : ["docs"],
    );
  });
});
