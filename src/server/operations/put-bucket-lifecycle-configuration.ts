import {
  parseLifecycleConfiguration,
  withRuleIds,
} from "../../protocol/documents/lifecycle-configuration.ts";
import { assertLifecycle } from "../buckets/lifecycle-rules.ts";
import { readTransitionSize, transitionSizeHeader } from "../buckets/transition-size.ts";
import type { Operation } from "../operation.ts";

/** Replaces all rules; those without an ID get one. */
export const putBucketLifecycleConfiguration: Operation = {
  name: "PutBucketLifecycleConfiguration",
  digestRequired: true,
  handle: async (request) => {
    const parsed = parseLifecycleConfiguration(await request.readDocument());
    assertLifecycle(parsed);
    const lifecycle = {
      ...withRuleIds(parsed, () => request.randomBytes(36).toString("base64")),
      TransitionDefaultMinimumObjectSize: readTransitionSize((name) => request.header(name)),
    };
    await request.engine.updateBucketSettings(request.bucketName, (settings) => ({
      ...settings,
      lifecycle,
    }));
    return { status: 200, headers: transitionSizeHeader(lifecycle) };
  },
};
