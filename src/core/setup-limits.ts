import { mib } from "./limits.ts";

/** Bounds of setting a bucket up; ours unless a source is named. */
export const setupLimits = {
  /** HeadBucket after CreateBucket; with the wait below some 60 s in all. */
  headAttempts: 30,
  /** Answers of 200 in a row before a new bucket is taken for settled. */
  headSuccesses: 2,
  headWaitMs: 2000,
  /** Reads of a setting after its put, until it shows. S3's settings are eventually consistent. */
  readBackAttempts: 10,
  readBackWaitMs: 1000,
  /** A probe's object that is not found at once: AWS asks for 15 min after versioning was enabled. */
  probeAttempts: 8,
  probeWaitMs: 2000,
  /** Reads until a policy put on trial is taken for without effect. */
  tlsTrialReads: 4,
  tlsTrialWaitMs: 500,
  /** S3 takes days up to 2,147,483,647; a hundred years are no mistyping. */
  days: 36_500,
  /** ARNs that a wish may name; they have to fit into 20 KiB of policy. */
  principals: 100,
  /** How long it is asked again what somebody's own policies allow; a plan can do without. */
  ownAccessRetryMs: 2000,
  /** Answers to one question of the wizard that do not fit, before it gives up. */
  badAnswers: 20,
  /** Over 8 MiB, where the AWS CLI turns to multipart uploads. */
  probeBytes: 8 * mib + mib / 16,
} as const;
