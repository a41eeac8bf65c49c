import { TEMPLATE } from "./template-names.ts";
import { parameter, type WorkflowNode } from "./workflow.ts";

/** Parts of a customer's credential that end independently, with their names. */
export const CREDENTIAL_PARTS = {
  token: "token",
  certificate: "client certificate",
  authority: "certificate authority",
} as const;

export type CredentialPart = keyof typeof CREDENTIAL_PARTS;

/** When each part of a credential ends, RFC 3339; absent for a part without a known end. */
export type CredentialEnds = Readonly<Partial<Record<CredentialPart, string>>>;

/** Output parameter in which the calendar's runner reports the ends of its mounted credential. */
const OUTPUT = "credential-ends";

/** Reads the ends of the credential from a night's calendar, such as `token=2027-03-31T00:00:00Z`. */
export function credentialEnds(nodes: readonly WorkflowNode[]): CredentialEnds | undefined {
  const written = nodes
    .filter((node) => node.templateName === TEMPLATE.calendar)
    .map((node) => parameter(node.outputs?.parameters, OUTPUT))
    .find((value) => value !== undefined);
  if (written === undefined) {
    return undefined;
  }
  const ends = written.split(" ").flatMap((entry) => {
    const [, part = "", end = ""] = /^([a-z]+)=(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)$/.exec(entry) ?? [];
    return isPart(part) && !Number.isNaN(Date.parse(end)) ? [[part, end] as const] : [];
  });
  return Object.fromEntries(ends);
}

/** The ends as a list, earliest first. */
export function listedEnds(ends: CredentialEnds): readonly (readonly [part: CredentialPart, end: string])[] {
  return Object.entries(ends)
    .flatMap(([part, end]) => (isPart(part) ? [[part, end] as const] : []))
    .toSorted(([, a], [, b]) => a.localeCompare(b));
}

function isPart(text: string): text is CredentialPart {
  return Object.hasOwn(CREDENTIAL_PARTS, text);
}
