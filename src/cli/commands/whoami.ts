import { examples, type CommandDefinition } from "../command.ts";

export const whoamiCommand: CommandDefinition = {
  name: "whoami",
  define: (command) =>
    command
      .summary("show whose the credentials are and how long they last")
      .description(
        "Shows account, role and session of the credentials in use, where they came from, how long they " +
          "last, and the endpoint and region they are used at. No secret is shown.",
      )
      .addHelpText(
        "after",
        examples(
          ["Who am I here?", "sms-storage whoami"],
          ["Another profile, for a script", "sms-storage whoami --profile lab --json"],
        ),
      ),
  readsOnly: () => true,
  run: async (context) => {
    const { observeIdentity } = await import("../../open/identity-session.ts");
    const { callerRecord, callerText } = await import("../identity/caller-record.ts");
    const { storeListener } = await import("../store-listener.ts");
    const settings = await context.settings();
    const { onEvent, onExchange } = storeListener(context, settings);
    const observed = await observeIdentity(settings, context.runtime.environment, {
      onEvent,
      ...(onExchange !== undefined && { onExchange }),
    });
    const now = new Date();
    await context.output.result(callerRecord(observed, now), callerText(observed, now));
  },
};
