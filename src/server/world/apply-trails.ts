import { trailLimits } from "../../core/trail-limits.ts";
import type { ServerContext } from "../server-context.ts";
import { trailArn, type TrailRecord } from "../trail/trail-record.ts";
import { declarationHash } from "./declaration-hash.ts";
import type { World } from "./world.ts";
import { declaredTrails } from "./world-trails.ts";

const markKind = "worldtrail";

type TrailTarget = Pick<ServerContext, "engine" | "recorder" | "partition" | "region" | "now">;

interface Mark {
  readonly hash: string;
  readonly trail: TrailRecord;
}

/** Why trails of a world cannot be made: trails that the API has made. Undefined: they can. */
export function findTrailConflict(target: TrailTarget, world: World): string | undefined {
  const { recorder, engine } = target;
  const isWorlds = (trail: TrailRecord): boolean =>
    engine.records.get(markKind, trailArn(trail)) !== undefined;
  for (const { record } of declaredTrails(world, target)) {
    const { accountId, region, name, multiRegion } = record;
    const others = recorder.store
      .list(accountId)
      .filter((other) => !isWorlds(other) && trailArn(other) !== trailArn(record))
      .filter((other) => other.region === region || other.multiRegion || multiRegion);
    const at = `accounts.${accountId}.trails.${name}`;
    const namesake = others.find((other) => other.name === name);
    if (namesake !== undefined) {
      return `${at}: the store has a trail of this name in ${namesake.region}`;
    }
    const declared = world.accounts.get(accountId)?.trails.size ?? 0;
    if (others.length > 0 && others.length + declared > trailLimits.trailsPerRegion) {
      return `${at}: with those of the store there are more than ${trailLimits.trailsPerRegion} trails in ${region}`;
    }
  }
  return undefined;
}

/** Makes the trails that a world declares, and removes those that it declares no more. */
export async function applyTrails(target: TrailTarget, world: World): Promise<void> {
  const { engine, recorder, now } = target;
  const { records } = engine;
  const declared = declaredTrails(world, target).map(({ record }) => record);
  const arns = new Set(declared.map(trailArn));
  for (const { id, value } of Array.from(records.list(markKind))) {
    if (arns.has(id)) continue;
    await recorder.store.forget((value as Mark).trail, (changes) => changes.remove(markKind, id));
  }
  for (const trail of declared) {
    const arn = trailArn(trail);
    const hash = declarationHash(trail);
    const there = recorder.store.find(trail);
    const known = records.get(markKind, arn) as Mark | undefined;
    if (there !== undefined && known?.hash === hash) continue;
    await recorder.store.put(withTimes(trail, there, now()), (changes) =>
      changes.put(markKind, arn, { hash, trail }),
    );
  }
}

/** Where events of trails go as lines of JSON, by the trails' ARNs. */
export function trailFiles(
  target: Pick<TrailTarget, "partition" | "region">,
  world: World,
): ReadonlyMap<string, string> {
  return new Map(
    declaredTrails(world, target).flatMap(({ record, file }) =>
      file === undefined ? [] : [[trailArn(record), file] as const],
    ),
  );
}

/** Since when it logs, or does not. */
function withTimes(trail: TrailRecord, there: TrailRecord | undefined, now: Date): TrailRecord {
  const { startedAt, stoppedAt } = there ?? {};
  const time = now.getTime();
  const known = {
    ...(startedAt !== undefined && { startedAt }),
    ...(stoppedAt !== undefined && { stoppedAt }),
  };
  if (trail.logging === (there?.logging ?? false)) return { ...trail, ...known };
  return { ...trail, ...known, ...(trail.logging ? { startedAt: time } : { stoppedAt: time }) };
}
