/**
 * What a shell runs to complete words of the command. Each asks the command itself, so that commands,
 * options and values are those of the version that is installed.
 */
const bash = `# Completion of sms-storage for bash. In ~/.bashrc: eval "$(sms-storage completion bash)"
_sms_storage() {
  local reply
  COMPREPLY=()
  while IFS= read -r reply; do
    if [[ $reply == :files ]]; then
      compopt +o nospace -o default -o filenames
      return
    fi
    COMPREPLY+=("$reply")
  done < <(command sms-storage complete bash -- "\${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null)
}
complete -o nospace -F _sms_storage sms-storage
`;

const zsh = `#compdef sms-storage
# Completion of sms-storage for zsh. In ~/.zshrc, behind compinit: eval "$(sms-storage completion zsh)"
_sms_storage() {
  local line value
  local -a lines before whole wholeShown open openShown
  (( CURRENT > 2 )) && before=("\${(@Q)words[2,CURRENT-1]}")
  lines=("\${(@f)$(command sms-storage complete zsh -- "\${before[@]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  for line in "\${lines[@]}"; do
    if [[ $line == :files ]]; then
      _files
      return
    fi
    value=\${line%%$'\\t'*}
    [[ -z $value ]] && continue
    if [[ $value == *[/=] ]]; then
      open+=("$value")
      openShown+=("\${line//$'\\t'/  -- }")
    else
      whole+=("$value")
      wholeShown+=("\${line//$'\\t'/  -- }")
    fi
  done
  (( $#open )) && compadd -l -S '' -d openShown -a open
  (( $#whole )) && compadd -l -d wholeShown -a whole
}
if [[ \${funcstack[1]} == _sms_storage ]]; then
  _sms_storage "$@"
else
  compdef _sms_storage sms-storage
fi
`;

const fish = `# Completion of sms-storage for fish. In ~/.config/fish/completions/sms-storage.fish
function __sms_storage_complete
    set -l words (commandline -opc)
    set -e words[1]
    set -l current (string unescape -- (commandline -ct))
    set -l lines (command sms-storage complete fish -- $words "$current" 2>/dev/null)
    if test "$lines[1]" = ":files"
        __fish_complete_path "$current"
        return
    end
    printf '%s\\n' $lines
end
complete -c sms-storage -f -a '(__sms_storage_complete)'
`;

const powershell = `# Completion of sms-storage for PowerShell. In $PROFILE:
#   sms-storage completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName sms-storage -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { if ($_.Value -is [string]) { $_.Value } else { $_.ToString() } })
    # An empty argument would be dropped on the way.
    & sms-storage complete powershell -- @words "=$wordToComplete" 2>$null | ForEach-Object {
        if ($_ -ne ':files') {
            $value, $description = $_ -split "\`t", 2
            $text = if ($value -match '[\\s''"\`$;,()&|{}@#<>]') { "'" + ($value -replace "'", "''") + "'" } else { $value }
            if (-not $description) { $description = $value }
            [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $description)
        }
    }
}
`;

export const shellScripts = { bash, zsh, fish, powershell } as const;

/** A shell for which there is completion. */
export type Shell = keyof typeof shellScripts;

export function findShell(name: string): Shell | undefined {
  return Object.hasOwn(shellScripts, name) ? (name as Shell) : undefined;
}
