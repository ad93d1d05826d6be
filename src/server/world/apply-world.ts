import { StorageError } from "../../core/errors.ts";
import { applyDeclaration } from "../iam/apply-declaration.ts";
import type { Declaration } from "../iam/declaration.ts";
import { iamTables } from "../iam/iam-records.ts";
import type { IdentitiesFile } from "../identities/identities-file.ts";
import type { ServerContext } from "../server-context.ts";
import { applyAccountBlocks, applyBuckets, findBucketConflict } from "./apply-buckets.ts";
import { applyKeys } from "./apply-keys.ts";
import { applyTrails, findTrailConflict, trailFiles } from "./apply-trails.ts";
import { declareWorld } from "./declare-world.ts";
import { putVpcEndpoints } from "./vpc-endpoints.ts";
import type { World } from "./world.ts";
import { WorldKeys } from "./world-keys.ts";

export interface WorldTakerOptions {
  /** Which have accounts of their own. */
  readonly identities: IdentitiesFile;
  readonly worldKeysFile?: string;
}

/** Applies worlds one after the other. */
export function worldTaker(
  context: ServerContext,
  { identities, worldKeysFile }: WorldTakerOptions,
): (world: World) => Promise<void> {
  let made: WorldKeys | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const take = async (world: World, before: Promise<unknown>): Promise<void> => {
    await before.catch(() => undefined);
    made ??= new WorldKeys(worldKeysFile, context.randomBytes);
    await applyWorld(context, world, { made, identities });
  };
  return (world) => {
    const taken = take(world, last);
    last = taken;
    return taken;
  };
}

/**
 * Makes the store as a world says: identities, keys, buckets. What is declared as before leaves changes
 * made since alone. Throws StorageError ConfigurationError, before anything is changed, for what does not
 * go together with what the store has.
 */
async function applyWorld(
  context: ServerContext,
  world: World,
  { made, identities }: { readonly made: WorldKeys; readonly identities: IdentitiesFile },
): Promise<void> {
  const { engine, identities: directory, keys, partition, region } = context;
  const declaration = declareWorld(world, { partition, makeKey: made.makeKey });
  const conflict =
    findAccountConflict(declaration, identities) ??
    findKeyConflict(context, declaration) ??
    findBucketConflict(engine, world, region) ??
    findTrailConflict(context, world);
  if (conflict !== undefined) {
    throw new StorageError("ConfigurationError", `The world does not fit the store: ${conflict}.`, {
      remedy: "Change the world, or take another data folder for it.",
    });
  }
  await context.recorder.followFiles(trailFiles(context, world));
  await made.save();
  const now = context.now();
  await applyDeclaration(directory, "world", declaration, now);
  await applyKeys({ keys, records: engine.records, region, partition, now }, world);
  await applyAccountBlocks(context, world);
  await applyBuckets(engine, world, region);
  await applyTrails(context, world);
  await engine.records.update((records) => putVpcEndpoints(records, world));
  context.faults?.declare(world.faults);
  context.world.current = world;
}

function findAccountConflict(
  { accounts }: Declaration,
  identities: IdentitiesFile,
): string | undefined {
  const taken = accounts.find(({ id }) => identities.accounts.some((known) => known.id === id));
  return taken && `accounts.${taken.id}: this account stands in identities.json already`;
}

/** An access key belongs to one holder, whoever made it. */
function findKeyConflict(
  { identities: directory }: ServerContext,
  { accounts }: Declaration,
): string | undefined {
  for (const account of accounts) {
    const holders = [
      { at: `accounts.${account.id}.root`, userName: undefined, keys: account.rootKeys },
      ...account.users.map(({ name, accessKeys }) => ({
        at: `accounts.${account.id}.users.${name}`,
        userName: name,
        keys: accessKeys,
      })),
    ];
    for (const { at, userName, keys } of holders) {
      for (const { accessKeyId } of keys) {
        const there = iamTables.keys.get(directory.records, accessKeyId);
        if (there === undefined) continue;
        if (there.accountId === account.id && there.userName === userName) continue;
        if (isDeclaredByWorld(directory.records, accessKeyId)) continue;
        return `${at}: the store has the access key ${accessKeyId}, and it is somebody else's`;
      }
    }
  }
  return undefined;
}

/** Then it may move to another holder with the file. */
function isDeclaredByWorld(
  records: Parameters<typeof iamTables.declared.get>[0],
  accessKeyId: string,
): boolean {
  return iamTables.declared.get(records, `world/key/${accessKeyId}`) !== undefined;
}
