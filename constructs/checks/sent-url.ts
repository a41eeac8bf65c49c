/**
 * Whether a URL's text is what is sent: nothing around it or in it that parsing takes away or writes otherwise, and a port
 * that exists. What compares such a text with another, or puts it into a file, then means the same as who calls it.
 */
export function isAsSent(text: string, url: URL): boolean {
  const begin = `${url.protocol}//${url.hostname}`;
  return text.toLowerCase().startsWith(begin) && /^[!-~]+$/.test(text) && !text.includes("\\") && url.port !== "0";
}

/** Names and addresses that mean whoever asks, wherever it asks. */
const EVERYBODYS_OWN =
  /^(localhost|.*\.localhost|kubernetes|kubernetes\.default(\.svc\..*)?|.*\.svc|.*\.cluster\.local|127\..*|0\.0\.0\.0|\[::1?\])\.?$/;

/** Whether a host means something else for everybody who asks: itself, or a Service of its own cluster. */
export function isEverybodysOwn(host: string): boolean {
  return EVERYBODYS_OWN.test(host);
}
