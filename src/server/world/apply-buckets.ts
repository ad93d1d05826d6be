import type { BucketSettings, Engine } from "../../engine/engine.ts";
import { defaultEncryption, defaultPublicAccessBlock } from "../buckets/default-settings.ts";
import type { ServerContext } from "../server-context.ts";
import type { WorldBucket } from "./bucket-shape.ts";
import { declarationHash } from "./declaration-hash.ts";
import type { World } from "./world.ts";

const markKind = "worldbucket";

/** What a world said of a bucket. */
interface Mark {
  readonly hash: string;
  readonly said: readonly string[];
}

/** In older stores it is the hash alone. */
function markOf(value: unknown): Mark | undefined {
  return typeof value === "string" ? { hash: value, said: [] } : (value as Mark | undefined);
}

/** Why buckets of a world cannot be made: names that are taken. Undefined: they can. */
export function findBucketConflict(
  engine: Engine,
  world: World,
  defaultRegion: string,
): string | undefined {
  for (const [accountId, { buckets }] of world.accounts) {
    for (const [name, { region = defaultRegion }] of buckets) {
      const there = engine.getBucket(name);
      if (there === undefined) continue;
      const at = `accounts.${accountId}.buckets.${name}`;
      if (there.ownerAccountId !== accountId) {
        return `${at}: the store has this bucket, and account ${there.ownerAccountId} owns it`;
      }
      if (there.region !== region) {
        return `${at}: the store has this bucket in ${there.region}, and buckets do not move`;
      }
    }
  }
  return undefined;
}

/**
 * Makes the buckets that a world declares, and what it says of them. A bucket that is declared no more
 * is left alone with all that is in it.
 */
export async function applyBuckets(
  engine: Engine,
  world: World,
  defaultRegion: string,
): Promise<void> {
  const { records } = engine;
  const declared = new Set<string>();
  for (const [ownerAccountId, { buckets }] of world.accounts) {
    for (const [name, bucket] of buckets) {
      declared.add(name);
      const mark: Mark = { hash: declarationHash(bucket), said: partsOf(bucket) };
      const isThere = engine.getBucket(name) !== undefined;
      const before = isThere ? markOf(records.get(markKind, name)) : undefined;
      if (before?.hash === mark.hash) continue;
      if (!isThere) {
        const region = bucket.region ?? defaultRegion;
        await engine.createBucket({ name, region, ownerAccountId, settings: newBucket });
      }
      await engine.updateBucketSettings(name, (settings) => ({
        ...withoutParts(settings, before?.said ?? []),
        ...settingsOf(bucket),
      }));
      await records.update((changes) => changes.put(markKind, name, mark));
    }
  }
  const gone = Array.from(records.list(markKind)).filter(({ id }) => !declared.has(id));
  if (gone.length === 0) return;
  await records.update((changes) => {
    for (const { id } of gone) changes.remove(markKind, id);
  });
}

const blockKind = "worldblock";

/** The public access blocks of whole accounts; one that is declared no more goes. */
export async function applyAccountBlocks(
  { accountBlocks, engine: { records } }: Pick<ServerContext, "accountBlocks" | "engine">,
  world: World,
): Promise<void> {
  const marked = Array.from(records.list(blockKind), ({ id }) => id);
  for (const accountId of new Set([...world.accounts.keys(), ...marked])) {
    const block = world.accounts.get(accountId)?.publicAccessBlock;
    const hash = block && declarationHash(block);
    if (records.get(blockKind, accountId) === hash) continue;
    if (block === undefined) await accountBlocks.remove(accountId);
    else await accountBlocks.put(accountId, block);
    await records.update((changes) => {
      if (hash === undefined) changes.remove(blockKind, accountId);
      else changes.put(blockKind, accountId, hash);
    });
  }
}

const newBucket = {
  encryption: defaultEncryption,
  ownership: "BucketOwnerEnforced",
  publicAccessBlock: defaultPublicAccessBlock,
} as const;

/** What was said and is said no more is as in a new bucket; but versioning stays, for what is in it. */
function withoutParts(settings: BucketSettings, said: readonly string[]): BucketSettings {
  const { policy, ...kept } = settings;
  return {
    ...kept,
    ...(policy !== undefined && !said.includes("policy") && { policy }),
    ...(said.includes("publicAccessBlock") && { publicAccessBlock: defaultPublicAccessBlock }),
  };
}

function partsOf(bucket: WorldBucket): readonly string[] {
  return Object.keys(settingsOf(bucket));
}

function settingsOf({ versioning, publicAccessBlock, policy }: WorldBucket) {
  return {
    ...(versioning !== undefined && { versioning }),
    ...(publicAccessBlock !== undefined && { publicAccessBlock }),
    ...(policy !== undefined && { policy }),
  };
}
