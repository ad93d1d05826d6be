import { defineRule, notApplicable, pass } from "../audit-rule.ts";

export const advice = defineRule({
  id: "MISC-2",
  title: "Replication and notifications, as some scanners ask for",
  severity: "info",
  sameAs: ["S3.7", "S3.11", "CKV_AWS_144", "CKV2_AWS_62"],
  needs: ["replication", "notifications"],
  judge({ replication, notifications }) {
    const on = [
      ...(replication ? ["replication"] : []),
      ...(notifications ? ["notifications"] : []),
    ];
    if (on.length > 0) return pass(`${on.join(" and ")} ${on.length === 1 ? "is" : "are"} set up`);
    return notApplicable(
      "neither is needed for results that can be computed again; versions keep the rest",
    );
  },
});
