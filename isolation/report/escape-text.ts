const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Control characters except tab and line ends: XML allows none of them, not even escaped. */
const CONTROL = /[^\P{Cc}\t\n\r]/gu;

/** Text that is safe in XML and HTML, inside elements and attributes. */
export function escapeText(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character).replaceAll(CONTROL, "\uFFFD");
}
