// The entry `sms-api-storage/setup`.
export { audit } from "./audit.ts";
export type { AuditAnswer, AuditCallOptions } from "./audit.ts";
export type { BucketWish } from "./bucket-wish.ts";
export { doctor } from "./doctor.ts";
export type { DoctorCallOptions, DoctorReport } from "./doctor.ts";
export { explain } from "./explain.ts";
export type { AccessRequest, ExplainCallOptions } from "./explain.ts";
export { apply, drift, plan, verify } from "./set-up-bucket.ts";
export type {
  ApplyCallOptions,
  DriftAnswer,
  DriftCallOptions,
  PlanCallOptions,
  VerifyCallOptions,
} from "./set-up-bucket.ts";
export type { SetupCallOptions, StoreCallOptions } from "./setup-options.ts";
export { teardown } from "./teardown.ts";
export type { TeardownOptions, TeardownResult } from "./teardown.ts";

export { getSettings } from "../settings/get-settings.ts";
export type { GetSettingsOptions } from "../settings/get-settings.ts";
export type { Settings } from "../settings/settings.ts";
export { isStorageError, StorageError } from "../core/errors.ts";
export type { StorageErrorCode } from "../core/errors.ts";
export type { LayerReport } from "../checks/doctor/examine.ts";
export type { DoctorFinding } from "../checks/doctor/doctor-finding.ts";
export type { AccessExplanation } from "../checks/explain/explain-access.ts";
export type { Finding, Mute, Remedy } from "../checks/finding.ts";
export type { ApplyEvent, ApplyResult, StepResult } from "../setup/apply.ts";
export type { DriftBaseline } from "../setup/drift/drift-baseline.ts";
export type { DriftFinding } from "../setup/drift/find-drift.ts";
export type { SetupPlan } from "../setup/plan.ts";
export type { Check, VerifyReport } from "../setup/verify.ts";
