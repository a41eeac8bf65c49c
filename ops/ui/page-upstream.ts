import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import type { KubeConfig } from "@kubernetes/client-node";
import { FORBIDDEN } from "../../api/api-error.ts";
import { openAnswer } from "../../api/open-answer.ts";
import { SYSTEM_NAMESPACE } from "../../constructs/definition/central-cluster.ts";
import { PAGE_SERVICE, PASS_HEADER, STANDBY_HEADER } from "../../runs/page-pass.ts";
import { ExitCode, OpsError } from "../exit-code.ts";
import type { PagePasses } from "./page-passes.ts";

/** Path of the page's Service behind the API server. */
const PROXY = `/api/v1/namespaces/${SYSTEM_NAMESPACE}/services/${PAGE_SERVICE.name}:${PAGE_SERVICE.port}/proxy`;

/** The API server picks one of two nightwatches at random, one of which stands by: that one never comes up this often. */
const MOST_TRIES = 24;

/** Until an answer begins. */
const TIMEOUT_MILLISECONDS = 15_000;

/** For a whole copy, which may take longer. */
const TEXT_MILLISECONDS = 120_000;

const NO_PAGE = "nightlane nights shows the same in the terminal, without nightwatch";

/** Nightwatch's page, as it is reached through the API server with the operator's kubeconfig. */
export class PageUpstream {
  constructor(
    private readonly config: KubeConfig,
    private readonly passes: Pick<PagePasses, "passes">,
  ) {}

  /**
   * Asks for a path of the page.
   * @param signal Ends the answer too.
   */
  async get(path: string, signal: AbortSignal): Promise<IncomingMessage> {
    for (let tried = 1; ; tried += 1) {
      const answer = await this.once(path, signal);
      if (answer.headers[STANDBY_HEADER] === undefined || tried >= MOST_TRIES) {
        return answer;
      }
      answer.resume();
    }
  }

  /**
   * A whole answer as text.
   * @throws OpsError refused or unreachable for any status but 200
   */
  async text(path: string): Promise<string> {
    const answer = await this.get(path, AbortSignal.timeout(TEXT_MILLISECONDS));
    const found = await text(answer);
    if (answer.statusCode !== 200) {
      const code = answer.statusCode === FORBIDDEN ? ExitCode.refused : ExitCode.unreachable;
      throw new OpsError(code, `read nightwatch's page: ${reasonOf(found)}`, NO_PAGE);
    }
    return found;
  }

  private async once(path: string, signal: AbortSignal): Promise<IncomingMessage> {
    const headers = { [PASS_HEADER]: (await this.passes.passes()).join(",") };
    const answer = await openAnswer(this.config, PROXY + path, { headers, signal, timeout: TIMEOUT_MILLISECONDS });
    // A stream of events may be silent.
    return answer.setTimeout(0);
  }
}

/** The API server refuses with a Status object, nightwatch in one sentence. */
export function reasonOf(text: string): string {
  try {
    const { message }: { message?: unknown } = JSON.parse(text);
    return typeof message === "string" ? message : text.trim();
  } catch {
    return text.trim();
  }
}
