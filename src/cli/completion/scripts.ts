/** A bash script that completes `program` by asking its hidden `completer` command. Works with and without bash-completion. */
export function bashScript(program: string, completer: string): string {
  const id = program.replace(/[^a-zA-Z0-9]/g, '_')
  return `# bash completion for ${program}

__${id}_complete() {
    local current line directive candidates=() answer
    COMPREPLY=()
    current="\${COMP_WORDS[COMP_CWORD]}"
    local words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
    # Readline splits at "="; glue "--flag = value" together again.
    local joined=() word
    for word in "\${words[@]}"; do
        if [[ "$word" == "=" && \${#joined[@]} -gt 0 ]]; then
            joined[\${#joined[@]}-1]+="="
        elif [[ \${#joined[@]} -gt 0 && "\${joined[\${#joined[@]}-1]}" == --*= ]]; then
            joined[\${#joined[@]}-1]+="$word"
        else
            joined+=("$word")
        fi
    done
    [[ "$current" == "=" ]] && current=""
    answer="$("\${COMP_WORDS[0]}" ${completer} "\${joined[@]}" 2>/dev/null)" || return
    directive="\${answer##*$'\\n':}"
    directive="\${directive#:}"
    answer="\${answer%:*}"
    while IFS= read -r line; do
        [[ -z "$line" || "$line" == _activeHelp_* ]] && continue
        line="\${line%%$'\\t'*}"
        [[ "$line" == "$current"* ]] && candidates+=("$line")
    done <<< "$answer"
    if ((directive & 2)) && [[ $(type -t compopt) == builtin ]]; then compopt -o nospace; fi
    if ((\${#candidates[@]} > 0)); then
        COMPREPLY=("\${candidates[@]}")
    elif ((!(directive & 4))); then
        if [[ $(type -t compopt) == builtin ]]; then compopt -o filenames; fi
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
    fi
}

complete -F __${id}_complete ${program}
`
}

/** A zsh script; it works both sourced and from a folder of $fpath. */
export function zshScript(program: string, completer: string): string {
  const id = program.replace(/[^a-zA-Z0-9]/g, '_')
  return `#compdef ${program}

_${id}() {
    local -a lines described plain
    local line directive answer name text
    answer="$(\${words[1]} ${completer} "\${(@)words[2,CURRENT]}" 2>/dev/null)" || return 1
    lines=("\${(@f)answer}")
    directive="\${lines[-1]#:}"
    lines=("\${(@)lines[1,-2]}")
    for line in "\${lines[@]}"; do
        [[ -z "$line" ]] && continue
        if [[ "$line" == _activeHelp_* ]]; then
            compadd -x "\${line#_activeHelp_ }"
            continue
        fi
        name="\${line%%$'\\t'*}"
        name="\${name//:/\\\\:}"
        text=""
        [[ "$line" == *$'\\t'* ]] && text="\${line#*$'\\t'}"
        if [[ -n "$text" ]]; then described+=("$name:$text"); else described+=("$name"); fi
    done
    if (( \${#described} )); then
        if (( directive & 2 )); then
            _describe -V 'completions' described -S ''
        else
            _describe -V 'completions' described
        fi
    elif (( ! (directive & 4) )); then
        _files
    fi
}

if [[ "$funcstack[1]" == "_${id}" ]]; then
    _${id} "$@"
else
    compdef _${id} ${program}
fi
`
}

/** A fish script. */
export function fishScript(program: string, completer: string): string {
  const id = program.replace(/[^a-zA-Z0-9]/g, '_')
  return `# fish completion for ${program}

function __${id}_ask
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    set -g __${id}_answer ($program ${completer} $words "$current" 2>/dev/null)
    if test (count $__${id}_answer) -eq 0
        return 1
    end
    set -g __${id}_directive (string sub -s 2 -- $__${id}_answer[-1])
    set -e __${id}_answer[-1]
    set -g __${id}_answer (string match -rv '^_activeHelp_' -- $__${id}_answer)
    return 0
end

function __${id}_has_candidates
    __${id}_ask; or return 1
    test (count $__${id}_answer) -gt 0; or test (math "bitand($__${id}_directive, 4)") -ne 0
end

function __${id}_candidates
    printf '%s\\n' $__${id}_answer
end

complete -c ${program} -e
complete -c ${program} -n '__${id}_has_candidates' -f -a '(__${id}_candidates)'
`
}

/** A PowerShell script. */
export function powershellScript(program: string, completer: string): string {
  return `# PowerShell completion for ${program}

Register-ArgumentCompleter -Native -CommandName '${program}' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | ForEach-Object { $_.Extent.Text } | Select-Object -Skip 1)
    if ($wordToComplete -eq '' -or $words.Count -eq 0) { $words += '' }
    $arguments = @('${completer}') + $words
    $answer = @(& $commandAst.CommandElements[0].Extent.Text @arguments 2>$null)
    if ($answer.Count -eq 0) { return }
    $directive = [int]($answer[-1].TrimStart(':'))
    $suffix = if ($directive -band 2) { '' } else { ' ' }
    $answer | Select-Object -SkipLast 1 | Where-Object { $_ -and -not $_.StartsWith('_activeHelp_') } | ForEach-Object {
        $name, $text = $_ -split "\`t", 2
        if (-not $text) { $text = $name }
        if ($name.StartsWith($wordToComplete)) {
            [System.Management.Automation.CompletionResult]::new("$name$suffix", $name, 'ParameterValue', $text)
        }
    }
}
`
}
