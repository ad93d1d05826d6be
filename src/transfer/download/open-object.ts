import { formatRange, resolveRange } from "../../core/byte-range.ts";
import { StorageError } from "../../core/errors.ts";
import type { ObjectBody } from "../../core/object-body.ts";
import type { GetResult } from "../../core/object-store.ts";
import { assertRunning, OpenScope } from "../operation-scope.ts";
import type { TransferContext } from "../transfer-context.ts";
import type { RangeReadOptions } from "../transfer-options.ts";
import { type BodyRequest, pourResumed, resumedBody } from "./resumed-body.ts";
import { WholeCheck } from "./whole-check.ts";

const operation = "read";

/** An object, or a part of it, of which `body` has `lengthBytes`. */
export interface OpenedObject extends Pick<GetResult, "head" | "body"> {
  readonly lengthBytes: number;
}

function lengthOf({ head, range }: GetResult): number {
  return range === undefined ? head.sizeBytes : range.last - range.first + 1;
}

/** A body that takes itself up again where it broke; a whole one is verified at its end. */
export async function openObject(
  context: TransferContext,
  key: string,
  options: RangeReadOptions = {},
): Promise<OpenedObject> {
  const { range, ifMatch, versionId } = options;
  const scope = new OpenScope(operation, options);
  let result: GetResult | undefined;
  try {
    assertRunning(operation, scope.signal);
    result = await context.store.getObject(key, {
      ...(range !== undefined && { range }),
      ...(ifMatch !== undefined && { ifMatch }),
      ...(versionId !== undefined && { versionId }),
      verify: false,
      signal: scope.signal,
    });
    assertAnswered(result, options);
    const body = new ScopedBody(context, result, { versionId, scope });
    return { head: result.head, body, lengthBytes: lengthOf(result) };
  } catch (error) {
    await result?.body[Symbol.asyncIterator]().return?.();
    scope.end();
    throw scope.judge(error);
  }
}

/** A store or proxy that ignores `Range` sends everything, which is not what was asked for. */
function assertAnswered({ head, range: got }: GetResult, { range }: RangeReadOptions): void {
  if (range === undefined) return;
  const { first, last } = resolveRange(range, head.sizeBytes) ?? { first: 0, last: -1 };
  const given = got ?? { first: 0, last: head.sizeBytes - 1 };
  if (given.first === first && given.last === last) return;
  const message = `The store answered ${formatRange(given)} of ${head.key} for ${formatRange(range)}.`;
  throw new StorageError("NotSupported", message, {
    operation,
    key: head.key,
    remedy: "A proxy on the way may ignore the Range header; read the whole object instead.",
  });
}

interface BodyOptions {
  readonly versionId: string | undefined;
  readonly scope: OpenScope;
}

/** The bytes of an open object; signal and time limit of the call hold until they are over. */
class ScopedBody implements ObjectBody, AsyncIterableIterator<Uint8Array> {
  readonly #opened: ObjectBody;
  readonly #request: BodyRequest;
  readonly #check: WholeCheck | undefined;
  readonly #chunks: AsyncGenerator<Uint8Array, void>;
  readonly #scope: OpenScope;
  #begun = false;

  constructor(context: TransferContext, result: GetResult, { versionId, scope }: BodyOptions) {
    const { head, range, body } = result;
    this.#opened = body;
    this.#scope = scope;
    this.#check = range === undefined ? new WholeCheck(context, head) : undefined;
    this.#request = {
      store: context.store,
      head,
      versionId,
      first: range?.first ?? 0,
      lengthBytes: lengthOf(result),
      opened: body,
      signal: scope.signal,
    };
    this.#chunks = checkedChunks(this.#request, this.#check);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#begun = true;
    try {
      const { done, value } = await this.#chunks.next();
      if (done !== true) return { done: false, value };
    } catch (error) {
      this.#scope.end();
      throw this.#scope.judge(error);
    }
    this.#scope.end();
    return { done: true, value: undefined };
  }

  async pour(take: (chunk: Uint8Array) => void | Promise<void>): Promise<void> {
    this.#begun = true;
    try {
      await pourResumed(this.#request, (chunk) => {
        this.#check?.update(chunk);
        return take(chunk);
      });
      this.#check?.finish(operation);
    } catch (error) {
      throw this.#scope.judge(error);
    } finally {
      this.#scope.end();
    }
  }

  /** Frees the connection, also of a body that nobody has begun to read. */
  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#scope.end();
    await (this.#begun ? this.#chunks.return() : this.#opened[Symbol.asyncIterator]().return?.());
    return { done: true, value: undefined };
  }
}

async function* checkedChunks(
  request: BodyRequest,
  check: WholeCheck | undefined,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of resumedBody(request)) {
    check?.update(chunk);
    yield chunk;
  }
  check?.finish(operation);
}
