import type { ObjectOwnership } from "../../core/bucket-settings.ts";
import { defineAspect, resetDraft, settingCalls } from "../define-aspect.ts";

/** Objects belong to the bucket's owner and ACLs count for nothing: policies alone decide. */
export const ownershipAspect = defineAspect<ObjectOwnership>({
  name: "ownership",
  title: "Object ownership",
  unmanaged: ({ ownership }) => ownership === "unmanaged",
  ...settingCalls("ownership"),
  remove: ({ admin }, { bucket }) => admin.remove(bucket, "ownership"),
  draft: ({ ownership: wish }, current) => {
    if (wish === "unmanaged") return { document: undefined, changes: [], summary: "" };
    if (wish === "reset") return resetDraft("ObjectOwnership", current);
    if (current === wish) return { document: wish, changes: [], summary: wish };
    const endsAcls = wish === "BucketOwnerEnforced" && current !== undefined;
    return {
      document: wish,
      changes: [
        {
          action: current === undefined ? "add" : "change",
          item: "ObjectOwnership",
          before: current,
          after: wish,
          why: "with ACLs off, policies alone say who has access",
          ...(endsAcls && {
            risk: "access given by ACLs ends; move such grants to the policy first",
          }),
        },
      ],
      summary: wish,
    };
  },
});
