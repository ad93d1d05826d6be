import type { Turns } from "../../core/turns.ts";
import type { KeptVersion, Shelf } from "./shelf.ts";

/** What the operations of a store in memory or in a folder share. */
export interface StoreContext {
  readonly bucket: string;
  /** As of ObjectStore. */
  readonly location: string;
  readonly shelf: Shelf;
  readonly isVersioned: boolean;
  readonly now: () => Date;
  /** A key's changes, and an upload's, come one after the other. */
  readonly turns: Turns;
}

/** The newest version, unless it is a delete marker. */
export async function currentVersion(
  { shelf }: StoreContext,
  key: string,
): Promise<KeptVersion | undefined> {
  const [latest] = await shelf.read(key);
  return latest?.isDeleteMarker === true ? undefined : latest;
}
