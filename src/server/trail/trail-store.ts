import { trailLimits } from "../../core/trail-limits.ts";
import type { Engine } from "../../engine/engine.ts";
import type { RecordChanges } from "../../engine/records.ts";
import { JsonError } from "../aws-json/json-error.ts";
import { takesData } from "./select-events.ts";
import { trailExists } from "./trail-error.ts";
import {
  type DeliveryStatus,
  type TrailAddress,
  trailArn,
  type TrailRecord,
} from "./trail-record.ts";

const trailKind = "trail";
const statusKind = "traildelivery";

interface ActiveTrails {
  readonly trails: readonly TrailRecord[];
  /** Whether any of them takes data events. */
  readonly data: boolean;
}

/** The trails of all accounts, in the store's records. */
export class TrailStore {
  readonly #engine: Pick<Engine, "records">;
  #active: (ActiveTrails & { readonly changes: number }) | undefined;

  constructor(engine: Pick<Engine, "records">) {
    this.#engine = engine;
  }

  /** Those that are logging; asked with every request, and made anew when a trail has changed. */
  active(): ActiveTrails {
    const changes = this.#engine.records.changesOf(trailKind);
    if (this.#active?.changes === changes) return this.#active;
    const all = Array.from(
      this.#engine.records.list(trailKind),
      ({ value }) => value as TrailRecord,
    );
    const trails = all.filter(({ logging }) => logging);
    this.#active = { changes, trails, data: trails.some(({ selectors }) => takesData(selectors)) };
    return this.#active;
  }

  list(accountId: string): TrailRecord[] {
    const found = this.#engine.records.list(trailKind, `${accountId}/`);
    return Array.from(found, ({ value }) => value as TrailRecord);
  }

  find(address: Pick<TrailAddress, "accountId" | "region" | "name">): TrailRecord | undefined {
    return this.#engine.records.get(trailKind, idOf(address)) as TrailRecord | undefined;
  }

  /** Throws JsonError TrailAlreadyExistsException, MaximumNumberOfTrailsExceededException. */
  async add(trail: TrailRecord): Promise<void> {
    const { accountId, region, name } = trail;
    await this.#engine.records.update((records) => {
      const seen = Array.from(
        records.list(trailKind, `${accountId}/`),
        ({ value }) => value as TrailRecord,
      ).filter((other) => other.region === region || other.multiRegion);
      if (seen.some((other) => other.name === name)) throw trailExists(name, accountId);
      if (seen.length >= trailLimits.trailsPerRegion) {
        throw new JsonError(
          "MaximumNumberOfTrailsExceededException",
          `User: ${accountId} already has ${seen.length} trails in ${region}.`,
        );
      }
      records.put(trailKind, idOf(trail), trail);
      records.remove(statusKind, idOf(trail));
    });
  }

  /** One atomic change. Throws what `gone` makes when the trail is not there any more. */
  async change(
    trail: TrailRecord,
    change: (trail: TrailRecord) => TrailRecord,
    gone: () => Error,
  ): Promise<TrailRecord> {
    return await this.#engine.records.update((records) => {
      const changed = change(thereIn(records, trail, gone));
      records.put(trailKind, idOf(trail), changed);
      return changed;
    });
  }

  async remove(trail: TrailRecord, gone: () => Error): Promise<void> {
    await this.#engine.records.update((records) => {
      thereIn(records, trail, gone);
      records.remove(trailKind, idOf(trail));
      records.remove(statusKind, idOf(trail));
    });
  }

  /** As a declaration says it, whatever was there; with `also` in the same change. */
  async put(trail: TrailRecord, also: (records: RecordChanges) => void): Promise<void> {
    await this.#engine.records.update((records) => {
      records.put(trailKind, idOf(trail), trail);
      also(records);
    });
  }

  /** Also when it is not there any more. */
  async forget(trail: TrailRecord, also: (records: RecordChanges) => void): Promise<void> {
    await this.#engine.records.update((records) => {
      records.remove(trailKind, idOf(trail));
      records.remove(statusKind, idOf(trail));
      also(records);
    });
  }

  deliveryOf(trail: TrailRecord): DeliveryStatus {
    return this.#engine.records.get(statusKind, idOf(trail)) ?? {};
  }

  async noteDelivery(
    trail: TrailRecord,
    attemptedAt: Date,
    error: string | undefined,
  ): Promise<void> {
    const id = idOf(trail);
    const at = attemptedAt.getTime();
    await this.#engine.records.update((records) => {
      if (records.get(trailKind, id) === undefined) return;
      const { deliveredAt } = (records.get(statusKind, id) ?? {}) as DeliveryStatus;
      const status: DeliveryStatus =
        error === undefined
          ? { attemptedAt: at, deliveredAt: at }
          : { attemptedAt: at, error, ...(deliveredAt !== undefined && { deliveredAt }) };
      records.put(statusKind, id, status);
    });
  }
}

function thereIn(records: RecordChanges, trail: TrailRecord, gone: () => Error): TrailRecord {
  const there = records.get(trailKind, idOf(trail)) as TrailRecord | undefined;
  if (there === undefined || trailArn(there) !== trailArn(trail)) throw gone();
  return there;
}

function idOf({ accountId, region, name }: Pick<TrailAddress, "accountId" | "region" | "name">) {
  return `${accountId}/${region}/${name}`;
}
