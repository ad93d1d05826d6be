import { Argument } from "commander";
import { examples, type CommandDefinition } from "../command.ts";
import { UsageError } from "../exit-codes.ts";

const shells = ["bash", "zsh", "fish", "powershell"];

export const completionCommand: CommandDefinition = {
  name: "completion",
  define: (command) =>
    command
      .summary("print the shell's completion script")
      .description(
        "Prints the script by which a shell completes commands, options, profiles, buckets and keys. " +
          "Buckets and keys are asked of the store, for 300 ms at most; what fails is left out.",
      )
      .addArgument(new Argument("<shell>", "bash, zsh, fish or powershell").choices(shells))
      .addHelpText(
        "after",
        examples(
          ["In ~/.bashrc", 'eval "$(sms-storage completion bash)"'],
          ["In ~/.zshrc, behind compinit", 'eval "$(sms-storage completion zsh)"'],
          ["For fish", "sms-storage completion fish > ~/.config/fish/completions/sms-storage.fish"],
          [
            "In $PROFILE of PowerShell",
            "sms-storage completion powershell | Out-String | Invoke-Expression",
          ],
        ),
      ),
  run: async ({ output }, [name = ""]) => {
    const { findShell, shellScripts } = await import("../completion/shell-scripts.ts");
    const shell = findShell(name);
    if (shell === undefined) throw new UsageError(`There is no completion for ${name}.`);
    const script = shellScripts[shell];
    await output.result({ type: "completion", shell, script }, script.trimEnd());
  },
};
