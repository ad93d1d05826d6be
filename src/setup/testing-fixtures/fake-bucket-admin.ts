import type {
  BucketAdmin,
  BucketPresence,
  CallerIdentity,
  RoleDescription,
} from "../../core/bucket-admin.ts";
import type {
  PublicAccessBlockConfiguration,
  RemovableSetting,
  SettingDocuments,
  SettingName,
  WritableSetting,
} from "../../core/bucket-settings.ts";
import { StorageError } from "../../core/errors.ts";

export interface FakeBucket extends Documents {
  region: string;
}

type Documents = {
  -readonly [Name in WritableSetting]?: SettingDocuments[Name] | undefined;
};

export const callerRole = "AWSReservedSSO_AdministratorAccess_0623eedd7adb8854";
export const callerRoleArn = `arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/${callerRole}`;

const allBlocked: PublicAccessBlockConfiguration = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

/** What AWS gives a bucket from its first moment, since April 2026. */
export function newBucket(region: string): FakeBucket {
  return {
    region,
    encryption: {
      Rules: [
        {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" },
          BucketKeyEnabled: false,
          BlockedEncryptionTypes: { EncryptionType: ["SSE-C"] },
        },
      ],
    },
    publicAccessBlock: allBlocked,
    ownership: "BucketOwnerEnforced",
  };
}

/** A bucket from before all of that: nothing is set. */
export function oldBucket(region: string): FakeBucket {
  return { region };
}

/** As far as a policy on trial may deny them. */
const readActions: Partial<Record<SettingName, string>> = {
  encryption: "s3:GetEncryptionConfiguration",
  policy: "s3:GetBucketPolicy",
  versioning: "s3:GetBucketVersioning",
};

const putActions: Partial<Record<WritableSetting, string>> = { policy: "s3:PutBucketPolicy" };

/** AWS's control plane in memory, with knobs for what goes wrong there. */
export class FakeBucketAdmin implements BucketAdmin {
  readonly buckets = new Map<string, FakeBucket>();
  readonly roles = new Map<string, RoleDescription>([
    [callerRole, { arn: callerRoleArn, roleId: "AROACALLER0000000001" }],
  ]);
  caller: CallerIdentity = {
    accountId: "111122223333",
    arn: `arn:aws:sts::111122223333:assumed-role/${callerRole}/jane`,
    userId: "AROACALLER0000000001:jane",
  };
  /** Thrown by the call of this name, such as `headBucket` or `put policy`. */
  readonly failures = new Map<string, Error>();
  /** Answers of headBucket that come before the true one. */
  readonly headAnswers: BucketPresence[] = [];
  /** Reads of settings that still show the state before the last put. */
  staleReads = 0;
  /** Every call that changes something, in order: `put policy`. */
  readonly writes: string[] = [];
  /** What the store makes of `aws:SecureTransport`; undefined: it knows no such key. */
  seesTls: boolean | undefined = true;
  /** Settings whose puts are answered well and change nothing. */
  readonly deafTo = new Set<WritableSetting>();
  /** Runs right after this setting was read, as another person would: `read policy`. */
  readonly meanwhile = new Map<string, () => void>();
  #before: FakeBucket | undefined;

  async getCallerIdentity(): Promise<CallerIdentity> {
    this.#call("getCallerIdentity");
    return this.caller;
  }

  async getRole(roleName: string): Promise<RoleDescription | undefined> {
    this.#call("getRole");
    return this.roles.get(roleName);
  }

  async headBucket(bucket: string): Promise<BucketPresence> {
    this.#call("headBucket");
    const answer = this.headAnswers.shift();
    if (answer !== undefined) return answer;
    const found = this.buckets.get(bucket);
    return found === undefined ? { state: "absent" } : { state: "present", region: found.region };
  }

  async createBucket({ bucket, region }: { bucket: string; region: string }): Promise<void> {
    this.writes.push("createBucket");
    this.#call("createBucket");
    this.buckets.set(bucket, newBucket(region));
  }

  async read<Name extends SettingName>(
    bucket: string,
    name: Name,
  ): Promise<SettingDocuments[Name] | undefined> {
    this.#call(`read ${name}`);
    this.#judge(bucket, readActions[name]);
    const stale = this.#before !== undefined && this.staleReads > 0;
    if (stale) this.staleReads -= 1;
    const found: Partial<SettingDocuments> = {
      ...(stale ? this.#before : this.#bucket(bucket)),
    } as Partial<SettingDocuments>;
    this.meanwhile.get(`read ${name}`)?.();
    return found[name];
  }

  async put<Name extends WritableSetting>(
    bucket: string,
    name: Name,
    document: SettingDocuments[Name],
  ): Promise<void> {
    this.#judge(bucket, putActions[name]);
    this.#write(bucket, `put ${name}`, this.deafTo.has(name) ? {} : { [name]: document });
  }

  async remove(bucket: string, name: RemovableSetting): Promise<void> {
    this.#judge(bucket, name === "policy" ? "s3:DeleteBucketPolicy" : "");
    this.#write(bucket, `remove ${name}`, { [name]: undefined });
  }

  close(): void {
    this.buckets.clear();
  }

  /** Deny statements on TLS alone; they hit everybody. */
  #judge(bucket: string, action: string | undefined): void {
    const { policy } = this.buckets.get(bucket) ?? {};
    if (policy === undefined || action === undefined || this.seesTls === undefined) return;
    const { Statement } = JSON.parse(policy) as { Statement: unknown };
    for (const { Effect, Action, Condition } of [Statement].flat() as Record<string, unknown>[]) {
      const condition = Condition as Record<string, Record<string, unknown>> | undefined;
      const secure = condition?.["Bool"]?.["aws:SecureTransport"];
      const hits = Action === "s3:*" || Action === action;
      if (Effect === "Deny" && hits && secure === String(this.seesTls)) throw denied(action);
    }
  }

  #call(name: string): void {
    const failure = this.failures.get(name);
    if (failure !== undefined) throw failure;
  }

  #write(bucket: string, call: string, change: Documents): void {
    this.writes.push(call);
    this.#call(call);
    const before = this.#bucket(bucket);
    this.#before = { ...before };
    this.buckets.set(bucket, { ...before, ...change });
  }

  #bucket(name: string): FakeBucket {
    const found = this.buckets.get(name);
    if (found === undefined)
      throw new StorageError("NotFound", `no bucket ${name}`, { status: 404 });
    return found;
  }
}

export function denied(action: string): StorageError {
  return new StorageError(
    "PermissionDenied",
    `User: arn:aws:iam::111122223333:user/u is not authorized to perform: ${action} on resource: "x"`,
    { status: 403, s3Code: "AccessDenied" },
  );
}

export function notImplemented(): StorageError {
  return new StorageError(
    "NotSupported",
    "A header you provided implies functionality that is not implemented",
    {
      status: 501,
      s3Code: "NotImplemented",
    },
  );
}
