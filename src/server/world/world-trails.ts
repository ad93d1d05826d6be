import { JsonInput } from "../aws-json/json-input.ts";
import { defaultSelectors, type EventSelectors, readSelectors } from "../trail/event-selectors.ts";
import { trailBucketPolicy } from "../trail/trail-bucket-policy.ts";
import type { TrailAddress, TrailRecord } from "../trail/trail-record.ts";
import type { WorldAccount } from "./account-shape.ts";
import { tagsOf } from "./declare-world.ts";
import type { WorldTrail } from "./trail-shape.ts";
import type { World } from "./world.ts";

/** Of what names no region and no partition. */
export interface WorldPlace {
  readonly region: string;
  readonly partition: string;
}

/** A trail as CloudTrail would keep it. Throws JsonError for selectors that it would not take. */
export function trailRecordOf(trail: WorldTrail, address: TrailAddress): TrailRecord {
  const { bucket, prefix, multiRegion, globalEvents, logging, tags } = trail;
  return {
    ...address,
    bucket,
    ...(prefix !== undefined && { prefix }),
    multiRegion,
    globalEvents,
    selectors: selectorsOf(trail),
    tags: tagsOf(tags),
    logging,
  };
}

function selectorsOf({ eventSelectors, advancedEventSelectors }: WorldTrail): EventSelectors {
  if (eventSelectors === undefined && advancedEventSelectors === undefined) return defaultSelectors;
  return readSelectors(
    new JsonInput({
      EventSelectors: eventSelectors,
      AdvancedEventSelectors: advancedEventSelectors,
    }),
  );
}

export function trailAddressOf(
  name: string,
  { region }: WorldTrail,
  accountId: string,
  account: WorldAccount,
  place: WorldPlace,
): TrailAddress {
  const { partition = place.partition } = account;
  return { accountId, partition, region: region ?? place.region, name };
}

export interface DeclaredTrail {
  readonly record: TrailRecord;
  /** Where its events go as lines of JSON, too. */
  readonly file: string | undefined;
}

/** All trails of a checked world. */
export function declaredTrails(world: World, place: WorldPlace): readonly DeclaredTrail[] {
  return [...world.accounts].flatMap(([id, account]) =>
    [...account.trails].map(([name, trail]) => ({
      record: trailRecordOf(trail, trailAddressOf(name, trail, id, account, place)),
      file: trail.file,
    })),
  );
}

/** The world with the policies that trails need on buckets of their account for which it says none. */
export function withTrailPolicies(world: World, place: WorldPlace): World {
  const trails = declaredTrails(world, place).map(({ record }) => record);
  if (trails.length === 0) return world;
  const accounts = new Map(
    [...world.accounts].map(([id, account]) => {
      const buckets = new Map(
        [...account.buckets].map(([name, bucket]) => {
          const writing = trails.filter((trail) => trail.bucket === name);
          if (writing.length === 0 || bucket.policy !== undefined) return [name, bucket] as const;
          return [name, { ...bucket, policy: trailBucketPolicy(name, writing) }] as const;
        }),
      );
      return [id, { ...account, buckets }] as const;
    }),
  );
  return { ...world, accounts };
}
