import type { Capabilities } from "../core/capabilities.ts";
import { ownOptions } from "../core/check-options.ts";
import { defineMethods } from "../core/define-methods.ts";
import type { ObjectStore } from "../core/object-store.ts";

/** What is known of a store before anybody has spoken to it. */
export interface StoreFacts {
  readonly bucket: string;
  readonly location: string;
  readonly capabilities: Capabilities;
}

interface LateStoreOptions extends StoreFacts {
  /** Called once, at the first call. */
  readonly open: (facts: StoreFacts) => Promise<ObjectStore>;
}

type Method = Exclude<keyof ObjectStore, keyof StoreFacts | "close">;

/** So that the compiler says which method of the interface is missing. */
const methods: Readonly<Record<Method, true>> = {
  putObject: true,
  getObject: true,
  headObject: true,
  getObjectAttributes: true,
  getObjectTags: true,
  putObjectTags: true,
  deleteObjectTags: true,
  deleteObject: true,
  deleteObjects: true,
  copyObject: true,
  listObjects: true,
  listObjectVersions: true,
  createMultipartUpload: true,
  uploadPart: true,
  uploadPartCopy: true,
  completeMultipartUpload: true,
  abortMultipartUpload: true,
  listParts: true,
  listMultipartUploads: true,
  presign: true,
  presignForm: true,
};

// eslint-disable-next-line typescript/no-unsafe-declaration-merging -- the static block makes each of them
export interface LateStore extends ObjectStore {}

/** A store that is opened by the first of its calls; the calls of before it is open keep their order. */
// eslint-disable-next-line typescript/no-unsafe-declaration-merging -- as above
export class LateStore {
  readonly #open: () => Promise<ObjectStore>;
  readonly bucket: string;
  readonly location: string;
  readonly capabilities: Capabilities;
  #opening: Promise<ObjectStore> | undefined;
  #store: ObjectStore | undefined;
  #isClosed = false;

  constructor({ open, ...facts }: LateStoreOptions) {
    this.#open = () => open(facts);
    this.bucket = facts.bucket;
    this.location = facts.location;
    this.capabilities = facts.capabilities;
  }

  /** Loads nothing; calls that come later, or wait for the store to be open, are refused by it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#store?.close();
  }

  async #opened(): Promise<ObjectStore> {
    const store = await this.#open();
    if (this.#isClosed) await store.close();
    this.#store = store;
    return store;
  }

  static {
    const names = Object.keys(methods) as Method[];
    defineMethods(LateStore.prototype, names, async (self, name, args): Promise<unknown> => {
      if (self.#store !== undefined) return Reflect.apply(self.#store[name], self.#store, args);
      // Until it is open, the caller may change them.
      const taken = ownOptions(args);
      const store = await (self.#opening ??= self.#opened());
      return Reflect.apply(store[name], store, taken);
    });
  }
}
