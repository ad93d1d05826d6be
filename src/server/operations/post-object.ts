import { operationNotBuilt } from "../operation-not-built.ts";

/** A browser's form. Nothing can be judged before it is read, so that even strangers hear of 501. */
export const postObject = operationNotBuilt("PostObject", {
  judgedBy: "form",
  conditionKeys: { "s3:objectcreationoperation": "true" },
});
