import { trailLimits } from "../../core/trail-limits.ts";
import { bucketPolicyKind } from "../../policy/bucket-policy-kind.ts";
import { compilePolicy } from "../../policy/compile-policy.ts";
import { parsePolicyOf } from "../../policy/parse.ts";
import { JsonError } from "../aws-json/json-error.ts";
import { JsonInput } from "../aws-json/json-input.ts";
import { readSelectors } from "../trail/event-selectors.ts";
import { findRefusedWish } from "../trail/trail-bucket-policy.ts";
import { trailService } from "../trail/trail-delivery.ts";
import { recordsFilesOf } from "../trail/trail-loop.ts";
import type { TrailRecord } from "../trail/trail-record.ts";
import type { WorldBucket } from "./bucket-shape.ts";
import { hintFor } from "../../shapes/shape.ts";
import type { WorldTrail } from "./trail-shape.ts";
import type { World } from "./world.ts";
import type { DocumentFaults, DocumentPath } from "../../shapes/document-faults.ts";
import { trailAddressOf, trailRecordOf, type WorldPlace } from "./world-trails.ts";

interface OwnedBucket {
  readonly owner: string;
  readonly bucket: WorldBucket;
}

interface TrailCheck {
  readonly buckets: ReadonlyMap<string, OwnedBucket>;
  readonly faults: DocumentFaults;
}

/** That CloudTrail would take each trail, that it may write to its bucket, and records no files of its own. */
export function checkTrails(world: World, place: WorldPlace, faults: DocumentFaults): void {
  const buckets = bucketsOf(world);
  const check: TrailCheck = { buckets, faults };
  const files = new Set<string>();
  for (const [id, account] of world.accounts) {
    const sound: TrailAt[] = [];
    for (const [name, trail] of account.trails) {
      const path = ["accounts", id, "trails", name];
      const isDouble = trail.file !== undefined && files.has(trail.file);
      if (isDouble) faults.add([...path, "file"], "is the file of another trail already");
      if (trail.file !== undefined) files.add(trail.file);
      if (trail.multiRegion && !trail.globalEvents) {
        const why = "must be true, since the trail takes the events of all regions";
        faults.add([...path, "globalEvents"], why);
      }
      if (!checkSelectors(trail, path, faults)) continue;
      const record = trailRecordOf(trail, trailAddressOf(name, trail, id, account, place));
      sound.push({ record, path });
      checkBucket(check, record, path);
    }
    checkCount(sound, faults);
    checkLoops(sound, faults);
  }
}

interface TrailAt {
  readonly record: TrailRecord;
  readonly path: DocumentPath;
}

/** A name that two accounts declare is told elsewhere. */
function bucketsOf(world: World): ReadonlyMap<string, OwnedBucket> {
  const found = new Map<string, OwnedBucket>();
  for (const [owner, { buckets }] of world.accounts) {
    for (const [name, bucket] of buckets) found.set(name, { owner, bucket });
  }
  return found;
}

const selectorFields = [
  ["eventSelectors", "EventSelectors"],
  ["advancedEventSelectors", "AdvancedEventSelectors"],
] as const;

/** One by one, so that a fault is told where it stands, and all together. */
function checkSelectors(trail: WorldTrail, path: DocumentPath, faults: DocumentFaults): boolean {
  const before = faults.count;
  for (const [field, name] of selectorFields) {
    const selectors = trail[field];
    if (selectors === undefined) continue;
    if (selectors.length === 0) {
      faults.add([...path, field], "is empty; leave it out for all management events");
    }
    for (const [index, selector] of selectors.entries()) {
      readInto(faults, [...path, field, index], { [name]: [selector] });
    }
  }
  if (faults.count > before) return false;
  const { eventSelectors, advancedEventSelectors } = trail;
  if (eventSelectors === undefined && advancedEventSelectors === undefined) return true;
  const field = advancedEventSelectors === undefined ? "eventSelectors" : "advancedEventSelectors";
  readInto(faults, [...path, field], {
    EventSelectors: eventSelectors,
    AdvancedEventSelectors: advancedEventSelectors,
  });
  return faults.count === before;
}

function readInto(
  faults: DocumentFaults,
  path: DocumentPath,
  selectors: Readonly<Record<string, unknown>>,
): void {
  try {
    readSelectors(new JsonInput(selectors));
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    faults.add(path, `is refused by CloudTrail: ${error.message.replace(/\.$/, "")}`);
  }
}

function checkBucket(
  { buckets, faults }: TrailCheck,
  trail: TrailRecord,
  path: DocumentPath,
): void {
  const { accountId, bucket: name } = trail;
  const at = [...path, "bucket"];
  const found = buckets.get(name);
  if (found === undefined) {
    const hint = hintFor(name, [...buckets.keys()]);
    const remedy = `declare it in accounts.${accountId}.buckets`;
    faults.add(at, `is no bucket of this world; ${hint.replace(/\?$/, "")}, or ${remedy}`);
    return;
  }
  const { owner, bucket } = found;
  const source = `${trailService} for account ${accountId}`;
  if (bucket.policy === undefined) {
    if (owner === accountId) return;
    const what = `is a bucket of account ${owner}, and has no policy that lets ${source} write`;
    faults.add(at, `${what}; give it one, or take a bucket of account ${accountId}`);
    return;
  }
  const kind = bucketPolicyKind({ bucket: name });
  const policy = compilePolicy(parsePolicyOf(kind, bucket.policy));
  const refused = findRefusedWish(policy, trail, owner);
  if (refused === undefined) return;
  const remedy =
    owner === accountId
      ? "allow it there, or leave the policy out to have one made"
      : "allow it there";
  faults.add(at, `has a policy that does not let ${source} do ${refused}; ${remedy}`);
}

/** In a region count its own trails and those of all regions. */
function checkCount(trails: readonly TrailAt[], faults: DocumentFaults): void {
  for (const [index, { record, path }] of trails.entries()) {
    const before = trails
      .slice(0, index)
      .filter(
        ({ record: other }) =>
          other.region === record.region || other.multiRegion || record.multiRegion,
      );
    if (before.length !== trailLimits.trailsPerRegion) continue;
    const most = `${trailLimits.trailsPerRegion} are allowed in a region`;
    faults.addAtName(path, `is a trail too many: ${most}, those of all regions counted`);
  }
}

/** AWS would record each file in the next one, without an end. */
function checkLoops(trails: readonly TrailAt[], faults: DocumentFaults): void {
  for (const { record, path } of trails) {
    const at = [...path, "bucket"];
    if (recordsFilesOf(record, record)) {
      const what = "is a bucket whose data events the trail records, so that each of its files";
      faults.add(at, `${what} would make another; record other buckets, or write to another`);
      continue;
    }
    const other = trails.find(
      ({ record: one }) =>
        one !== record && recordsFilesOf(one, record) && recordsFilesOf(record, one),
    );
    if (other === undefined) continue;
    const what = `makes a loop with the trail ${other.record.name}: each records what the other writes`;
    faults.add(at, what);
  }
}
