import type { VersioningStatus } from "../../core/bucket-settings.ts";
import { defineAspect, settingCalls } from "../define-aspect.ts";
import type { Note } from "../aspect.ts";
import { isAws, type DesiredState } from "../desired-state.ts";
import type { ObservedState } from "../observed-state.ts";

/** The guide's step 4. Once enabled it can be suspended, never taken back. */
export const versioningAspect = defineAspect<VersioningStatus>({
  name: "versioning",
  title: "Versioning",
  unmanaged: ({ versioning }) => versioning === "unmanaged",
  ...settingCalls("versioning"),
  draft: (desired, current, observed) => {
    if (desired.versioning === "unmanaged")
      return { document: undefined, changes: [], summary: "" };
    const wish = desired.versioning === "reset" ? "Suspended" : desired.versioning;
    // A bucket that never had versions is as good as one where they are suspended.
    const same = current === wish || (current === undefined && wish === "Suspended");
    if (same) return { document: wish, changes: [], summary: wish };
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
      notes: notesOf(desired, observed, current === undefined && wish === "Enabled"),
      summary: wish,
    };
  },
});

const slowAtFirst =
  "AWS takes up to 15 minutes to spread this; new objects may be not found at first.";
const onlyNewQumulo = "Qumulo has it since Core 7.1.2; an older one goes without.";

function notesOf(desired: DesiredState, { presence }: ObservedState, isFirst: boolean): Note[] {
  // Without a bucket nothing shows what this Qumulo can do.
  const isUntried = desired.backend === "qumulo" && presence.state === "absent";
  const texts = [
    ...(isFirst && isAws(desired) ? [slowAtFirst] : []),
    ...(isUntried ? [onlyNewQumulo] : []),
  ];
  return texts.map((text): Note => ({ level: "info", text }));
}
