import type { Support } from "../../core/capabilities.ts";
import type { StoreProfile } from "../../core/store-profile.ts";
import type { Dialect, Quirk } from "./dialect.ts";

/** Findings that take a dialect's place; the rest of a profile is for its readers. */
const abilities = [
  "overwrite",
  "checksumHeaders",
  "batchDelete",
  "conditionalWrites",
  "conditionalDeletes",
  "versioning",
  "objectAttributes",
  "userMetadata",
  "objectTags",
  "serverSideEncryptionHeader",
  "copyPart",
  "orderedListing",
  "etagIsMd5",
  "equalParts",
] as const;

/** The dialect as a probe has seen it on the store itself; what it could not tell stays as it was. */
export function withProfile(dialect: Dialect, profile: StoreProfile): Dialect {
  const evidence = `probed on ${profile.endpoint}, ${profile.probedAt}`;
  const found = new Map(profile.facts.map(({ name, finding }) => [name, finding]));
  const changes: { -readonly [Name in keyof Dialect]?: Dialect[Name] } = {};
  for (const name of abilities) {
    const value = found.get(name);
    if (value === "yes" || value === "no") changes[name] = { value, evidence };
  }
  const etag = found.get("writeConditionEtag");
  if (etag === "quoted" || etag === "bare") changes.writeConditionEtag = { value: etag, evidence };
  const digest = found.get("batchDeleteDigest");
  if (digest === "content-md5" || digest === "content-md5-and-checksum") {
    changes.batchDeleteDigest = { value: digest, evidence };
  }
  const multiple = found.get("partSizeMultipleBytes");
  if (multiple === 1 || multiple === 4096) {
    changes.partSizeMultipleBytes = { value: multiple, evidence };
  }
  if (found.get("checksumHeaders") === "no") {
    changes.uploadChecksum = { value: "none", evidence };
  }
  return { ...dialect, ...changes };
}

/**
 * The dialect for a probe: sends all that it is told to, and of itself nothing that a store may refuse.
 * `variant`: with bare ETags, and a checksum beside Content-MD5.
 */
export function probingDialect(dialect: Dialect, variant: boolean): Dialect {
  const evidence = "to be probed";
  const unknown: Quirk<Support> = { value: "unknown", evidence };
  return {
    ...dialect,
    ...Object.fromEntries(abilities.map((name) => [name, unknown])),
    uploadChecksum: { value: variant ? "CRC32" : "none", evidence },
    readChecksums: { value: true, evidence },
    writeConditionEtag: { value: variant ? "bare" : "quoted", evidence },
    batchDeleteDigest: { value: variant ? "content-md5-and-checksum" : "content-md5", evidence },
  };
}
