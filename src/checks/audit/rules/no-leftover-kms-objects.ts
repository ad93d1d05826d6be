import { countOf } from "../../../core/count-of.ts";
import { defineRule, fail, notApplicable, pass, unknown } from "../audit-rule.ts";
import { kmsKeyOf } from "../default-encryption.ts";

export const noLeftoverKmsObjects = defineRule({
  id: "ENC-5",
  title: "No object is left under a key of KMS",
  severity: "medium",
  practice: 1,
  needs: ["objects", "encryption"],
  judge({ objects, encryption }, { bucket }) {
    if (kmsKeyOf(encryption) !== undefined) {
      return notApplicable("the default encryption itself uses a key of KMS");
    }
    if (objects.length === 0) return notApplicable("the bucket is empty");
    const silent = objects.filter(({ encryption: kind }) => kind === undefined).length;
    const left = objects.filter(({ encryption: kind }) => kind?.startsWith("aws:kms") === true);
    const sample = `of the first ${countOf(objects.length, "object")}`;
    if (left.length > 0) {
      const named = left
        .slice(0, 3)
        .map(({ key }) => key)
        .join(", ");
      return fail(
        `${left.length} ${sample} are under KMS: ${named}${left.length > 3 ? ", ..." : ""}`,
        "Changing the default changes no object: these still need permissions on their key, and are lost with it.",
        {
          text: "Copy them in place: the command shows first how many there are and what it takes.",
          commands: [`sms-storage re-encrypt s3://${bucket}/`],
          by: "you",
        },
      );
    }
    if (silent === objects.length)
      return unknown("the store does not say how objects are encrypted");
    return pass(`${objects.length - silent} ${sample} are under SSE-S3`);
  },
});
