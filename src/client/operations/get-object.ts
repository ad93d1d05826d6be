import type { RunningDigest } from "../../core/checksum.ts";
import { StorageError } from "../../core/errors.ts";
import { assertObjectKey } from "../../core/object-key.ts";
import type { ObjectBody } from "../../core/object-body.ts";
import type { GetOptions, GetResult, ObjectHead } from "../../core/object-store.ts";
import { parseContentRange } from "../../protocol/headers/content-range.ts";
import { connectionError } from "../connection-error.ts";
import type { ResponseBody } from "../response-body.ts";
import { addressOf, type CallContext } from "../service-error.ts";
import { TransportError } from "../transport-error.ts";
import { assertAsked, readHeaders, readObjectHead } from "./object-headers.ts";
import type { StoreContext } from "./store-context.ts";

const operation = "GetObject";

export async function getObject(
  store: StoreContext,
  key: string,
  options: GetOptions = {},
): Promise<GetResult> {
  assertObjectKey(key, operation);
  const answer = await store.sender.send(
    {
      operation,
      method: "GET",
      key,
      answer: "stream",
      query: { versionId: options.versionId, partNumber: options.partNumber },
      headers: readHeaders(store, options),
    },
    options,
  );
  const body = answer.body as ResponseBody;
  try {
    const head = readObjectHead(key, answer.headers);
    assertAsked(store, operation, head, options.ifMatch);
    const range = parseContentRange(answer.headers.get("content-range") ?? "")?.range;
    const isWhole = answer.status === 200;
    const verify = isWhole && options.verify !== false;
    const checked = new CheckedBody(store, head, body, verify);
    return range === undefined ? { head, body: checked } : { head, range, body: checked };
  } catch (error) {
    body.discard();
    throw error;
  }
}

/** An object's bytes, compared at their end with the checksum that came with them. */
class CheckedBody implements ObjectBody, AsyncIterableIterator<Uint8Array> {
  readonly #store: StoreContext;
  readonly #head: ObjectHead;
  readonly #body: ResponseBody;
  /** Undefined: nothing to compare, or compared already. */
  #digest: RunningDigest | undefined;

  constructor(store: StoreContext, head: ObjectHead, body: ResponseBody, verify: boolean) {
    this.#store = store;
    this.#head = head;
    this.#body = body;
    const { checksum } = head;
    const isComparable = verify && checksum?.type === "FULL_OBJECT";
    this.#digest = isComparable ? store.createDigest(checksum.algorithm) : undefined;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const item = await this.#read();
    if (item.done === true) this.#compare();
    else this.#digest?.update(item.value);
    return item;
  }

  async pour(take: (chunk: Uint8Array) => void | Promise<void>): Promise<void> {
    const digest = this.#digest;
    try {
      await this.#body.pour((chunk) => {
        digest?.update(chunk);
        return take(chunk);
      });
    } catch (error) {
      throw this.#explain(error);
    }
    this.#compare();
  }

  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    return this.#body.return();
  }

  async #read(): Promise<IteratorResult<Uint8Array, undefined>> {
    try {
      return await this.#body.next();
    } catch (error) {
      throw this.#explain(error);
    }
  }

  #explain(error: unknown): unknown {
    if (!(error instanceof TransportError)) return error;
    const context = this.#context();
    if (error.failure === "cancelled") return this.#body.scope.error(operation, context);
    return connectionError(context, error, this.#store.state.endpoint);
  }

  #compare(): void {
    const expected = this.#head.checksum?.value;
    const digest = this.#digest;
    if (digest === undefined) return;
    this.#digest = undefined;
    const found = Buffer.from(digest.digest()).toString("base64");
    if (found === expected) return;
    const name = this.#head.checksum?.algorithm ?? "";
    throw new StorageError(
      "IntegrityError",
      `The bytes of ${this.#head.key} do not fit their ${name}: ${found}, stored ${expected}.`,
      {
        ...addressOf(this.#context()),
        retryable: true,
        remedy: "Read it again; when it stays so, the object or a proxy on the way is damaged.",
      },
    );
  }

  #context(): CallContext {
    const { bucket, dialect } = this.#store;
    return { operation, bucket, key: this.#head.key, dialect: dialect.name, changes: false };
  }
}
