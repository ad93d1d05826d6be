import type { Tag } from "../../core/bucket-settings.ts";

/** A session's tags take the place of its role's with that key. */
export function sessionTags(role: readonly Tag[], session: readonly Tag[] = []): readonly Tag[] {
  const own = new Set(session.map(({ Key }) => Key.toLowerCase()));
  return [...session, ...role.filter(({ Key }) => !own.has(Key.toLowerCase()))];
}
