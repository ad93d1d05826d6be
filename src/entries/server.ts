// The entry `sms-api-storage/server`.
export { startServer } from "./start-server.ts";
export type { ServerOptions, StorageServer } from "./start-server.ts";

export { isStorageError, StorageError } from "../core/errors.ts";
export type { StorageErrorCode } from "../core/errors.ts";
export type { Credentials } from "../core/credentials.ts";
export type { ServerEvent } from "../server/server-event.ts";
