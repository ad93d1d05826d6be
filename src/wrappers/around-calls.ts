import type { ObjectBody } from "../core/object-body.ts";
import type { GetResult, ObjectStore } from "../core/object-store.ts";

/** Every call of a store but its end. */
export type StoreMethod = Exclude<
  keyof ObjectStore,
  "bucket" | "location" | "capabilities" | "close"
>;

/** What a call does to the bucket. Links are made without a request; what one does is in its method. */
type Effect = "reads" | "writes" | "links";

/** So that a new method of the interface is wrapped, or the compiler says that it is not. */
export const effects: Readonly<Record<StoreMethod, Effect>> = {
  putObject: "writes",
  getObject: "reads",
  headObject: "reads",
  getObjectAttributes: "reads",
  getObjectTags: "reads",
  putObjectTags: "writes",
  deleteObjectTags: "writes",
  deleteObject: "writes",
  deleteObjects: "writes",
  copyObject: "writes",
  listObjects: "reads",
  listObjectVersions: "reads",
  createMultipartUpload: "writes",
  uploadPart: "writes",
  uploadPartCopy: "writes",
  completeMultipartUpload: "writes",
  abortMultipartUpload: "writes",
  listParts: "reads",
  listMultipartUploads: "reads",
  presign: "links",
  presignForm: "links",
};

/** One call, whichever it is. */
export interface StoreCall {
  readonly method: StoreMethod;
  readonly args: readonly unknown[];
  /** What it is about; undefined for a listing, and for many keys at once. */
  readonly key: string | undefined;
}

/** Runs a call, or does something else in its place. */
export type Around = (call: StoreCall, run: () => Promise<unknown>) => Promise<unknown>;

/** The store with something around each of its calls, those to come included. */
export function aroundCalls(store: ObjectStore, around: Around): ObjectStore {
  const methods = Object.keys(effects) as StoreMethod[];
  const calls = methods.map((method) => [
    method,
    async (...args: unknown[]): Promise<unknown> =>
      around({ method, args, key: keyOf(method, args) }, async () =>
        Reflect.apply(store[method], store, args),
      ),
  ]);
  return {
    bucket: store.bucket,
    location: store.location,
    capabilities: store.capabilities,
    close: () => store.close(),
    ...(Object.fromEntries(calls) as Pick<ObjectStore, StoreMethod>),
  };
}

function keyOf(method: StoreMethod, [first, second]: readonly unknown[]): string | undefined {
  if (method === "copyObject") return typeof second === "string" ? second : undefined;
  if (typeof first === "string") return first;
  if (typeof first !== "object" || first === null || Array.isArray(first)) return undefined;
  const { key } = first as { readonly key?: unknown };
  return typeof key === "string" ? key : undefined;
}

/** What hears of a body while it is read. `ended` is called once, however it ends. */
export interface BodyListener {
  /** May throw, which ends the body. */
  chunk?(bytes: number): void | Promise<void>;
  ended(error?: unknown): void;
}

/** Runs a call whose end is heard once: a read's when its body has ended, others' with their answer. */
export async function heardCall(
  { method }: StoreCall,
  run: () => Promise<unknown>,
  listener: BodyListener & { answered?(): void },
): Promise<unknown> {
  try {
    const answer = await run();
    listener.answered?.();
    if (method === "getObject") return listenToBody(answer as GetResult, listener);
    listener.ended();
    return answer;
  } catch (error) {
    listener.answered?.();
    listener.ended(error);
    throw error;
  }
}

/** The answer with somebody listening to its body. */
export function listenToBody(result: GetResult, listener: BodyListener): GetResult {
  return { ...result, body: new HeardBody(result.body, listener) };
}

class HeardBody implements ObjectBody {
  readonly #body: ObjectBody;
  readonly #listener: BodyListener;
  #isOver = false;
  /** Only where the body has such a way itself. */
  readonly pour?: NonNullable<ObjectBody["pour"]>;

  constructor(body: ObjectBody, listener: BodyListener) {
    this.#body = body;
    this.#listener = listener;
    if (body.pour !== undefined) this.pour = (take) => this.#pour(take);
  }

  async #pour(take: (chunk: Uint8Array) => void | Promise<void>): Promise<void> {
    try {
      await this.#body.pour?.(async (chunk) => {
        await this.#listener.chunk?.(chunk.length);
        await take(chunk);
      });
      this.#end();
    } catch (error) {
      this.#end(error);
      throw error;
    }
  }

  /** Not a generator: one whose loop was never entered would not hear that it is left. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, void> {
    const inner = this.#body[Symbol.asyncIterator]();
    const fail = async (error: unknown): Promise<never> => {
      this.#end(error);
      await inner.return?.();
      throw error;
    };
    return {
      next: async () => {
        try {
          const next = await inner.next();
          if (next.done === true) {
            this.#end();
            return { done: true, value: undefined };
          }
          await this.#listener.chunk?.(next.value.length);
          return next;
        } catch (error) {
          return fail(error);
        }
      },
      return: async () => {
        this.#end();
        await inner.return?.();
        return { done: true, value: undefined };
      },
    };
  }

  #end(error?: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#listener.ended(error);
  }
}
