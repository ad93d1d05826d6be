import type { Capabilities } from "../core/capabilities.ts";
import { fileServiceMethods } from "../files/file-service-on.ts";
import type { FileService } from "../files/file-service.ts";

/** All of a file service; its methods are those of the service that it was made with. */
// eslint-disable-next-line typescript/no-unsafe-declaration-merging -- the static block makes each of them
export interface DelegatingFileService extends FileService {}

/**
 * A class to make with `new`, to extend and to test with `instanceof`, around a service made
 * elsewhere. Its methods stand on the prototype, where spies look for them.
 */
// eslint-disable-next-line typescript/no-unsafe-declaration-merging -- as above
export class DelegatingFileService {
  readonly #inner: FileService;
  readonly bucket: string;
  readonly capabilities: Capabilities;

  constructor(inner: FileService) {
    this.#inner = inner;
    this.bucket = inner.bucket;
    this.capabilities = inner.capabilities;
  }

  /** The same as `close()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  static {
    for (const name of fileServiceMethods() as readonly (keyof FileService)[]) {
      const value = function handOn(this: DelegatingFileService, ...args: unknown[]): unknown {
        return Reflect.apply(this.#inner[name] as () => unknown, this.#inner, args);
      };
      Object.defineProperty(value, "name", { value: name });
      const property = { value, writable: true, configurable: true };
      Object.defineProperty(DelegatingFileService.prototype, name, property);
    }
  }
}
