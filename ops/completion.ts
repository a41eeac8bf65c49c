/** A command and what may follow it. */
export interface Word {
  readonly name: string;
  readonly description: string;
  readonly options: readonly CompletedOption[];
  /** Possible values of its argument. @default - none are known */
  readonly values: readonly string[];
}

/** An option with the value that it takes. */
export interface CompletedOption {
  readonly long: string;
  readonly short?: string;
  readonly description: string;
  /** Its values, or the kind of its value. @default - it takes none */
  readonly value?: readonly string[] | "path" | "text";
}

/** Completion for bash. */
export function bashCompletion(words: readonly Word[]): string {
  const names = words.map(({ name }) => name).join(" ");
  const cases = words.map(
    ({ name, options, values }) =>
      `    ${name}) words="${[...options.map(({ long }) => long), ...values].join(" ")}" ;;`,
  );
  return `# Completion of nightlane for bash; made by: nightlane completion bash
_nightlane() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  COMPREPLY=()
  case "$prev" in
${valueCases(words)}
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${names} --help --version" -- "$cur"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _nightlane nightlane
`;
}

/** Completes the value of an option. */
function valueCases(words: readonly Word[]): string {
  const options = new Map(words.flatMap(({ options: all }) => all.map((one) => [one.long, one] as const)));
  return [...options.values()]
    .flatMap(({ long, short, value }) => {
      const flags = [short, long].filter((flag) => flag !== undefined).join("|");
      const reply = (how: string): string => `    ${flags}) COMPREPLY=($(compgen ${how} -- "$cur")); return ;;`;
      if (value === undefined) {
        return [];
      }
      return value === "text" ? `    ${flags}) return ;;` : reply(value === "path" ? "-f" : `-W "${value.join(" ")}"`);
    })
    .join("\n");
}

/** Completion for zsh. */
export function zshCompletion(words: readonly Word[]): string {
  const commands = words.map(
    ({ name, description }) => `    ${quoted(`${name}:${description.replaceAll(":", "\\:")}`)}`,
  );
  const cases = words.map(({ name, options, values }) => {
    const specs = options.flatMap(zshOptions).map((spec) => ` \\\n      ${spec}`);
    const argument = values.length === 0 ? "" : ` \\\n      ${quoted(`*:value:(${values.join(" ")})`)}`;
    return `    ${name}) _arguments${specs.join("")}${argument} ;;`;
  });
  return `#compdef nightlane
# Completion of nightlane for zsh; made by: nightlane completion zsh
_nightlane() {
  local -a commands
  commands=(
${commands.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local verb="\${words[2]}"
  shift words
  (( CURRENT-- ))
  case "$verb" in
${cases.join("\n")}
  esac
}
compdef _nightlane nightlane
`;
}

function zshOptions({ long, short, description, value }: CompletedOption): readonly string[] {
  const text = description.replaceAll(/([[\]:])/g, "\\$1");
  const action = value === "path" ? ":file:_files" : value === "text" ? ":value: " : "";
  const takes = Array.isArray(value) ? `:value:(${value.join(" ")})` : action;
  return [short, long].filter((flag) => flag !== undefined).map((flag) => quoted(`${flag}[${text}]${takes}`));
}

/** Completion for fish. */
export function fishCompletion(words: readonly Word[]): string {
  const names = words.map(({ name }) => name).join(" ");
  const none = `not __fish_seen_subcommand_from ${names}`;
  const lines = words.flatMap(({ name, description, options, values }) => [
    `complete -c nightlane -n ${quoted(none)} -f -a ${name} -d ${quoted(description)}`,
    ...options.map(({ long, short, description: text, value }) => {
      const flags = [`-l ${long.slice(2)}`, ...(short === undefined ? [] : [`-s ${short.slice(1)}`])].join(" ");
      const values = Array.isArray(value) ? ` -x -a ${quoted(value.join(" "))}` : "";
      const takes = value === "path" ? " -r -F" : value === "text" ? " -x" : values;
      return `complete -c nightlane -n ${quoted(`__fish_seen_subcommand_from ${name}`)} ${flags}${takes} -d ${quoted(text)}`;
    }),
    ...(values.length === 0
      ? []
      : [
          `complete -c nightlane -n ${quoted(`__fish_seen_subcommand_from ${name}`)} -f -a ${quoted(values.join(" "))}`,
        ]),
  ]);
  return `# Completion of nightlane for fish; made by: nightlane completion fish
complete -c nightlane -f
${lines.join("\n")}
`;
}

/** A text in single quotes, valid in all three shells. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
