import { dialects } from "../../src/client/dialects/dialect-list.ts";
import { withProfile } from "../../src/client/dialects/with-profile.ts";
import type { StoreProfile } from "../../src/core/store-profile.ts";

/** What the data of a dialect say, and a probe of the store itself does not find so. */
export function contradictions(profile: StoreProfile): string[] {
  const told = new Map<string, unknown>(Object.entries(dialects[profile.dialect]));
  const seen = new Map<string, unknown>(
    Object.entries(withProfile(dialects[profile.dialect], profile)),
  );
  // Our own choices, which may be of more than the store wants.
  for (const name of ["batchDeleteDigest", "uploadChecksum", "writeConditionEtag"]) {
    told.delete(name);
  }
  return [...told].flatMap(([name, quirk]) => {
    const [said, found] = [valueOf(quirk), valueOf(seen.get(name))];
    return said === found || said === "unknown" ? [] : [`${name}: ${said}, but ${found}`];
  });
}

function valueOf(quirk: unknown): string {
  return typeof quirk === "object" && quirk !== null && "value" in quirk
    ? String(quirk.value)
    : String(quirk);
}
