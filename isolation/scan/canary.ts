/** One way in which a planted value may be written. */
export interface CanaryForm {
  readonly how: string;
  readonly text: string;
}

/**
 * Every way to write a planted value that is searched for. Base64 depends on where in its surroundings the value
 * begins, so there are three of it, and nine of base64 of base64, each cut to the characters that the value alone decides.
 */
export function canaryForms(value: string): readonly CanaryForm[] {
  const once = alignments(value);
  return [
    { how: "plain", text: value },
    ...once.map((text) => ({ how: "in base64", text })),
    ...once.flatMap(alignments).map((text) => ({ how: "in base64 of base64", text })),
    { how: "in hexadecimal", text: Buffer.from(value).toString("hex") },
    { how: "backwards", text: [...value].reverse().join("") },
  ];
}

/** The first form in which the value occurs in a text; how it is written there, or undefined. */
export function findCanary(text: string, forms: readonly CanaryForm[]): string | undefined {
  return forms.find((form) => text.includes(form.text))?.how;
}

/** Base64 of a value that begins at each of the three places in a group, without what its neighbours decide. */
function alignments(value: string): readonly string[] {
  return [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]);
    const encoded = bytes.toString("base64").replace(/=+$/, "");
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor((bytes.length * 8) / 6);
    return encoded.slice(first, last);
  });
}
