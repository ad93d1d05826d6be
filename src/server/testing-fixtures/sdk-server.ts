import { randomBytes } from "node:crypto";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { assert } from "../../core/assert.ts";
import { createIdentitiesFile } from "../identities/create-identities.ts";
import type { AccountEntry, RoleEntry, RoleSessionEntry } from "../identities/identities-file.ts";
import { type RunningServer, startServer } from "../start-server.ts";

/** A server in memory on a free port, and what the AWS SDK needs to talk to it. */
export class SdkServer {
  readonly account: AccountEntry;
  readonly role: RoleEntry;
  readonly session: RoleSessionEntry;
  readonly createdAt: string;
  readonly s3: S3Client;
  readonly #server: RunningServer;
  #buckets = 0;

  private constructor(file: ReturnType<typeof createIdentitiesFile>, server: RunningServer) {
    this.account = only(file.accounts);
    this.role = only(this.account.roles);
    this.session = only(this.role.sessions);
    this.createdAt = file.createdAt;
    this.#server = server;
    this.s3 = this.client();
  }

  static async start(): Promise<SdkServer> {
    const file = createIdentitiesFile(randomBytes, new Date());
    return new SdkServer(file, await startServer({ durability: "memory", identities: file }));
  }

  /** Of the administrator; for clients of any service. */
  settings(region = "us-east-1") {
    return {
      endpoint: this.#server.endpoint,
      region,
      credentials: only(only(this.account.users).accessKeys),
      maxAttempts: 1,
    };
  }

  client(region?: string): S3Client {
    return new S3Client({ ...this.settings(region), forcePathStyle: true });
  }

  async newBucket(): Promise<string> {
    const name = `bucket-${this.#buckets++}`;
    await this.s3.send(new CreateBucketCommand({ Bucket: name }));
    return name;
  }

  async stop(): Promise<void> {
    this.s3.destroy();
    await this.#server.close();
  }
}

function only<Entry>([entry]: readonly Entry[]): Entry {
  assert(entry !== undefined, "a first start makes one of each");
  return entry;
}
