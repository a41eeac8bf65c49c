import { createHash } from "node:crypto";

/** The browser's part of the page, see `bundle.ts`. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

/** A page and its content security policy. */
export interface PageDocument {
  readonly html: string;
  readonly policy: string;
}

/**
 * The page in one document: nothing else is loaded or run.
 * @param data Its data, for a self-contained copy. @default - it requests its data and all changes
 */
export function pageDocument({ script, style }: PageAssets, data?: object): PageDocument {
  const policy = [
    "default-src 'none'",
    `script-src '${hash(script)}'`,
    `style-src '${hash(style)}'`,
    `connect-src ${data === undefined ? "'self'" : "'none'"}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  // frame-ancestors works only in the header, not in a meta element.
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="dark light">
<title>Nightlane</title>
<style>${style}</style>
</head>
<body>
<div id="page"><p class="loading">Asking nightwatch …</p></div>
${data === undefined ? "" : `<script type="application/json" id="data">${harmless(data)}</script>\n`}<script type="module">${script}</script>
</body>
</html>
`;
  return { html, policy: `${policy}; frame-ancestors 'none'` };
}

function hash(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

/** No text in the data can end the element that holds it. */
function harmless(data: object): string {
  return JSON.stringify(data).replaceAll("<", "\\u003c");
}
