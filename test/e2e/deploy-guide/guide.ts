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

function readBlocks(section: string): readonly GuideBlock[] {
  return [...section.matchAll(/(?:^(\S.*)\n\n)?^```sh\n([\s\S]*?)^```$/gm)].map(([, above = "", commands = ""]) => {
    const notRun = NOT_RUN.exec(above)?.[1];
    return { commands, ...(notRun === undefined ? {} : { notRun }) };
  });
}
