import type { S3Client } from "@aws-sdk/client-s3";
import { adminLimits } from "../core/limits.ts";
import { adminError, readAnswer } from "./answer-error.ts";
import type { AdminCall } from "./service-answer.ts";
import type { SdkConnection } from "./sdk-connection.ts";

export interface BucketCall extends AdminCall {
  readonly bucket: string;
  /** Default: the connection's. */
  readonly region?: string;
}

export interface CallTiming {
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** 0 to 1, for the jitter. */
  readonly random: () => number;
}

/**
 * Runs calls one at a time per bucket, since S3 answers 409 OperationAborted to changes side by
 * side, and repeats those that meet somebody else's change.
 */
export class AdminCalls {
  readonly #connection: SdkConnection;
  readonly #timing: CallTiming;
  readonly #tails = new Map<string, Promise<void>>();

  constructor(connection: SdkConnection, timing: CallTiming) {
    this.#connection = connection;
    this.#timing = timing;
  }

  /** Throws StorageError only. */
  run<T>(call: BucketCall, send: (client: S3Client) => Promise<T>): Promise<T> {
    return this.#queue(call.bucket, async () => {
      try {
        return await this.#repeat(async () => send(await this.#connection.s3(call.region)));
      } catch (error) {
        throw adminError(error, { operation: call.operation, bucket: call.bucket });
      }
    });
  }

  /** As `run`; undefined when S3 answers with one of the codes for "not set". */
  async read<T>(
    call: BucketCall,
    notSet: readonly string[],
    send: (client: S3Client) => Promise<T>,
  ): Promise<T | undefined> {
    return this.run(call, async (client) => {
      try {
        return await send(client);
      } catch (error) {
        const answer = readAnswer(error);
        const code = answer?.code;
        if (answer?.status === 404 && code !== undefined && notSet.includes(code)) return undefined;
        throw error;
      }
    });
  }

  #queue<T>(bucket: string, task: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(bucket) ?? Promise.resolve();
    const result = before.then(task);
    const tail: Promise<void> = result.then(
      () => this.#forget(bucket, tail),
      () => this.#forget(bucket, tail),
    );
    this.#tails.set(bucket, tail);
    return result;
  }

  #forget(bucket: string, tail: Promise<void>): void {
    if (this.#tails.get(bucket) === tail) this.#tails.delete(bucket);
  }

  async #repeat<T>(send: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await send();
      } catch (error) {
        const conflict = readAnswer(error)?.code === "OperationAborted";
        if (!conflict || attempt >= adminLimits.conflictAttempts) throw error;
        const longest = Math.min(
          adminLimits.conflictBackoffCapMs,
          adminLimits.conflictBackoffBaseMs * 2 ** (attempt - 1),
        );
        await this.#timing.sleep(longest * (0.5 + this.#timing.random() / 2));
      }
    }
  }
}
