import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type MergeRequest, writeNote } from "../../../pipeline/gitlab-notes.ts";

const MARKER = "<!-- marker -->";
const TOKEN = "canary-note-token";

interface StoredNote {
  readonly id: number;
  body: string;
  readonly author: { readonly id: number };
}

/** GitLab's notes of one merge request, as far as we use them; a page holds two. */
class GitLab {
  readonly calls: string[] = [];
  notes: StoredNote[] = [];
  status = 200;
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      let text = "";
      request.on("data", (part: Buffer) => {
        text += part.toString();
      });
      request.on("end", () => {
        const { pathname, searchParams } = new URL(request.url ?? "", "http://gitlab.example");
        this.calls.push(`${request.method} ${pathname}`);
        const page = Number(searchParams.get("page") ?? "1");
        const next = page * 2 < this.notes.length ? String(page + 1) : "";
        const authorized = request.headers["private-token"] === TOKEN;
        response.writeHead(authorized ? this.status : 401, { "content-type": "application/json", "x-next-page": next });
        response.end(JSON.stringify(this.answer(request.method ?? "", pathname, page, text)));
      });
    });
  }

  async start(): Promise<MergeRequest> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    const { port } = this.server.address() as AddressInfo;
    return { api: `http://127.0.0.1:${port}/api/v4`, project: "42", number: "7", token: TOKEN };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(method: string, path: string, page: number, text: string): unknown {
    if (path === "/api/v4/user") {
      return { id: 1 };
    }
    if (method === "GET") {
      return this.notes.slice((page - 1) * 2, page * 2);
    }
    const { body } = JSON.parse(text) as { body: string };
    const note = this.notes.find(({ id }) => path.endsWith(`/notes/${id}`));
    if (note === undefined) {
      this.notes.push({ id: this.notes.length + 1, body, author: { id: 1 } });
    } else {
      note.body = body;
    }
    return {};
  }
}

describe("writeNote", () => {
  let gitlab: GitLab;
  let request: MergeRequest;
  beforeEach(async () => {
    gitlab = new GitLab();
    request = await gitlab.start();
  });
  afterEach(() => gitlab.stop());

  test("makes the note once and updates it in place after that", async () => {
    expect(await writeNote(request, MARKER, `${MARKER}\nfirst`)).toBe("created");
    expect(await writeNote(request, MARKER, `${MARKER}\nsecond`)).toBe("updated");
    expect(gitlab.notes.map(({ body }) => body)).toEqual([`${MARKER}\nsecond`]);
    expect(gitlab.calls.at(-1)).toBe("PUT /api/v4/projects/42/merge_requests/7/notes/1");
  });

  test("finds its note behind a page of others", async () => {
    gitlab.notes = [1, 2, 3, 4, 5].map((id) => ({ id, body: id === 5 ? MARKER : "talk", author: { id: 1 } }));
    expect(await writeNote(request, MARKER, `${MARKER} new`)).toBe("updated");
    expect(gitlab.notes[4]?.body).toBe(`${MARKER} new`);
  });

  test("leaves another user's comment alone, even one that starts with the marker", async () => {
    gitlab.notes = [{ id: 1, body: `${MARKER} not ours`, author: { id: 2 } }];
    expect(await writeNote(request, MARKER, `${MARKER} ours`)).toBe("created");
    expect(gitlab.notes[0]?.body).toBe(`${MARKER} not ours`);
  });

  test("tells a refusal without the token", async () => {
    gitlab.status = 403;
    const failure = await writeNote(request, MARKER, MARKER).catch((error: unknown) => String(error));
    expect(failure).toContain("status 403");
    expect(failure).toContain("role Reporter");
    expect(failure).not.toContain(TOKEN);
  });

  test("tells that GitLab is not there", async () => {
    await gitlab.stop();
    await expect(writeNote(request, MARKER, MARKER)).rejects.toThrow("ECONNREFUSED");
  });
});
