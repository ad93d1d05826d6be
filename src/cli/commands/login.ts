import { examples, type CommandDefinition } from "../command.ts";
import { flagOption, textOption } from "../option-values.ts";

export const loginCommand: CommandDefinition = {
  name: "login",
  define: (command) =>
    command
      .summary("sign in with SSO")
      .description(
        "Signs in at the portal of a profile or sso-session of ~/.aws/config: shows an address and a code, " +
          "which are opened in any browser, on whatever machine. The sign-in is kept where the AWS CLI, " +
          "boto3 and the SDKs look for it, so that all of them go on with it.",
      )
      .option("--sso-session <name>", "a section of ~/.aws/config; default: the profile's")
      .option("--no-browser", "open none here")
      .option("--use-device-code", "the same: the code is always shown")
      .addHelpText(
        "after",
        examples(
          ["With the profile in use", "sms-storage login"],
          ["On a machine without a screen", "sms-storage login --profile lab --no-browser"],
        ),
      ),
  run: async (context, _args, options) => {
    const { runLogin } = await import("../identity/run-login.ts");
    const ssoSession = textOption(options, "ssoSession");
    const opensBrowser = options["browser"] !== false && !flagOption(options, "useDeviceCode");
    await runLogin(context, { opensBrowser, ...(ssoSession !== undefined && { ssoSession }) });
  },
};

export const logoutCommand: CommandDefinition = {
  name: "logout",
  define: (command) =>
    command
      .summary("end the SSO sign-in")
      .description(
        "Ends the sign-in of a profile or sso-session at its portal, and forgets it on this machine. Keys of " +
          "roles that were handed out before last until their own end.",
      )
      .option("--sso-session <name>", "a section of ~/.aws/config; default: the profile's")
      .addHelpText("after", examples(["Of the profile in use", "sms-storage logout"])),
  run: async (context, _args, options) => {
    const { runLogout } = await import("../identity/run-login.ts");
    const ssoSession = textOption(options, "ssoSession");
    await runLogout(context, ssoSession === undefined ? {} : { ssoSession });
  },
};
