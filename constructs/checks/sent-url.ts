/**
 * Whether a URL's text is exactly what is sent: nothing that parsing removes or rewrites, and a port that exists. Code
 * that compares such a text with another, or writes it to a file, then means the same URL as the caller.
 */
export function isAsSent(text: string, url: URL): boolean {
  const begin = `${url.protocol}//${url.hostname}`;
  return text.toLowerCase().startsWith(begin) && /^[!-~]+$/.test(text) && !text.includes("\\") && url.port !== "0";
}

/** Names and addresses that mean the caller itself, whichever machine that is. */
const EVERYBODYS_OWN =
  /^(localhost|.*\.localhost|kubernetes|kubernetes\.default(\.svc\..*)?|.*\.svc|.*\.cluster\.local|127\..*|0\.0\.0\.0|\[::1?\])\.?$/;

/** Whether a host means something different to each caller: itself, or a Service of its own cluster. */
export function isEverybodysOwn(host: string): boolean {
  return EVERYBODYS_OWN.test(host);
}
