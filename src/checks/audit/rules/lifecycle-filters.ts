import { defineRule, fail, notApplicable, pass } from "../audit-rule.ts";
import { nameOfRule } from "../lifecycle-scope.ts";

export const lifecycleFilters = defineRule({
  id: "LC-5",
  title: "Lifecycle rules use Filter, not the old Prefix",
  severity: "info",
  needs: ["lifecycle"],
  judge({ lifecycle }) {
    const rules = lifecycle?.Rules ?? [];
    if (rules.length === 0) return notApplicable("there are no rules");
    const old = rules.filter(({ Prefix }) => Prefix !== undefined);
    if (old.length === 0) return pass("every rule has a Filter");
    return fail(
      `${old.map(nameOfRule).join(", ")} ${old.length === 1 ? "uses" : "use"} Prefix`,
      "Rules of both forms cannot be put together: whoever adds one with a Filter is refused.",
      { text: "Write Filter: { Prefix } in place of Prefix.", by: "you" },
    );
  },
});
