import { closedCompletion, type Command, defineCommand, noArgs } from '../../command.ts'
import { bashScript, fishScript, powershellScript, zshScript } from '../../completion/scripts.ts'
import { boolFlag } from '../../flags/define.ts'

/** `completion bash` */
export const completionBash = completionCommand(
  'bash',
  bashScript,
  `To load completions in this shell:

    source <($0 completion bash)

To load them in every new shell, store the script where bash-completion looks:

    $0 completion bash > ~/.local/share/bash-completion/completions/$0`,
)

/** `completion zsh` */
export const completionZsh = completionCommand(
  'zsh',
  zshScript,
  `To load completions in this shell:

    source <($0 completion zsh)

To load them in every new shell, store the script in a folder of $fpath:

    $0 completion zsh > "\${fpath[1]}/_$0"`,
)

/** `completion fish` */
export const completionFish = completionCommand(
  'fish',
  fishScript,
  `To load completions in this shell:

    $0 completion fish | source

To load them in every new shell:

    $0 completion fish > ~/.config/fish/completions/$0.fish`,
)

/** `completion powershell` */
export const completionPowershell = completionCommand(
  'powershell',
  powershellScript,
  `To load completions in this shell:

    $0 completion powershell | Out-String | Invoke-Expression

To load them in every new shell, add that line to your PowerShell profile.`,
)

function completionCommand(
  shell: string,
  script: (program: string, completer: string) => string,
  how: string,
): Command {
  return defineCommand({
    path: `completion ${shell}`,
    description: `Prints the completion script for ${shell}.\n\n${how}`,
    args: noArgs,
    flags: { noDescriptions: boolFlag('do not show descriptions') },
    complete: () => closedCompletion,
    run(ctx, _args, { noDescriptions }) {
      ctx.print(script(ctx.program, noDescriptions ? '__completeNoDesc' : '__complete'))
    },
  })
}
