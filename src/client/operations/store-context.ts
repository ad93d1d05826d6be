import type { Capabilities } from "../../core/capabilities.ts";
import { StorageError } from "../../core/errors.ts";
import type { DigestFactory } from "../../core/checksum.ts";
import type { Dialect } from "../dialects/dialect.ts";
import type { ClientEvent } from "../client-event.ts";
import type { S3Sender } from "../s3-sender.ts";
import type { StorePace } from "../store-pace.ts";
import type { StoreState } from "../store-state.ts";

/** What every operation of one store works with. */
export interface StoreContext {
  readonly bucket: string;
  /** Twelve digits; every request goes with it, by the sender. */
  readonly expectedBucketOwner?: string | undefined;
  readonly dialect: Dialect;
  readonly capabilities: Capabilities;
  readonly sender: S3Sender;
  readonly state: StoreState;
  readonly createDigest: DigestFactory;
  readonly pace?: StorePace | undefined;
  readonly onEvent?: ((event: ClientEvent) => void) | undefined;
}

type Ability = {
  [Name in keyof Capabilities]: Capabilities[Name] extends "yes" | "no" | "unknown" ? Name : never;
}[keyof Capabilities];

/** Throws NotSupported, before any request, for what the store is known not to do. */
export function requireAbility(
  store: StoreContext,
  ability: Ability,
  what: { readonly operation: string; readonly key?: string; readonly name: string },
): void {
  if (store.capabilities[ability] !== "no") return;
  throw new StorageError("NotSupported", `A ${store.dialect.name} store has no ${what.name}.`, {
    operation: what.operation,
    bucket: store.bucket,
    ...(what.key !== undefined && { key: what.key }),
  });
}
