import { defineRule, fail, pass } from "../audit-rule.ts";

export const wholeCredentials = defineRule({
  id: "ID-3",
  title: "Credentials are whole or absent",
  severity: "high",
  needs: ["environment"],
  judge({ environment }) {
    const broken = environment.credentials.filter(
      ({ keyKind, hasSecret, hasToken }) =>
        (keyKind === undefined) === hasSecret ||
        (hasToken && keyKind === undefined) ||
        (keyKind === "ASIA" && !hasToken),
    );
    if (broken.length === 0) return pass("no half set of keys is given");
    const lacks = broken.map(({ source, prefix, keyKind, hasSecret, hasToken }) => {
      const missing = [
        ...(keyKind === undefined ? ["ACCESS_KEY_ID"] : []),
        ...(hasSecret ? [] : ["SECRET_ACCESS_KEY"]),
        ...(hasToken || keyKind !== "ASIA" ? [] : ["SESSION_TOKEN"]),
      ];
      return `${missing.map((name) => prefix + name).join(" and ")} in ${source}`;
    });
    return fail(
      `missing: ${lacks.join("; ")}`,
      "Some tools take the half for the whole and are refused, others fall back on other keys.",
      { text: "Set all of them, or none.", by: "you" },
    );
  },
});
