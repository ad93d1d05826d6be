import type { PublicAccessBlockConfiguration } from "../../core/bucket-settings.ts";
import type { Engine } from "../../engine/engine.ts";

const kind = "publicaccessblock";

/** What accounts say of public access to all their buckets, in the store's records. */
export class AccountBlocks {
  readonly #engine: Pick<Engine, "records">;
  readonly #kept = new Map<string, PublicAccessBlockConfiguration | undefined>();
  #changes = -1;

  constructor(engine: Pick<Engine, "records">) {
    this.#engine = engine;
  }

  /** Undefined: the account says nothing. */
  of(accountId: string): PublicAccessBlockConfiguration | undefined {
    const changes = this.#engine.records.changesOf(kind);
    if (changes !== this.#changes) this.#kept.clear();
    this.#changes = changes;
    if (this.#kept.has(accountId)) return this.#kept.get(accountId);
    const found = this.#engine.records.get(kind, accountId);
    const block = found as PublicAccessBlockConfiguration | undefined;
    this.#kept.set(accountId, block);
    return block;
  }

  async put(accountId: string, block: PublicAccessBlockConfiguration): Promise<void> {
    await this.#engine.records.update((records) => records.put(kind, accountId, block));
  }

  async remove(accountId: string): Promise<void> {
    await this.#engine.records.update((records) => records.remove(kind, accountId));
  }
}
