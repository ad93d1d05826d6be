import type { BucketLocationConstraint, S3Client } from "@aws-sdk/client-s3";
import type { BucketAdmin, BucketPresence, CreateBucketInput } from "../core/bucket-admin.ts";
import type { StorageError } from "../core/errors.ts";
import { classifyS3Error } from "../protocol/error-codes.ts";
import { parseXml } from "../protocol/xml/parse.ts";
import { adminError, foreignAnswer, readAnswer, toldRegion } from "./answer-error.ts";
import type { ServiceAnswer } from "./service-answer.ts";
import { target, type BucketContext } from "./bucket-target.ts";
import { takeAnswer } from "./wire-document.ts";

/** Whether a bucket is there, and making one. */
export function presenceCalls(
  context: BucketContext,
  clientRegion: string,
): Pick<BucketAdmin, "headBucket" | "createBucket"> {
  return {
    headBucket: (bucket) =>
      context.calls.run({ operation: "HeadBucket", bucket }, async (client) => {
        const { HeadBucketCommand } = await import("@aws-sdk/client-s3");
        try {
          const found = await client.send(new HeadBucketCommand(target(context, bucket)));
          return { state: "present", region: toldRegion(found.BucketRegion) };
        } catch (error) {
          const answer = readAnswer(error);
          if (answer === undefined) throw error;
          return judgeRefusal({ context, client, clientRegion, bucket }, answer, error);
        }
      }),
    createBucket: (input) => createBucket(context, input),
  };
}

interface HeadContext {
  readonly context: BucketContext;
  readonly client: S3Client;
  readonly clientRegion: string;
  readonly bucket: string;
}

/** What HEAD's status alone tells; undefined: ask further. */
function judgeStatus(answer: ServiceAnswer, clientRegion: string): BucketPresence | undefined {
  const { region, status } = answer;
  if (status === 301 || status === 307) return { state: "elsewhere", region };
  if (status === 400 && region !== undefined && region !== clientRegion) {
    return { state: "elsewhere", region };
  }
  return undefined;
}

/** HEAD answers hold no code, so the same is asked with GET, which tells a bad key from a refusal. */
async function judgeRefusal(
  head: HeadContext,
  answer: ServiceAnswer,
  error: unknown,
): Promise<BucketPresence> {
  const { region, status } = answer;
  const byStatus = judgeStatus(answer, head.clientRegion);
  if (byStatus !== undefined) return byStatus;
  if (status !== 400 && status !== 403 && status !== 404) throw error;
  const second = await askLocation(head);
  if ("location" in second) {
    if (status === 400) throw error;
    const state = status === 404 ? "present" : "forbidden";
    return { state, region: region ?? second.location };
  }
  return judgeBoth(status, region, second, head.bucket);
}

function judgeBoth(
  headStatus: number,
  headRegion: string | undefined,
  { answer, error }: RefusedLocation,
  bucket: string,
): BucketPresence {
  const region = answer.region ?? headRegion;
  if (isRegionCode(answer)) return { state: "elsewhere", region };
  const kind = classifyS3Error(answer.code, answer.status).code;
  if (kind === "Unauthenticated" || kind === "ConfigurationError") throw error;
  if (headStatus === 403) return { state: "forbidden", region };
  if (headStatus === 400) throw error;
  // A 404 without S3's code is some other server's.
  if (answer.status === 404 && answer.code === undefined) {
    throw foreignAnswer({ operation: "HeadBucket", bucket }, 404, error);
  }
  return { state: "absent" };
}

interface RefusedLocation {
  readonly answer: ServiceAnswer;
  readonly error: StorageError;
}

async function askLocation({
  context,
  client,
  bucket,
}: HeadContext): Promise<{ readonly location: string | undefined } | RefusedLocation> {
  const { GetBucketLocationCommand } = await import("@aws-sdk/client-s3");
  const call = { operation: "GetBucketLocation", bucket };
  const command = new GetBucketLocationCommand(target(context, bucket));
  let location = "";
  // The SDK finds the text only in documents with a namespace, which some stores leave out.
  takeAnswer(command, call, ({ text }) => {
    location = parseXml(text, { root: "LocationConstraint" }).text.trim();
  });
  try {
    await client.send(command);
    return { location: toldRegion(readLocation(location)) };
  } catch (error) {
    const answer = readAnswer(error);
    if (answer === undefined) throw error;
    return { answer, error: adminError(error, call) };
  }
}

/** S3 writes its oldest region as nothing and Ireland as `EU`. */
function readLocation(constraint: string): string {
  if (constraint === "") return "us-east-1";
  return constraint === "EU" ? "eu-west-1" : constraint;
}

function isRegionCode({ code, status }: ServiceAnswer): boolean {
  return (
    status === 301 ||
    code === "AuthorizationHeaderMalformed" ||
    code === "IllegalLocationConstraintException"
  );
}

async function createBucket(context: BucketContext, input: CreateBucketInput): Promise<void> {
  const { bucket, region, namespace } = input;
  await context.calls.run({ operation: "CreateBucket", bucket, region }, async (client) => {
    const { CreateBucketCommand } = await import("@aws-sdk/client-s3");
    await client.send(
      new CreateBucketCommand({
        Bucket: bucket,
        ...(region !== "us-east-1" && {
          CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint },
        }),
        ...(namespace === "account-regional" && { BucketNamespace: namespace }),
      }),
    );
  });
}
