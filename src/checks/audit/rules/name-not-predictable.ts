import { isAwsHost } from "../../../core/partition.ts";
import { defineRule, fail, notApplicable, pass } from "../audit-rule.ts";

export const nameNotPredictable = defineRule({
  id: "NAME-1",
  title: "The bucket's name is not easily taken by others",
  severity: "low",
  needs: [],
  judge(_facts, { bucket, endpointUrl }) {
    if (endpointUrl !== undefined && !isAwsHost(new URL(endpointUrl).host)) {
      return notApplicable("the store's names are its own, and no stranger can take one");
    }
    if (/-\d{12}-[a-z0-9-]+-an$/.test(bucket)) return pass("an account-regional name");
    if (/[0-9a-f]{6,}|\d{12}/.test(bucket))
      return pass("the name holds an account or something random");
    return fail(
      "a global name that can be guessed",
      "Once the bucket is deleted, anybody can make one of this name and get what is still sent there.",
      {
        text: "For the next bucket take a name with something random, or an account-regional one. Keep this one.",
        by: "you",
      },
    );
  },
});
