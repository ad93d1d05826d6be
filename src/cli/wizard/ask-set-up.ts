import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { BucketAdmin, CallerIdentity } from "../../core/bucket-admin.ts";
import { bucketNameProblem } from "../../core/bucket-name.ts";
import { isStorageError } from "../../core/errors.ts";
import { setupLimits } from "../../core/setup-limits.ts";
import { configuredBucket } from "../context.ts";
import { textOption, type OptionValues } from "../option-values.ts";
import { askPrincipals } from "./ask-principals.ts";
import { BadAnswer, oneOf, yesOrNo, type Question, type Questions } from "./questions.ts";
import type { Settings } from "../../settings/settings.ts";

/** What a bucket is asked about: the store is known by now and can be looked at. */
export interface Interview {
  readonly questions: Questions;
  readonly settings: Settings;
  readonly admin: BucketAdmin;
  readonly caller: CallerIdentity | undefined;
  /** AWS's own regional names are proposed there. */
  readonly isAws: boolean;
  /** Given on the command line: not asked. */
  readonly options: OptionValues;
  readonly bucket: string | undefined;
  readonly cwd: string;
  /** The `.env` that would be written. */
  readonly envFile: string;
  readonly say: (text: string) => void;
}

export interface Answers {
  readonly bucket: string;
  /** As the flags of the command line would give them. */
  readonly options: OptionValues;
  /** Where the wish is written too. */
  readonly wishFile: string | undefined;
}

const presets = [
  { word: "least", meaning: "files: write, read, list, delete" },
  { word: "read-write", meaning: "as least, and older versions can be listed and read" },
  { word: "admin", meaning: "as read-write, versions deleted for good, and settings changed" },
] as const;

/** Every question about the bucket. Changes nothing. Throws what `Questions.ask` throws. */
export async function askSetUp(interview: Interview): Promise<Answers> {
  const { questions, options } = interview;
  const bucket = interview.bucket ?? (await questions.ask(bucketQuestion(interview)));
  const access = await askAccess(interview);
  const versioning =
    textOption(options, "versioning") ??
    ((await questions.ask(yesOrNo("Keep old versions of files (versioning)?", true)))
      ? "Enabled"
      : "Suspended");
  const testDays = await askDays(interview, "testDays", "Days until files under test/ go", 7);
  const old = "Days until old versions go";
  const noncurrentDays = await askDays(interview, "noncurrentDays", old, 30);
  const writesEnv =
    options["env"] !== false &&
    (await questions.ask(yesOrNo(`Write the bucket's name to ${interview.envFile}?`, true)));
  const wishFile =
    textOption(options, "file") === undefined
      ? await questions.ask(fileQuestion(interview))
      : undefined;
  return {
    bucket,
    options: { ...access, versioning, testDays, noncurrentDays, env: writesEnv },
    wishFile,
  };
}

async function askAccess(interview: Interview): Promise<OptionValues> {
  const { questions, options } = interview;
  const preset = textOption(options, "access");
  if (preset === "none") return { access: preset };
  const principal =
    options["principal"] === undefined ? await askPrincipals(interview) : options["principal"];
  if (principal === "none") return { access: "none" };
  const access = preset ?? (await questions.ask(oneOf("What may they do?", presets, "read-write")));
  return { access, principal };
}

async function askDays(
  { questions, options }: Interview,
  name: string,
  text: string,
  usual: number,
): Promise<string> {
  const given = textOption(options, name);
  if (given !== undefined) return given;
  return questions.ask({
    text,
    usual: String(usual),
    read: (answer) => {
      const days = /^\d{1,6}$/.test(answer) ? Number(answer) : 0;
      if (days >= 1 && days <= setupLimits.days) return String(days);
      throw new BadAnswer(`Give a whole number of days, 1 to ${setupLimits.days}.`);
    },
  });
}

/** Looked up at once, so that a name that is taken is not found out at the end. */
function bucketQuestion(interview: Interview): Question<string> {
  const { settings, admin, caller, isAws, say } = interview;
  const own = `sms-api-storage-${caller?.accountId}-${settings.storageS3Region}-an`;
  const usual = isAws && caller !== undefined ? own : "sms-api-storage";
  return {
    text: "Bucket",
    usual: configuredBucket(settings) ?? usual,
    read: async (bucket) => {
      const problem = bucketNameProblem(bucket, isAws ? "aws" : "other");
      if (problem !== undefined) throw new BadAnswer(`The name ${problem}.`);
      const presence = await admin.headBucket(bucket);
      if (presence.state === "present") {
        say("  It is there; what others put on it stays.");
        return bucket;
      }
      if (presence.state === "absent") {
        const unfit = bucketNameProblem(bucket, "aws");
        if (unfit !== undefined) throw new BadAnswer(`A new bucket's name ${unfit}.`);
        say("  There is none of this name; it will be made.");
        return bucket;
      }
      const { state, region } = presence;
      throw new BadAnswer(
        state === "elsewhere"
          ? `That bucket is in ${region ?? "another region"}; begin again with --region, or name another.`
          : "That bucket is another account's, or you may not see it; name another.",
      );
    },
  };
}

function fileQuestion({ cwd }: Interview): Question<string | undefined> {
  return {
    text: "File to keep these answers in, or none",
    usual: existsSync(resolve(cwd, "sms-storage.yaml")) ? "none" : "sms-storage.yaml",
    read: (answer) => {
      if (answer === "none") return undefined;
      if (!existsSync(resolve(cwd, answer))) return answer;
      throw new BadAnswer(`${answer} is there already; give another name, or none.`);
    },
  };
}

/** Who asks, as far as the store tells. */
export async function askCaller(admin: BucketAdmin): Promise<CallerIdentity | undefined> {
  try {
    return await admin.getCallerIdentity();
  } catch (error) {
    if (isStorageError(error, "NotSupported", "PermissionDenied")) return undefined;
    throw error;
  }
}
