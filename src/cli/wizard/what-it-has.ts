import type { BucketAdmin } from "../../core/bucket-admin.ts";
import type {
  LifecycleConfiguration,
  VersioningStatus,
  WritableSetting,
} from "../../core/bucket-settings.ts";
import { takeReading, type Reading } from "../../core/reading.ts";
import { recallLifecycle, type RecalledLifecycle } from "../../setup/recall-lifecycle.ts";
import {
  ownStatementsOf,
  recallDenies,
  recallPolicy,
  type RecalledPolicy,
} from "../../setup/recall-policy.ts";

/** What a bucket has of what is asked: Enter is to keep it. */
export interface WhatItHas {
  /** Undefined: it cannot be seen, or was never set on a bucket that nobody set up. */
  readonly versioning: VersioningStatus | undefined;
  readonly lifecycle: RecalledLifecycle;
  /** Undefined: no statement of ours, or it cannot be seen. */
  readonly policy: RecalledPolicy | undefined;
  /** Undefined: no statement of ours, or it cannot be seen. */
  readonly tlsOnly: boolean | undefined;
  readonly guard: "account" | "principals" | undefined;
  readonly minTls: "1.2" | "1.3" | undefined;
}

/** Reads and changes nothing. Of a bucket that is not there it is all undefined. */
export async function lookAt(admin: BucketAdmin, bucket: string): Promise<WhatItHas> {
  const { state } = await admin.headBucket(bucket);
  const read = (name: WritableSetting): Promise<Reading> =>
    state === "present"
      ? takeReading(() => admin.read(bucket, name))
      : Promise.resolve({ state: "no-bucket" });
  const versioning = await read("versioning");
  const lifecycle = recallLifecycle(
    valueOf(await read("lifecycle")) as LifecycleConfiguration | undefined,
  );
  const statements = ownStatementsOf(textOf(valueOf(await read("policy"))));
  const policy = recallPolicy(statements);
  // There a set-up was told to leave them off.
  const isOff = versioning.state === "not-set" && isSetUp(lifecycle, policy);
  const status = valueOf(versioning) as VersioningStatus | undefined;
  return {
    versioning: isOff ? "Suspended" : status,
    lifecycle,
    policy,
    tlsOnly: policy?.tlsOnly,
    ...recallDenies(statements),
  };
}

function isSetUp(
  { testStatus, cleanUpStatus }: RecalledLifecycle,
  policy: RecalledPolicy | undefined,
): boolean {
  return [testStatus, cleanUpStatus, policy].some((each) => each !== undefined);
}

function valueOf(reading: Reading): unknown {
  return reading.state === "set" ? reading.value : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
