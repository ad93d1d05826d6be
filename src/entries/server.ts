// The entry `sms-api-storage/server`.
export { startServer } from "./start-server.ts";
export type { ServerOptions, StorageServer } from "./start-server.ts";

export { isStorageError, StorageError } from "../core/errors.ts";
export type { StorageErrorCode } from "../core/errors.ts";
export type { Credentials } from "../core/credentials.ts";
export type { FailedElement } from "../policy/compile-statement.ts";
export type { StatementReference } from "../policy/policy.ts";
export type { DenialVerdict } from "../policy/explain-denial.ts";
export type {
  FailureEvent,
  FaultEvent,
  LifecycleEvent,
  LogFileEvent,
  OverloadEvent,
  RequestEvent,
  ScrubEvent,
  ServerEvent,
  TrailEvent,
  WorldEvent,
} from "../server/server-event.ts";
