import type { VersioningStatus } from "../../core/bucket-settings.ts";
import { defineAspect, settingCalls } from "../define-aspect.ts";
import { isAws } from "../desired-state.ts";

/** The guide's step 4. Once enabled it can be suspended, never taken back. */
export const versioningAspect = defineAspect<VersioningStatus>({
  name: "versioning",
  title: "Versioning",
  unmanaged: ({ versioning }) => versioning === "unmanaged",
  ...settingCalls("versioning"),
  draft: (desired, current) => {
    if (desired.versioning === "unmanaged")
      return { document: undefined, changes: [], summary: "" };
    const wish = desired.versioning === "reset" ? "Suspended" : desired.versioning;
    // A bucket that never had versions is as good as one where they are suspended.
    const same = current === wish || (current === undefined && wish === "Suspended");
    if (same) return { document: wish, changes: [], summary: wish };
    const first = current === undefined && wish === "Enabled" && isAws(desired);
    return {
      document: wish,
      changes: [
        {
          action: current === undefined ? "add" : "change",
          item: "Status",
          before: current,
          after: wish,
          why:
            wish === "Enabled"
              ? "an object overwritten or deleted by mistake can be brought back"
              : "so wished",
          ...(wish === "Suspended" && { risk: "what is deleted from now on is gone" }),
        },
      ],
      notes: first
        ? [
            {
              level: "info",
              text: "AWS takes up to 15 minutes to spread this; new objects may be not found at first.",
            },
          ]
        : [],
      summary: wish,
    };
  },
});
