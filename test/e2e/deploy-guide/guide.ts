/** One block of commands in a guide. */
export interface GuideBlock {
  readonly commands: string;
  /** Why the test leaves it out, as the guide says; undefined where it is run. */
  readonly notRun?: string;
}

/** A numbered section of a guide. */
export interface GuideSection {
  readonly title: string;
  readonly blocks: readonly GuideBlock[];
}

/** What stands above a block that is not run: `*Not run by the test, which has no bucket.*` */
const NOT_RUN = /^\*Not run by the test, (.+)\.\*$/;

/** Reads the numbered sections (`## 1. Title`) and their `sh` blocks. */
export function readGuide(text: string): readonly GuideSection[] {
  return text
    .split(/^## /m)
    .filter((part) => /^\d+\. /.test(part))
    .map((part) => ({ title: part.slice(0, part.indexOf("\n")), blocks: readBlocks(part) }));
}

/** Reads the `sh` blocks of a section without a number, those in its lists too. */
export function readSection(text: string, title: string): readonly GuideBlock[] {
  const section = text.split(/^## /m).find((part) => part.startsWith(`${title}\n`));
  if (section === undefined) {
    throw new Error(`there is no section "${title}"`);
  }
  return readBlocks(section);
}

function readBlocks(section: string): readonly GuideBlock[] {
  return [...section.matchAll(/(?:^ *(\S.*)\n\n)?^( *)```sh\n([\s\S]*?)^\2```$/gm)].map(
    ([, above = "", indent = "", commands = ""]) => {
      const notRun = NOT_RUN.exec(above)?.[1];
      return {
        commands: commands.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
        ...(notRun === undefined ? {} : { notRun }),
      };
    },
  );
}
