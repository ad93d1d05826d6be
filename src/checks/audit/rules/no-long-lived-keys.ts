import { defineRule, fail, pass } from "../audit-rule.ts";

export const noLongLivedKeys = defineRule({
  id: "ID-2",
  title: "No long-lived keys in settings",
  severity: "high",
  practice: 4,
  needs: ["environment"],
  judge({ environment }) {
    const found = environment.credentials.filter(
      ({ prefix, keyKind, hasSecret, hasToken }) =>
        // Qumulo has no others.
        prefix !== "STORAGE_QUMULO_" && (keyKind === "AKIA" || (hasSecret && !hasToken)),
    );
    const ofQumulo = environment.credentials.some(({ prefix }) => prefix === "STORAGE_QUMULO_");
    if (found.length === 0 && ofQumulo) {
      return pass("none but those of Qumulo, which has no others: keep them out of repositories");
    }
    if (found.length === 0) return pass("neither the environment nor .env has any");
    const places = found.map(({ source, prefix }) => `${prefix}* in ${source}`).join(", ");
    return fail(
      `keys without an end: ${places}`,
      "They are copied with backups, notebooks and repositories, and work until they are deleted.",
      {
        text: "Remove them, and use a profile of SSO.",
        commands: ["sms-storage login --profile PROFILE", "export AWS_PROFILE=PROFILE"],
        by: "you",
      },
    );
  },
});
