import type {
  LifecycleConfiguration,
  ObjectOwnership,
  PublicAccessBlockConfiguration,
  ServerSideEncryptionConfiguration,
  VersioningStatus,
} from "../../core/bucket-settings.ts";
import { StorageError } from "../../core/errors.ts";
import { isRegionName, partitionOfArn, partitionOfRegion } from "../../core/partition.ts";
import type { AspectPlan } from "../aspect.ts";
import type { AspectName } from "../aspect-name.ts";
import type { SetupPlan } from "../plan.ts";

/** A set-up as documents: what a plan leads to, with what others have in the same documents. */
export interface ExportedSetup {
  readonly bucket: string;
  readonly region: string;
  readonly partition: string;
  /** Undefined: the store knows no accounts. */
  readonly accountId: string | undefined;
  /** Undefined: AWS. */
  readonly endpointUrl: string | undefined;
  readonly namespace: "global" | "account-regional";
  /** Of the bucket and the settings that are there already, for tools that have to adopt them. */
  readonly present: ReadonlySet<AspectName>;
  readonly documents: ExportedDocuments;
  /** What is not among them, and why. */
  readonly leftOut: readonly { readonly title: string; readonly why: string }[];
}

/** Undefined: not looked after. */
interface ExportedDocuments {
  readonly publicAccessBlock: PublicAccessBlockConfiguration | undefined;
  readonly ownership: ObjectOwnership | undefined;
  readonly encryption: ServerSideEncryptionConfiguration | undefined;
  readonly versioning: VersioningStatus | undefined;
  readonly policy: PolicyDocument | undefined;
  readonly lifecycle: LifecycleConfiguration | undefined;
}

export interface PolicyDocument {
  readonly Version: string;
  readonly Statement: readonly Readonly<Record<string, unknown>>[];
}

/**
 * What a plan leads to. Throws InvalidArgument where the plan must not be applied, or a name could not
 * be what it says.
 */
export function exportedSetup(plan: SetupPlan): ExportedSetup {
  const { desired, aspects, accountId, summary } = plan;
  assertNames(plan);
  const [blocker] = summary.blockers;
  if (blocker !== undefined) throw invalid(blocker.message, blocker.remedy);
  const byName = new Map(aspects.map((aspect) => [aspect.aspect, aspect]));
  const documentOf = (name: AspectName): unknown => resultOf(byName.get(name));
  const policy = documentOf("policy");
  return {
    bucket: plan.bucket,
    region: plan.region,
    partition: partitionOf(policy) ?? partitionOfRegion(plan.region).id,
    accountId: desired.ownerAccountId ?? accountId,
    endpointUrl: desired.endpointUrl,
    namespace: desired.namespace,
    present: new Set(
      aspects.flatMap(({ aspect, before }) => (before.state === "set" ? [aspect] : [])),
    ),
    documents: {
      publicAccessBlock: documentOf("public-access-block") as PublicAccessBlockConfiguration,
      ownership: documentOf("ownership") as ObjectOwnership,
      encryption: documentOf("encryption") as ServerSideEncryptionConfiguration,
      versioning: documentOf("versioning") as VersioningStatus,
      policy: typeof policy === "string" ? parsePolicy(policy) : undefined,
      lifecycle: documentOf("lifecycle") as LifecycleConfiguration,
    },
    leftOut: aspects.flatMap(leftOut),
  };
}

function leftOut({ aspect, title, status, summary, document }: AspectPlan) {
  if (aspect === "env-file") return [];
  if (leftOutStates.has(status)) return [{ title, why: summary }];
  const isRemoved = status === "change" && document === null;
  return isRemoved ? [{ title, why: "it is to be removed, which `sms-storage apply` does" }] : [];
}

const leftOutStates: ReadonlySet<AspectPlan["status"]> = new Set([
  "unmanaged",
  "skipped",
  "not-supported",
  "unreadable",
]);

/** What is to be put, else what is there and right. */
function resultOf(plan: AspectPlan | undefined): unknown {
  if (plan?.status === "change") return plan.document ?? undefined;
  if (plan?.status !== "same" || plan.before.state !== "set") return undefined;
  return plan.before.value;
}

function parsePolicy(text: string): PolicyDocument {
  const {
    Version = "2008-10-17",
    Statement,
    ...others
  } = JSON.parse(text) as Partial<PolicyDocument>;
  const list = Array.isArray(Statement) ? Statement : [Statement];
  return { Version, ...others, Statement: list as PolicyDocument["Statement"] };
}

/** That of the caller is in every statement of ours. */
function partitionOf(policy: unknown): string | undefined {
  const arn = typeof policy === "string" ? /"(arn:aws[a-z-]*:s3:::[^"]+)"/.exec(policy)?.[1] : "";
  return partitionOfArn(arn ?? "");
}

/** Other programs take these for words of their own, however they are quoted. */
function assertNames({ bucket, region, desired, accountId }: SetupPlan): void {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
    throw invalid(
      `${JSON.stringify(bucket)} is no name of a bucket.`,
      "Use 3 to 63 lower-case letters, digits, hyphens and dots.",
    );
  }
  if (!isRegionName(region)) {
    throw invalid(`${JSON.stringify(region)} is no name of a region.`, "Such as us-east-1.");
  }
  const owner = desired.ownerAccountId ?? accountId;
  if (owner !== undefined && !/^\d{12}$/.test(owner)) {
    throw invalid(`${JSON.stringify(owner)} is no account id.`, "Give twelve digits with --owner.");
  }
}

function invalid(message: string, remedy: string): StorageError {
  return new StorageError("InvalidArgument", message, { operation: "export", remedy });
}
