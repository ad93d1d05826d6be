import type { KeyState } from "../../../core/account-services.ts";
import type { BucketPresence, CallerIdentity } from "../../../core/bucket-admin.ts";
import type { SettingName } from "../../../core/bucket-settings.ts";
import { StorageError } from "../../../core/errors.ts";
import type { ObjectStore } from "../../../core/object-store.ts";
import type { PolicySources } from "../../../core/policy-sources.ts";
import { FakeStore } from "../../../probes/testing-fixtures/fake-store.ts";
import type { EnvironmentFacts } from "../../audit/environment-facts.ts";
import type { DoctorPlace } from "../doctor-facts.ts";
import { type Diagnosis, examine, type LayerReport } from "../examine.ts";
import type { DoctorSources, FoundKeys, Reach } from "../layer.ts";

export const account = "111122223333";
export const prefix = "test/sms-storage-doctor-0123/";
export const now = new Date("2026-11-27T12:00:00Z");

/** What a doctor is told; what is not said is well. An Error is thrown where its value would be given. */
export interface Trial {
  readonly place?: Partial<DoctorPlace>;
  readonly reach?: Partial<Reach>;
  readonly problems?: readonly Error[];
  readonly environment?: Partial<EnvironmentFacts>;
  readonly keys?: FoundKeys | undefined;
  readonly caller?: CallerIdentity | Error;
  readonly presence?: BucketPresence;
  readonly presenceOfAnyOwner?: BucketPresence;
  readonly settings?: Partial<Record<SettingName, unknown>>;
  readonly key?: KeyState | Error;
  /** What IAM says of the caller. Left out: nobody asks. */
  readonly policies?: Partial<PolicySources>;
  readonly store?: FakeStore;
  readonly signal?: AbortSignal;
  readonly onLayer?: (report: LayerReport) => void;
}

export const caller: CallerIdentity = {
  accountId: account,
  arn: `arn:aws:iam::${account}:user/ada`,
  userId: "AIDAEXAMPLE",
};

/** Looks at all layers of a bucket that is not there. */
export async function examineTrial(trial: Trial): Promise<Diagnosis> {
  const place: DoctorPlace = {
    bucket: "lab",
    region: "us-east-1",
    endpointUrl: undefined,
    partition: "aws",
    store: "aws",
    ...trial.place,
  };
  return examine(place, sourcesOf(trial), {
    clock: () => 0,
    ...(trial.signal !== undefined && { signal: trial.signal }),
    ...(trial.onLayer !== undefined && { onLayer: trial.onLayer }),
  });
}

function sourcesOf(trial: Trial): DoctorSources {
  const store: ObjectStore = (trial.store ?? quickStore()).asStore();
  const found: FoundKeys = { source: "environment", keyKind: "AKIA", hasToken: false };
  return {
    problems: trial.problems ?? [],
    reach: async () => ({
      host: "s3.us-east-1.amazonaws.com",
      secure: true,
      addresses: ["192.0.2.1"],
      skewSeconds: 0,
      ...trial.reach,
    }),
    environment: async () => ({ credentials: [], dotenv: undefined, ...trial.environment }),
    findKeys: async () => ("keys" in trial ? trial.keys : found),
    admin: async () => adminOf(trial, trial.presence),
    adminOfAnyOwner: async () => adminOf(trial, trial.presenceOfAnyOwner),
    services: async () =>
      ({
        describeKey: async () => valueOf(trial.key),
        readAccountPublicAccessBlock: async () => undefined,
      }) as unknown as Awaited<ReturnType<DoctorSources["services"]>>,
    policies: async () => {
      if (trial.policies === undefined) throw new Error("Nobody asks for it here.");
      return trial.policies as PolicySources;
    },
    store: async () => store,
    prefix,
    siblings: "test/sms-storage-doctor-",
    now: () => now,
  };
}

/** Without uploads in parts, whose bytes take their time. */
export function quickStore(): FakeStore {
  const store = new FakeStore();
  const none = new StorageError("NotSupported", "no such uploads", { status: 501 });
  store.failures.set("createMultipartUpload", none);
  return store;
}

function adminOf(
  { caller: who = caller, settings = {} }: Trial,
  presence: BucketPresence = { state: "present", region: "us-east-1" },
) {
  const admin = {
    getCallerIdentity: async () => valueOf(who),
    headBucket: async () => presence,
    read: async (_bucket: string, name: SettingName) => valueOf(settings[name]),
  };
  return admin as unknown as Awaited<ReturnType<DoctorSources["admin"]>>;
}

function valueOf<T>(value: T | Error): T {
  if (value instanceof Error) throw value;
  return value;
}

export const ids = ({ findings }: Diagnosis): string[] => findings.map(({ id }) => id);

export function layerOf({ layers }: Diagnosis, name: LayerReport["name"]): LayerReport {
  const found = layers.find((layer) => layer.name === name);
  if (found === undefined) throw new Error(`There is no layer ${name}.`);
  return found;
}

export async function detail(trial: Trial, name: LayerReport["name"]): Promise<string> {
  return layerOf(await examineTrial(trial), name).detail;
}

export const refused = (operation: string, message = "Access Denied"): StorageError =>
  new StorageError("PermissionDenied", message, { status: 403, s3Code: "AccessDenied", operation });

export const keyArn = `arn:aws:kms:us-east-1:${account}:key/1`;
