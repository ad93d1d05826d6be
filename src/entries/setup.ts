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
export type { FixTemplate } from "../checks/doctor/cause-row.ts";
export type { DoctorFinding, OtherCause } from "../checks/doctor/doctor-finding.ts";
export type { LayerName } from "../checks/doctor/layer-name.ts";
export type { Unseen } from "../checks/explain/access-facts.ts";
export type {
  AccessExplanation,
  DecidingStatement,
  Pass,
} from "../checks/explain/explain-access.ts";
export type {
  Finding,
  FindingStatus,
  Mute,
  Remedy,
  RemedyBy,
  Severity,
} from "../checks/finding.ts";
export type { FindingChange } from "../checks/report/compare-audits.ts";
export type { FindingSummary } from "../checks/report/summary.ts";
export type { LayerName as PolicyLayer } from "../policy/access-layers.ts";
export type { Reading } from "../core/reading.ts";
export type { AuditReport } from "../checks/report/audit-report.ts";
export type { PublicAccessBlockConfiguration, VersioningStatus } from "../core/bucket-settings.ts";
export type { ApplyEvent, ApplyResult, StepResult } from "../setup/apply.ts";
export type { DriftBaseline } from "../setup/drift/drift-baseline.ts";
export type { AspectName } from "../setup/aspect-name.ts";
export type { AspectPlan, Blocker, Change, Note } from "../setup/aspect.ts";
export type {
  AccessPreset,
  DesiredState,
  EncryptionWish,
  LifecycleWish,
  Managed,
  PolicyWish,
  PrincipalForm,
  Resettable,
} from "../setup/desired-state.ts";
export type { DriftFinding, DriftKind } from "../setup/drift/find-drift.ts";
export type { PlanSummary, SetupPlan } from "../setup/plan.ts";
export type { Check, VerifyReport } from "../setup/verify.ts";
