import type { ObjectStore } from "../../core/object-store.ts";
import type { FileService } from "../../files/file-service.ts";

/** A file service under test, on a bucket that may hold other things. */
export interface ContractSubject {
  readonly service: FileService;
  /**
   * The store below the service, on the same bucket: shows that failed uploads leave no parts behind,
   * which is not looked at without it.
   */
  readonly store?: ObjectStore;
  /** Closes the service, and whatever was started for it. */
  close(): Promise<void>;
}

/** What a case has to work with. */
export interface ContractRun extends Omit<ContractSubject, "close"> {
  /** A prefix of this case alone, without its `/`. */
  readonly folder: string;
  /** The path of a local file that is not there. */
  readonly local: () => string;
  /** What the ETag of an object of three parts looks like. */
  readonly etagOfThreeParts: RegExp;
}

/** One promise of a file service. */
export interface ContractCase {
  readonly title: string;
  /** Throws where the promise is not kept. */
  run(run: ContractRun): Promise<void>;
}
