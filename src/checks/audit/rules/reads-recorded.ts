import { defineRule } from "../audit-rule.ts";
import { judgeRecording } from "../recording.ts";

export const readsRecorded = defineRule({
  id: "LOG-3",
  title: "Reads of objects are recorded",
  severity: "low",
  sameAs: ["CIS 3.9", "AVD-AWS-0172"],
  needs: ["trails"],
  judge: ({ trails }, context) => judgeRecording(trails, "read", context),
});
