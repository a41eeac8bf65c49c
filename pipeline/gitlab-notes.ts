import { mistake, type UserError } from "../constructs/definition/problem.ts";

/** A merge request of a GitLab project, and who writes to it. */
export interface MergeRequest {
  /** Root of the API, from CI_API_V4_URL. */
  readonly api: string;
  /** Number of the project. */
  readonly project: string;
  /** Number of the merge request in the project. */
  readonly number: string;
  /** Token of a user that may comment. */
  readonly token: string;
}

interface Note {
  readonly id: number;
  readonly body: string;
  readonly author: { readonly id: number };
}

/** Timeout for GitLab, in seconds. */
const LIMIT_SECONDS = 30;

/**
 * Writes the one note of a merge request: the note of this user that starts with `marker` is replaced, or created if
 * there is none.
 * @param body Markdown that starts with the marker.
 * @throws UserError if GitLab refuses; it never quotes the token
 */
export async function writeNote(request: MergeRequest, marker: string, body: string): Promise<"created" | "updated"> {
  const notes = `projects/${encodeURIComponent(request.project)}/merge_requests/${encodeURIComponent(request.number)}/notes`;
  // Anybody may write the marker into a comment of their own, which must not be replaced.
  const { id: author } = (await (await call(request, "GET", "user")).json()) as { readonly id: number };
  const earlier = await findNote(request, notes, (note) => note.author.id === author && note.body.startsWith(marker));
  if (earlier === undefined) {
    await call(request, "POST", notes, body);
    return "created";
  }
  await call(request, "PUT", `${notes}/${earlier.id}`, body);
  return "updated";
}

async function findNote(
  request: MergeRequest,
  path: string,
  wanted: (note: Note) => boolean,
): Promise<Note | undefined> {
  let page = "1";
  while (page !== "") {
    const response = await call(request, "GET", `${path}?per_page=100&page=${encodeURIComponent(page)}`);
    const found = ((await response.json()) as readonly Note[]).find(wanted);
    if (found !== undefined) {
      return found;
    }
    page = response.headers.get("x-next-page") ?? "";
  }
  return undefined;
}

async function call(request: MergeRequest, method: string, path: string, body?: string): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`${request.api}/${path}`, {
      method,
      headers: { "PRIVATE-TOKEN": request.token, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify({ body }) }),
      // A redirect would take the token wherever it leads.
      redirect: "error",
      signal: AbortSignal.timeout(LIMIT_SECONDS * 1000),
    });
  } catch (error) {
    const cause = error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : "";
    throw refused(method, path, cause);
  }
  if (!response.ok) {
    throw refused(method, path, `status ${response.status}`);
  }
  return response;
}

function refused(method: string, path: string, why: string): UserError {
  return mistake(
    `the note of the merge request: ${method} ${path}: received ${why}`,
    "the token's user may comment on merge requests of this project",
    "make it a project access token with role Reporter and scope api",
  );
}
