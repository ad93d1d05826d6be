import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { StorageError } from "../../core/errors.ts";
import type { ObjectChecksum } from "../../core/checksum.ts";
import type { ProbedFact } from "../../core/store-profile.ts";
import {
  attempt,
  type CapabilityContext,
  type CapabilityProbe,
  fact,
  refusalOf,
  refused,
  textOf,
} from "./capability-probe.ts";

const one = Buffer.from("one");
const two = Buffer.from("the second");

async function contentsOf({ store, call }: CapabilityContext, key: string): Promise<string> {
  return textOf((await store.getObject(key, call)).body);
}

const overwrite: CapabilityProbe = {
  names: ["overwrite", "etagIsMd5"],
  async run(context) {
    const { store, prefix, call } = context;
    const key = `${prefix}overwrite`;
    const { etag } = await store.putObject(key, one, call);
    const md5 = createHash("md5").update(one).digest("hex");
    const facts = [fact("etagIsMd5", etag.replaceAll('"', "") === md5, `the ETag is ${etag}`)];
    const again = await attempt(store.putObject(key, two, call));
    if (!again.ok) {
      const isOld = (await contentsOf(context, key)) === one.toString();
      const detail = `refused: ${refusalOf(again.error)}; the object stayed`;
      return [...facts, { name: "overwrite", finding: isOld ? "no" : "unknown", detail }];
    }
    const isNew = (await contentsOf(context, key)) === two.toString();
    return [...facts, fact("overwrite", isNew, isNew ? "written over" : "taken, but not written")];
  },
};

const noEtagKnown = { name: "writeConditionEtag", finding: "unknown" } as const;

/** A store that refuses every overwrite shows by a key that is not there whether it looks at conditions. */
async function onMissingKey(
  { store, prefix, call }: CapabilityContext,
  error: StorageError,
): Promise<ProbedFact> {
  const key = `${prefix}condition-missing`;
  const made = await attempt(store.putObject(key, one, { ...call, ifMatch: '"other"' }));
  const name = "conditionalWrites";
  if (made.ok) return fact(name, false, "If-Match was passed over for a key that is not there");
  const { code } = made.error;
  if (code !== "PreconditionFailed" && code !== "NotFound") return refused(name, error);
  return fact(name, true, "If-Match is looked at");
}

const conditions: CapabilityProbe = {
  names: ["conditionalWrites", "writeConditionEtag"],
  async run(context) {
    const { store, variant, prefix, call } = context;
    const key = `${prefix}conditions`;
    const hidden = { ...noEtagKnown, detail: "nothing is written over here" };
    const { etag } = await store.putObject(key, one, call);
    const create = await attempt(store.putObject(key, two, { ...call, ifAbsent: true }));
    if (create.ok) {
      const detail = "If-None-Match: * was passed over";
      return [fact("conditionalWrites", false, detail), { ...noEtagKnown, detail }];
    }
    const { error } = create;
    if (error.code === "PermissionDenied") return [await onMissingKey(context, error), hidden];
    if (error.code !== "AlreadyExists" && error.code !== "PreconditionFailed") {
      return [refused("conditionalWrites", error), { ...noEtagKnown, detail: "not tried" }];
    }
    const other = await attempt(store.putObject(key, two, { ...call, ifMatch: '"other"' }));
    if (other.ok) {
      const detail = "If-Match was passed over";
      return [fact("conditionalWrites", false, detail), { ...noEtagKnown, detail }];
    }
    const quoted = await attempt(store.putObject(key, two, { ...call, ifMatch: etag }));
    const done = fact("conditionalWrites", true, "If-None-Match and If-Match are looked at");
    if (quoted.ok) return [done, { ...noEtagKnown, finding: "quoted", detail: "as it was sent" }];
    const bare = await attempt(variant.putObject(key, two, { ...call, ifMatch: etag }));
    const detail = "the right ETag in its quotes does not match";
    if (bare.ok) return [done, { ...noEtagKnown, finding: "bare", detail }];
    return [fact("conditionalWrites", false, `${detail}, nor without`), { ...noEtagKnown, detail }];
  },
};

const conditionalDeletes: CapabilityProbe = {
  names: ["conditionalDeletes"],
  async run({ store, prefix, call }) {
    const key = `${prefix}conditional-delete`;
    await store.putObject(key, one, call);
    const wrong = await attempt(store.deleteObject(key, { ...call, ifMatch: '"other"' }));
    const name = "conditionalDeletes";
    if (wrong.ok) return [fact(name, false, "If-Match was passed over")];
    if (wrong.error.code !== "PreconditionFailed") return [refused(name, wrong.error)];
    return [fact(name, true, "another ETag was refused")];
  },
};

const checksums: CapabilityProbe = {
  names: ["checksumHeaders"],
  async run({ store, prefix, call }) {
    const key = `${prefix}checksum`;
    const name = "checksumHeaders";
    const right = await attempt(store.putObject(key, one, { ...call, checksum: crcOf(one) }));
    if (!right.ok) return [refused(name, right.error)];
    const kept = (await store.headObject(key, call)).checksum !== undefined;
    const wrong = await attempt(
      store.putObject(`${key}-wrong`, one, { ...call, checksum: crcOf(two) }),
    );
    const isLookedAt = !wrong.ok;
    const detail = `a wrong one was ${isLookedAt ? "refused" : "taken"}, a right one ${kept ? "kept" : "not kept"}`;
    return [fact(name, isLookedAt && kept, detail)];
  },
};

function crcOf(bytes: Buffer): ObjectChecksum {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(crc32(bytes));
  return { algorithm: "CRC32", type: "FULL_OBJECT", value: value.toString("base64") };
}

function digest(finding: string, detail: string): ProbedFact {
  return { name: "batchDeleteDigest", finding, detail };
}

const batchDelete: CapabilityProbe = {
  names: ["batchDelete", "batchDeleteDigest"],
  async run({ store, variant, prefix, call }) {
    const keys = [`${prefix}batch-1`, `${prefix}batch-2`];
    for (const key of keys) await store.putObject(key, one, call);
    const entries = keys.map((key) => ({ key }));
    const done = fact("batchDelete", true, "two keys in one request");
    const md5 = await attempt(store.deleteObjects(entries, call));
    if (md5.ok && md5.value.errors.length === 0) {
      return [done, digest("content-md5", "Content-MD5 is enough")];
    }
    const both = await attempt(variant.deleteObjects(entries, call));
    if (both.ok && both.value.errors.length === 0) {
      return [done, digest("content-md5-and-checksum", "Content-MD5 alone is not enough")];
    }
    const unknown = digest("unknown", "no batch was deleted");
    if (!both.ok) return [refused("batchDelete", both.error), unknown];
    return [fact("batchDelete", false, both.value.errors[0]?.message ?? ""), unknown];
  },
};

/** What becomes of writes and deletes. */
export const writingProbes: readonly CapabilityProbe[] = [
  overwrite,
  conditions,
  conditionalDeletes,
  checksums,
  batchDelete,
];
