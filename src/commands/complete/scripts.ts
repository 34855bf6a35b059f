/**
 * The completion scripts of the shells. Each script calls `kube-backup __complete WORD…` for the candidates, so that
 * the program alone knows them.
 */

import type { CalledAs } from "../../command-line/called-as.ts";

/** The shells that have a completion script, and kubectl, which completes its plugins by one. */
export const SHELLS = ["bash", "zsh", "fish", "kubectl"] as const;

/** A shell that has a completion script. */
export type Shell = (typeof SHELLS)[number];

/** Escapes the shell's own ${…} in a template. */
const $ = "$";

/** Compatible with bash 3.2 of macOS. Does not need the package bash-completion. */
const BASH = String.raw`# bash completion of kube-backup: source <(kube-backup completion bash)

_kube_backup() {
  local words=() glued= index word line value files= breaks= before=
  # bash takes --flag=value and 12:00 apart: they are put together again.
  for ((index = 1; index <= COMP_CWORD; index++)); do
    word=${$}{COMP_WORDS[index]}
    if ((${$}{#words[@]} > 0)) && [[ -n $glued || $word =~ ^[=:]+$ ]]; then
      words[${$}{#words[@]} - 1]+=$word
    else
      words+=("$word")
    fi
    if [[ $word =~ ^[=:]+$ ]]; then glued=1; else glued=; fi
  done
  word=${$}{words[${$}{#words[@]} - 1]}
  # It puts a candidate in place of the last piece alone.
  [[ $COMP_WORDBREAKS == *=* ]] && breaks+="="
  [[ $COMP_WORDBREAKS == *:* ]] && breaks+=":"
  if [[ -n $breaks && $word == *[$breaks]* ]]; then before=${$}{word%"${$}{word##*[$breaks]}"}; fi
  COMPREPLY=()
  while IFS= read -r line; do
    value=${$}{line%%$'\t'*}
    value=${$}{value#"$before"}
    # It inserts words as they are; zsh and fish quote by themselves.
    [[ $value == *[!-A-Za-z0-9_./:=@%+,]* ]] && printf -v value %q "$value"
    if [[ $line == ":files" ]]; then files=1; else COMPREPLY+=("$value"); fi
  done < <("${$}{COMP_WORDS[0]/#\~/$HOME}" __complete "${$}{words[@]}" 2>/dev/null)
  if [[ -n $files ]]; then
    type compopt &>/dev/null && compopt -o filenames
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "${$}{word#"$before"}")
  elif ((${$}{#COMPREPLY[@]} == 1)) && [[ ${$}{COMPREPLY[0]} == *[/=] ]]; then
    type compopt &>/dev/null && compopt -o nospace
  fi
}

complete -F _kube_backup kube-backup
`;

const ZSH = String.raw`#compdef kube-backup
# zsh completion of kube-backup: source <(kube-backup completion zsh), after compinit

_kube_backup() {
  local -a lines whole begun
  local line value text files
  lines=("${$}{(@f)$("${$}{(Q)words[1]/#\~/$HOME}" __complete "${$}{(@Q)words[2,CURRENT-1]}" "${$}{(Q)PREFIX}" 2>/dev/null)}")
  for line in $lines; do
    [[ $line == ":files" ]] && { files=1; continue }
    value=${$}{line%%$'\t'*}
    text=${$}{line#*$'\t'}
    [[ $text == $line ]] && text=
    value=${$}{value//:/\\:}
    [[ -n $text ]] && value+=":$text"
    if [[ ${$}{line%%$'\t'*} == *[/=] ]]; then begun+=("$value"); else whole+=("$value"); fi
  done
  (( $#whole )) && _describe -t values 'kube-backup' whole
  (( $#begun )) && _describe -t values 'kube-backup' begun -S ''
  if [[ -n $files ]]; then
    compset -P '*='
    _files
  fi
  return 0
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _kube_backup "$@"
else
  compdef _kube_backup kube-backup
fi
`;

const FISH = `# fish completion of kube-backup: kube-backup completion fish | source

function __kube_backup_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  for line in ($words[1] __complete $words[2..] "$current" 2>/dev/null)
    if test "$line" = ":files"
      set -l before (string match -r -- '^-[^=]*=' "$current")
      for file in (__fish_complete_path (string replace -r -- '^-[^=]*=' '' "$current"))
        echo "$before$file"
      end
    else
      echo $line
    end
  end
end

complete -c kube-backup -f -a '(__kube_backup_complete)'
`;

/**
 * What kubectl runs for the words after a plugin's name. It takes cobra's directives: 4 is no file names, 2 no space after
 * the candidate.
 */
const KUBECTL = String.raw`#!/bin/sh
# Completion of kubectl backup. kubectl looks for it on PATH under the name kubectl_complete-backup:
#
#   kubectl backup completion kubectl > ~/.local/bin/kubectl_complete-backup
#   chmod +x ~/.local/bin/kubectl_complete-backup

kubectl-backup __complete "$@" 2>/dev/null | awk -F '\t' '
  $0 == ":files" { files = 1; next }
  { print; if ($1 ~ /[\/=]$/) begun++; else whole++ }
  END { print ":" ((files ? 0 : 4) + (begun && !whole ? 2 : 0)) }'
`;

/** The script for a plugin of another name than `kubectl backup`. */
function kubectlScript({ command, file }: CalledAs): string {
  return KUBECTL.replaceAll("kubectl backup", command)
    .replaceAll("kubectl-backup", file)
    .replaceAll("kubectl_complete-backup", file.replace("kubectl-", "kubectl_complete-"));
}

/**
 * Returns the completion script of a shell.
 *
 * @param plugin the program as a plugin of kubectl.
 */
export function completionScript(shell: Shell, plugin: CalledAs): string {
  return shell === "kubectl" ? kubectlScript(plugin) : { bash: BASH, zsh: ZSH, fish: FISH }[shell];
}
