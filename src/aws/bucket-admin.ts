import { setTimeout as sleep } from "node:timers/promises";
import type { BucketAdmin } from "../core/bucket-admin.ts";
import { AdminCalls, type CallTiming } from "./admin-calls.ts";
import { identityCalls } from "./identity-calls.ts";
import { presenceCalls } from "./presence-calls.ts";
import { settingCalls } from "./setting-calls.ts";
import { SdkConnection, type ConnectionOptions } from "./sdk-connection.ts";

export interface AwsBucketAdminOptions extends ConnectionOptions {
  /** Account of twelve digits that every bucket must belong to; another's answers 403. */
  readonly expectedBucketOwner?: string;
  /** For tests. */
  readonly timing?: CallTiming;
}

/**
 * The control plane over AWS's SDK, on AWS or on any store that speaks S3. The SDK loads at the first
 * call. Calls on one bucket run one after the other; a 409 OperationAborted is waited out.
 */
export function createAwsBucketAdmin(
  options: AwsBucketAdminOptions,
  connection: SdkConnection = new SdkConnection(options),
): BucketAdmin {
  const timing = options.timing ?? { sleep: (ms) => sleep(ms), random: Math.random };
  const context = {
    calls: new AdminCalls(connection, timing),
    expectedBucketOwner: options.expectedBucketOwner,
  };
  return {
    ...identityCalls(connection),
    ...presenceCalls(context, options.region),
    ...settingCalls(context),
    close: () => connection.close(),
  };
}
