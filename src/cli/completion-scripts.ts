import type { Completion } from './completion';

/** Names of commands and flags, and the values of flags, have no character that a shell would expand. */
const quote = (text: string) => `'${text}'`;

/** Returns a pattern of `case` for every command, as the text of the commands before it and a space before its own name. */
function commandPatterns(completions: readonly Completion[]): string[] {
  return completions.flatMap(({ path, subcommands }) => subcommands.map((name) => quote(`${path} ${name}`)));
}

/** Returns the arms of `case "$command:$previous"`: the values of each flag. `anyValue` ends the completion. */
function valueArms(completions: readonly Completion[], anyValue: string): string[] {
  return completions.flatMap(({ path, values }) =>
    values.map(([flag, choices]) => {
      const action = choices.length > 0 ? `choices=(${choices.join(' ')})` : anyValue;
      return `    ${quote(`${path}:${flag}`)}) ${action} ;;`;
    }),
  );
}

/** Returns the arms of `case "$command"`: subcommands, arguments and flags. `addIds` adds the output of a command. */
function commandArms(completions: readonly Completion[], addIds: (list: string) => string): string[] {
  return completions.map(({ path, subcommands, words, flags, listIds }) => {
    const choices = `choices=(${[...subcommands, ...words, ...flags].join(' ')})`;
    return `      ${quote(path)}) ${choices}${listIds ? `; ${addIds(listIds)}` : ''} ;;`;
  });
}

/** The list of ids runs the program as it was typed, for example `./bin/conv`. */
const listWith = (program: string, list: string) => `${program}${list.replace(/^conv/, '')} 2>/dev/null`;

/**
 * Returns the script for bash 3.2 and later. It never passes ids to `compgen -W`, which would run a `$(…)` in an id that a sender
 * chose.
 */
function bashScript(completions: readonly Completion[]): string {
  return `# Completes conv in bash. Load it with: source <(conv completion bash)
_conv() {
  local line="\${COMP_LINE:0:COMP_POINT}" command='' prefix='' part choice
  local -a parts choices
  read -ra parts <<< "$line"
  if [[ "$line" == *' ' ]]; then parts+=(''); fi
  local last=$((\${#parts[@]} - 1))
  local word="\${parts[last]}" previous="\${parts[last - 1]}"
  for part in "\${parts[@]:1:last - 1}"; do
    case "$command $part" in
      ${commandPatterns(completions).join(' | ')}) command="\${command:+$command }$part" ;;
    esac
  done
  choices=()
  case "$command:$previous" in
${valueArms(completions, 'return').join('\n')}
    *) case "$command" in
${commandArms(
  completions,
  (list) =>
    `[[ "$word" == -* ]] || while IFS= read -r choice; do choices+=("$choice"); done < <(${listWith('"${parts[0]}"', list)})`,
).join('\n')}
    esac ;;
  esac
  # Several values are separated by commas.
  if [[ "$word" == *,* ]]; then prefix="\${word%,*},"; fi
  COMPREPLY=()
  for choice in "\${choices[@]}"; do
    if [[ "$choice" == "\${word##*,}"* ]]; then COMPREPLY+=("$prefix$(printf %q "$choice")"); fi
  done
  # Bash replaces only the part after a colon.
  if [[ "$word" == *:* ]]; then COMPREPLY=("\${COMPREPLY[@]#"\${word%"\${word##*:}"}"}"); fi
}
complete -o default -F _conv conv`;
}

function zshScript(completions: readonly Completion[]): string {
  return `#compdef conv
# Completes conv in zsh. Load it with: source <(conv completion zsh)
_conv() {
  local command='' part previous="\${words[CURRENT-1]}"
  local -a choices
  for part in "\${(@)words[2,CURRENT-1]}"; do
    case "$command $part" in
      ${commandPatterns(completions).join(' | ')}) command="\${command:+$command }$part" ;;
    esac
  done
  case "$command:$previous" in
${valueArms(completions, '_files; return').join('\n')}
    *) case "$command" in
${commandArms(
  completions,
  (list) => `[[ "$PREFIX" == -* ]] || choices+=(\${(f)"$(${listWith('"${words[1]}"', list)})"})`,
).join('\n')}
    esac ;;
  esac
  compset -P '*,' # Several values are separated by commas.
  compadd -- "\${choices[@]}" || _files
}
if [[ "\${funcstack[1]}" == _conv ]]; then _conv "$@"; else compdef _conv conv; fi`;
}

function fishFlag(flag: string): string {
  return flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`;
}

/** Returns the lines for one command. Only a command without known arguments completes file names. */
function fishLines({ path, subcommands, flags, values, words, listIds }: Completion): string[] {
  const at = `complete -c conv -n '__conv_at ${path}'`;
  const choices = new Map(values);
  const known = [...subcommands, ...words, ...(listIds ? [`(${listIds} 2>/dev/null)`] : [])];
  const flagLines = flags.map((flag) => {
    const value = choices.get(flag);
    const list = value && value.length > 0 ? ` -a '${value.join(' ')}'` : '';
    return `${at} ${fishFlag(flag)}${value ? ` -x${list}` : ''}`;
  });
  return [known.length > 0 ? `${at} -a '${known.join(' ')}'` : `${at} -F`, ...flagLines];
}

function fishScript(completions: readonly Completion[]): string {
  return `# Completes conv in fish. Load it with: conv completion fish | source
function __conv_at --description 'Whether the command line names this conv command'
    set -l command ''
    set -l parts (commandline -opc)
    set -e parts[1]
    for part in $parts
        switch "$command $part"
            case ${commandPatterns(completions).join(' ')}
                set command (string trim "$command $part")
        end
    end
    test "$command" = "$argv"
end
complete -c conv -f
${completions.flatMap(fishLines).join('\n')}`;
}

/** Returns the script that completes `conv` in this shell. */
export function completionScript(shell: 'bash' | 'zsh' | 'fish', completions: readonly Completion[]): string {
  switch (shell) {
    case 'bash':
      return bashScript(completions);
    case 'zsh':
      return zshScript(completions);
    case 'fish':
      return fishScript(completions);
  }
}
