import type { JSX } from "preact";
import { useState } from "preact/hooks";

const SAID_MILLISECONDS = 2000;

/** A command with a button that copies it. The page itself never acts. */
export function Command({ command, effect }: { readonly command: string; readonly effect?: string }): JSX.Element {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(command);
    setCopied(true);
    setTimeout(() => setCopied(false), SAID_MILLISECONDS);
  };
  return (
    <p class="command">
      <button type="button" onClick={() => void copy()} aria-label={`${copied ? "copied" : "copy"}: ${command}`}>
        {copied ? "copied" : "copy"}
      </button>
      <code>{command}</code>
      {effect !== undefined && <span class="effect">{effect}</span>}
      <span class="unseen" role="status">
        {copied ? "copied" : ""}
      </span>
    </p>
  );
}
