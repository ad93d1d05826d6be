import { defineRule } from "../audit-rule.ts";
import { judgeRecording } from "../recording.ts";

export const writesRecorded = defineRule({
  id: "LOG-2",
  title: "Writes and deletes of objects are recorded",
  severity: "medium",
  practice: 5,
  sameAs: ["CIS 3.8", "AVD-AWS-0171"],
  needs: ["trails"],
  judge: ({ trails }, context) => judgeRecording(trails, "write", context),
});
