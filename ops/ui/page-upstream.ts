import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import { SYSTEM_NAMESPACE } from "../../constructs/definition/central-cluster.ts";
import { PAGE_SERVICE, PASS_HEADER, STANDBY_HEADER } from "../../runs/page-pass.ts";
import { FORBIDDEN } from "../central-errors.ts";
import { ExitCode, OpsError } from "../exit-code.ts";
import type { PagePasses } from "./page-passes.ts";

/** Path of the page's Service behind the API server. */
const PROXY = `/api/v1/namespaces/${SYSTEM_NAMESPACE}/services/${PAGE_SERVICE.name}:${PAGE_SERVICE.port}/proxy`;

/** The API server picks one of two nightwatches at random, of which one stands by: so often the same one comes never. */
const MOST_TRIES = 24;

/** Until an answer begins. */
const TIMEOUT_MILLISECONDS = 15_000;

/** A copy of everything may take longer. */
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
   * The whole of an answer.
   * @throws OpsError unreachable, where it is none
   */
  async text(path: string): Promise<string> {
    const answer = await this.get(path, AbortSignal.timeout(TEXT_MILLISECONDS));
    let text = "";
    for await (const part of answer.setEncoding("utf8")) {
      text += part;
    }
    if (answer.statusCode !== 200) {
      const code = answer.statusCode === FORBIDDEN ? ExitCode.refused : ExitCode.unreachable;
      throw new OpsError(code, `read nightwatch's page: ${reasonOf(text)}`, NO_PAGE);
    }
    return text;
  }

  private async once(path: string, signal: AbortSignal): Promise<IncomingMessage> {
    const server = this.config.getCurrentCluster()?.server ?? "";
    const url = new URL(server.replace(/\/$/, "") + PROXY + path);
    const options = { method: "GET", signal, headers: { [PASS_HEADER]: (await this.passes.passes()).join(",") } };
    await this.config.applyToHTTPSOptions(options);
    return new Promise((resolve, reject) => {
      const send = url.protocol === "https:" ? httpsRequest : httpRequest;
      const request = send(url, options, (answer) => {
        request.setTimeout(0);
        resolve(answer);
      });
      request.setTimeout(TIMEOUT_MILLISECONDS, () =>
        request.destroy(new Error("the API server did not answer in time")),
      );
      request.once("error", reject);
      request.end();
    });
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
