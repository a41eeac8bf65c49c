import { mkdirSync } from "node:fs";
import { join } from "node:path";
import axe from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { repositoryRoot } from "../farm/paths.ts";
import { progressOn } from "../farm/progress.ts";
import { ensurePackages } from "../farm/tools/packages.ts";

/** Debian's Chromium: no other browser is downloaded. */
const CHROMIUM = "/usr/bin/chromium";

/** Where the pictures of the documentation are. */
const PICTURES = join(repositoryRoot, "docs", "pictures");

/** How a reader looks. */
export interface Look {
  /** @default 1280 x 800 */
  readonly size?: { readonly width: number; readonly height: number };
  /** @default "dark" */
  readonly scheme?: "dark" | "light";
}

export const PHONE = { width: 390, height: 844 } as const;

/** A browser, and readers in it whose mistakes are noted: what the policy refused, what broke, what was asked of elsewhere. */
export class ReaderBrowser {
  private constructor(private readonly browser: Browser) {}

  static async start(): Promise<ReaderBrowser> {
    await ensurePackages(["chromium"], progressOn(process.stderr));
    return new ReaderBrowser(
      await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--force-color-profile=srgb"] }),
    );
  }

  async reader(look: Look = {}): Promise<Reader> {
    const context = await this.browser.newContext({
      viewport: look.size ?? { width: 1280, height: 800 },
      colorScheme: look.scheme ?? "dark",
      timezoneId: "Europe/Berlin",
      locale: "en-GB",
      reducedMotion: "reduce",
      permissions: ["clipboard-read", "clipboard-write"],
    });
    return new Reader(context, await context.newPage());
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}

/** Somebody with the page before them. */
export class Reader {
  /** What went wrong in the browser. */
  readonly mistakes: string[] = [];
  /** Hosts that were asked for anything. */
  readonly asked = new Set<string>();

  constructor(
    private readonly context: BrowserContext,
    readonly page: Page,
  ) {
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") {
        this.mistakes.push(message.text());
      }
    });
    page.on("pageerror", (error) => this.mistakes.push(error.message));
    page.on("dialog", (dialog) => {
      this.mistakes.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("request", (request) => this.asked.add(new URL(request.url()).host));
  }

  /** Opens an address and waits until there is something to see. */
  async open(address: string): Promise<void> {
    await this.page.goto(address);
    await this.page.locator("main").waitFor();
  }

  /** What keeps a reader with a screen reader or a keyboard from using what is shown, by axe's rules. */
  async barriers(): Promise<readonly string[]> {
    await this.page.evaluate(axe.source);
    const found = (await this.page.evaluate("axe.run()")) as axe.AxeResults;
    return found.violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
  }

  /** Keeps a picture for the documentation. */
  async picture(name: string, fullPage = false): Promise<void> {
    mkdirSync(PICTURES, { recursive: true });
    await this.page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage });
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}
