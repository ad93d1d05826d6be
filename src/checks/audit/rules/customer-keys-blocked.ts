import { bySetup, defineRule, fail, notApplicable, pass } from "../audit-rule.ts";

export const customerKeysBlocked = defineRule({
  id: "ENC-4",
  title: "Uploads with keys of their own (SSE-C) are refused",
  severity: "low",
  needs: ["encryption"],
  judge({ encryption }, context) {
    const told = encryption?.Rules[0]?.BlockedEncryptionTypes;
    if (told === undefined && context.endpointUrl !== undefined) {
      return notApplicable("the store does not tell whether it blocks them");
    }
    const blocked = told?.EncryptionType ?? [];
    if (blocked.includes("SSE-C")) return pass("SSE-C is blocked");
    return fail(
      "SSE-C is not blocked",
      "Whoever has the credentials can overwrite objects under a key that nobody else knows, as in extortions of 2025.",
      bySetup(context, "Block SSE-C in the bucket's encryption."),
    );
  },
});
