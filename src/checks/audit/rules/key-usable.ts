import { defineRule, fail, notApplicable, pass, unknown } from "../audit-rule.ts";
import type { Remedy } from "../../finding.ts";
import { kmsKeyOf } from "../default-encryption.ts";

export const keyUsable = defineRule({
  id: "ENC-2",
  title: "The key of KMS can be used",
  severity: "high",
  practice: 1,
  needs: ["encryption"],
  uses: ["key"],
  judge({ encryption, key }, { region }) {
    const named = kmsKeyOf(encryption);
    if (named === undefined) return notApplicable("the default encryption uses no key of KMS");
    if (named.id?.startsWith("alias/") === true) {
      return fail(
        `the key is named by its alias ${named.id}`,
        "An alias is looked up in the account of whoever uploads, so that other accounts use other keys.",
        { text: "Name the key by its full ARN.", by: "you" },
      );
    }
    if (key.state !== "known" || key.value === undefined) {
      const reason = key.state === "known" ? "the key was not looked at" : key.reason;
      return unknown(`whether it is usable is not known: ${reason}`);
    }
    const { arn, state } = key.value;
    if (state !== "Enabled") {
      return fail(
        `${arn} is ${state}`,
        "No object under this key can be written or read.",
        remedyOf(state, arn),
      );
    }
    const keyRegion = arn.split(":")[3] ?? "";
    if (keyRegion !== region) {
      return fail(
        `${arn} is in ${keyRegion}, the bucket in ${region}`,
        "S3 uses keys of the bucket's region alone: every upload fails.",
        { text: `Name a key of ${region}.`, by: "administrator" },
      );
    }
    return pass(`${arn} is enabled`);
  },
});

/** What ends a state hangs on the state. */
function remedyOf(state: string, arn: string): Remedy {
  const on = (operation: string) => `aws kms ${operation} --key-id ${arn}`;
  const by = "administrator";
  if (state === "Disabled") {
    return { text: "Enable the key again.", commands: [on("enable-key")], by };
  }
  if (state === "PendingDeletion") {
    const commands = [`${on("cancel-key-deletion")} && ${on("enable-key")}`];
    return { text: "Cancel its deletion, and enable the key again.", commands, by };
  }
  const text =
    state === "PendingImport"
      ? "Import the key's material (again)."
      : "See what keeps the key from use: creating and updating pass, a custom key store is to be connected.";
  return { text, commands: [on("describe-key")], by };
}
