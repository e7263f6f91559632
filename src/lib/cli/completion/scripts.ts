import type { Shell } from './format.ts'

/** By it we know our own files again. */
export const MARK = '# aloft completion'

const NOTE = `${MARK}: written by \`aloft completion install\`, removed by \`aloft completion uninstall\``

// bash 3.2, which macOS has, knows neither mapfile nor compopt
const BASH = `${NOTE}
_aloft() {
  local how= line
  COMPREPLY=()
  while IFS= read -r line; do
    if [ -z "$how" ]; then how=$line; else COMPREPLY+=("$line"); fi
  done < <(aloft __complete bash "\${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null)
  case $how in
    directories) compopt -o dirnames 2>/dev/null ;;
    files) compopt -o default 2>/dev/null ;;
    nospace) compopt -o nospace 2>/dev/null ;;
  esac
}
complete -F _aloft aloft
`

// the first line must be the tag: compinit looks for it (zshcompsys(1))
const ZSH = `#compdef aloft
${NOTE}
_aloft() {
  local -a answer offered
  answer=("\${(@f)$(aloft __complete zsh "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  offered=("\${(@)answer[2,-1]}")
  case "$answer[1]" in
    directories) _files -/ ;;
    files) _files ;;
    nospace) _describe -V 'aloft' offered -S '' ;;
    values) (( $#offered )) && _describe -V 'aloft' offered ;;
  esac
}
if [[ "$funcstack[1]" == _aloft ]]; then
  _aloft "$@"
else
  compdef _aloft aloft
fi
`

const FISH = `${NOTE}
function __aloft_complete
    set -l typed (commandline -ct)
    set -l before (commandline -opc)
    set -l answer (aloft __complete fish $before[2..-1] "$typed" 2>/dev/null)
    switch "$answer[1]"
        case directories
            __fish_complete_directories "$typed"
        case files
            __fish_complete_path "$typed"
        case '*'
            string join \\n -- $answer[2..-1]
    end
end
complete -c aloft -e
complete -c aloft -f -k -a '(__aloft_complete)'
`

const POWERSHELL = `${NOTE}
Register-ArgumentCompleter -Native -CommandName aloft -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $start = $commandAst.Extent.StartOffset
    $line = $commandAst.ToString()
    $length = $cursorPosition - $start
    if ($length -le $line.Length) { $line = $line.Substring(0, $length) } else { $line = $line + ' ' }
    $answer = @(& aloft __complete powershell $line 2>$null)
    if ($answer.Count -eq 0) { return }
    if ($answer[0] -eq 'directories' -or $answer[0] -eq 'files') {
        [System.Management.Automation.CompletionCompleters]::CompleteFilename($wordToComplete) |
            Where-Object { $answer[0] -eq 'files' -or $_.ResultType -eq 'ProviderContainer' }
        return
    }
    $answer | Select-Object -Skip 1 | ForEach-Object {
        $text, $shown, $tip = $_ -split "\`t"
        [System.Management.Automation.CompletionResult]::new($text, $shown, 'ParameterValue', $tip)
    }
}
`

const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, fish: FISH, powershell: POWERSHELL, zsh: ZSH }

/** What a shell reads to complete `aloft`: it asks `aloft __complete` at each TAB. */
export function completionScript(shell: Shell): string {
  return SCRIPTS[shell]
}
