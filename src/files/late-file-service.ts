import type { Capabilities } from "../core/capabilities.ts";
import { defineMethods } from "../core/define-methods.ts";
import type { ObjectStore } from "../core/object-store.ts";
import type { FileService } from "./file-service.ts";

type Method = Exclude<keyof FileService, "bucket" | "capabilities" | symbol>;

type AnswerOf<Value> = Value extends (...args: never[]) => Promise<unknown>
  ? "promise"
  : Value extends (...args: never[]) => { pages(): unknown }
    ? "listing"
    : "items";

/** How each method answers. The compiler says which one of the interface is missing or wrong. */
const methods: { readonly [Name in Method]: AnswerOf<FileService[Name]> } = {
  uploadBytes: "promise",
  uploadFile: "promise",
  uploadStream: "promise",
  write: "promise",
  downloadFile: "promise",
  getFileContents: "promise",
  getListing: "promise",
  getModifiedDate: "promise",
  deleteFile: "promise",
  exists: "promise",
  stat: "promise",
  read: "promise",
  list: "listing",
  listDirectory: "promise",
  copy: "promise",
  move: "promise",
  deleteMany: "promise",
  deletePrefix: "promise",
  uploadDirectory: "promise",
  downloadDirectory: "promise",
  syncDirectory: "promise",
  getTags: "promise",
  setTags: "promise",
  deleteTags: "promise",
  signedUrl: "promise",
  signedForm: "promise",
  versions: "items",
  restore: "promise",
  restorePrefix: "promise",
  streamArchive: "promise",
  extractArchive: "promise",
  watch: "items",
  openRandomAccess: "promise",
  close: "promise",
};

/** What is known of a service before it is loaded. */
export interface LateParts {
  readonly store: Pick<ObjectStore, "bucket" | "capabilities" | "close">;
  /** Called once, at the first call. */
  readonly open: () => Promise<FileService>;
}

/** All of a file service; its methods are made by their names. */
// eslint-disable-next-line typescript/no-unsafe-declaration-merging -- the static block makes each of them
export interface LateFileService extends FileService {}

/**
 * A file service that is loaded by the first of its calls: what it is made of is a third of the library. A class
 * to make with `new`, to extend and to test with `instanceof`; its methods stand on the prototype, where
 * spies look for them.
 */
// eslint-disable-next-line typescript/no-unsafe-declaration-merging -- as above
export class LateFileService {
  readonly #parts: LateParts;
  readonly bucket: string;
  readonly capabilities: Capabilities;
  #opening: Promise<FileService> | undefined;
  #service: FileService | undefined;
  #isClosed = false;

  constructor(parts: LateParts) {
    this.#parts = parts;
    this.bucket = parts.store.bucket;
    this.capabilities = parts.store.capabilities;
  }

  /** The same as `close()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #opened(): Promise<FileService> {
    const service = await this.#parts.open();
    if (this.#isClosed) await service.close();
    this.#service = service;
    return service;
  }

  #call(name: Method, args: readonly unknown[]): unknown {
    const run = (service: FileService, given: readonly unknown[]): unknown =>
      Reflect.apply(service[name], service, given);
    if (this.#service !== undefined) return run(this.#service, args);
    if (name === "close" && this.#opening === undefined) {
      // Nothing was done, so there is nothing to load; calls to come are refused by the service.
      this.#isClosed = true;
      return this.#parts.store.close();
    }
    // As they are now: the caller may go on with them while the rest is loaded.
    const taken = args.map(asGiven);
    const open = async (): Promise<unknown> => run(await (this.#opening ??= this.#opened()), taken);
    if (methods[name] === "promise") return open();
    const items = lateItems(async () => (await open()) as AsyncIterable<unknown>);
    if (methods[name] === "items") return items;
    const pages = async () => ((await open()) as ReturnType<FileService["list"]>).pages();
    return { ...items, pages: () => lateItems(pages) };
  }

  static {
    const names = Object.keys(methods) as Method[];
    defineMethods(LateFileService.prototype, names, (self, name, args) => self.#call(name, args));
  }
}

/** Options and lists in copies; what else is given stays what it is. */
function asGiven(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asGiven);
  if (typeof value !== "object" || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? { ...value } : value;
}

/** What is found at the first look. Not a generator, which would cost each item a step of its own. */
function lateItems<T>(open: () => Promise<AsyncIterable<T>>): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator](): AsyncIterator<T, unknown> {
      let inner: AsyncIterator<T, unknown> | undefined;
      let opening: Promise<AsyncIterator<T, unknown>> | undefined;
      const begin = async () => (inner = (await open())[Symbol.asyncIterator]());
      return {
        next: () => inner?.next() ?? (opening ??= begin()).then((items) => items.next()),
        return: async () => {
          // Left before its first item: nothing is read.
          const items = await (opening ??= Promise.resolve(nothing<T>()));
          await items.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

// eslint-disable-next-line eslint/require-yield -- none is the point
async function* nothing<T>(): AsyncGenerator<T, undefined> {
  return undefined;
}
