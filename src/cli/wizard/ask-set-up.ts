import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { BucketAdmin, CallerIdentity } from "../../core/bucket-admin.ts";
import { bucketNameProblem } from "../../core/bucket-name.ts";
import { isStorageError } from "../../core/errors.ts";
import { setupLimits } from "../../core/setup-limits.ts";
import { configuredBucket } from "../context.ts";
import { textOption, type OptionValues } from "../option-values.ts";
import { askPrincipals } from "./ask-principals.ts";
import { keptOptions } from "./kept-options.ts";
import { lookAt, type WhatItHas } from "./what-it-has.ts";
import { BadAnswer, oneOf, yesOrNo, type Question, type Questions } from "./questions.ts";
import { dotenvFile } from "../../settings/dotenv-file.ts";
import type { Settings } from "../../settings/settings.ts";
import { storeSettings } from "../../settings/store-settings.ts";
import { usesTls } from "../../setup/desired-state.ts";
import { usualLifecycle } from "../../setup/recall-lifecycle.ts";
import type { NamedDesiredFile } from "../setup/read-desired-file.ts";

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
  /** A file of the wish that is there; it counts where flags and answers say nothing. */
  readonly filed: NamedDesiredFile | undefined;
  readonly cwd: string;
  /** The `.env` that would be written. */
  readonly envFile: string;
  readonly say: (text: string) => void;
}

/** The same of a bucket that was named and looked at. */
export interface BucketInterview extends Interview {
  readonly has: WhatItHas;
}

export interface Answers {
  readonly bucket: string;
  /** As the flags of the command line would give them. */
  readonly options: OptionValues;
  /** What the bucket has beside that and keeps unsaid; a file or command that does the same says it. */
  readonly keeps: OptionValues;
  /** Where the wish is written too: a new file, or the one that is there. */
  readonly wishFile: string | undefined;
}

const presets = [
  { word: "least", meaning: "files: write, read, list, delete" },
  { word: "read-write", meaning: "as least, and older versions can be listed and read" },
  { word: "admin", meaning: "as read-write, versions deleted for good, and settings changed" },
] as const;

/** Every question about the bucket. Changes nothing. Throws what `Questions.ask` throws. */
export async function askSetUp(asked: Interview): Promise<Answers> {
  const bucket = asked.bucket ?? (await asked.questions.ask(bucketQuestion(asked)));
  const interview = { ...asked, has: await lookAt(asked.admin, bucket) };
  const access = await askAccess(interview);
  const versioning = await askVersioning(interview);
  const days = await askLifecycle(interview);
  const env = await askEnvFile(interview, bucket);
  const wishFile = await askFile(interview, bucket);
  const answered = { ...access, versioning, ...days, env };
  const said = Object.entries(answered).filter(([, value]) => value !== undefined);
  const { endpointUrl } = storeSettings(asked.settings);
  const keeps = keptOptions(interview.has, asked.filed?.wish, {
    usesTls: usesTls({ endpointUrl }),
  });
  return { bucket, options: Object.fromEntries(said), keeps, wishFile };
}

/** A setting that flags or the file leave alone, or reset, is not asked about. */
function isLeft(
  { options, filed, say }: BucketInterview,
  name: "policy" | "versioning" | "lifecycle",
): boolean {
  const flag = ["unmanaged", "reset"].find((each) => {
    const named = options[each];
    return Array.isArray(named) && named.includes(name);
  });
  if (flag !== undefined) return true;
  const standing = ["unmanaged", "reset"].find((each) => each === filed?.wish[name]);
  if (standing === undefined) return false;
  say(`${filed?.file} says ${name}: ${standing}; it is not asked about.`);
  return true;
}

async function askAccess(interview: BucketInterview): Promise<OptionValues> {
  const { questions, options, has, filed } = interview;
  const preset = textOption(options, "access");
  if (preset === "none" || (preset === undefined && isLeft(interview, "policy"))) {
    return { access: preset };
  }
  const { principal } = options;
  const whom = principal === undefined ? await askPrincipals(interview) : { principal };
  if (whom === "none") return { access: "none" };
  const policy = filed?.wish.policy;
  const known = [typeof policy === "object" ? policy.access : undefined, has.policy?.access];
  const usual = presets.find(({ word }) => known.find((each) => each !== undefined) === word);
  const text = `${differs(interview, known[0], known[1])}What may they do?`;
  const question = oneOf(text, presets, usual?.word ?? "read-write");
  return { access: preset ?? (await questions.ask(question)), ...whom };
}

async function askVersioning(interview: BucketInterview): Promise<string | undefined> {
  const { questions, options, has, filed } = interview;
  const said = textOption(options, "versioning");
  if (said !== undefined) return said;
  if (isLeft(interview, "versioning")) return undefined;
  const usual = filed?.wish.versioning ?? has.versioning ?? "Enabled";
  const between = differs(interview, filed?.wish.versioning, has.versioning);
  const text = `${between}Keep old versions of files (versioning)?`;
  const question = yesOrNo(text, usual === "Enabled");
  return (await questions.ask(question)) ? "Enabled" : "Suspended";
}

async function askLifecycle(interview: BucketInterview): Promise<OptionValues> {
  const { options, has, filed } = interview;
  const isSaid = [options["testDays"], options["noncurrentDays"]].some(
    (each) => each !== undefined,
  );
  if (!isSaid && isLeft(interview, "lifecycle")) return {};
  const wish = filed?.wish.lifecycle;
  const written = typeof wish === "object" ? wish : {};
  const known = { ...given(usualLifecycle), ...given(has.lifecycle), ...given(written) };
  const said = textOption(options, "testPrefix") ?? written.testPrefix;
  const prefix = said ?? has.lifecycle.testPrefix ?? usualLifecycle.testPrefix;
  const { testStatus, cleanUpStatus } = has.lifecycle;
  return {
    testDays: await askDays(interview, "testDays", {
      text: `${differs(interview, written.testDays, has.lifecycle.testDays)}Days until files under ${prefix} go`,
      usual: Number(known["testDays"]),
      isOff: testStatus === "Disabled",
    }),
    noncurrentDays: await askDays(interview, "noncurrentDays", {
      text: `${differs(interview, written.noncurrentDays, has.lifecycle.noncurrentDays)}Days until old versions go`,
      usual: Number(known["noncurrentDays"]),
      isOff: cleanUpStatus === "Disabled",
    }),
  };
}

/** The file is the declared wish; that the bucket is otherwise is said, and never taken unasked. */
function differs(
  { filed }: Pick<BucketInterview, "filed">,
  wished: string | number | undefined,
  found: string | number | undefined,
): string {
  if (wished === undefined || found === undefined || wished === found) return "";
  return `${filed?.file} says ${wished}; the bucket has ${found}.\n`;
}

function given(wish: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined));
}

interface DaysQuestion {
  readonly text: string;
  readonly usual: number;
  /** The rule is there and turned off. */
  readonly isOff: boolean;
}

/** Undefined: a rule that is turned off stays so; to say its days again would turn it on. */
async function askDays(
  { questions, options }: BucketInterview,
  name: string,
  { text, usual, isOff }: DaysQuestion,
): Promise<string | undefined> {
  const said = textOption(options, name);
  if (said !== undefined) return said;
  const days = await questions.ask({
    text: isOff ? `${text} (turned off; other days turn it on)` : text,
    usual: String(usual),
    read: (answer) => {
      const number = /^\d{1,6}$/.test(answer) ? Number(answer) : 0;
      if (number >= 1 && number <= setupLimits.days) return String(number);
      throw new BadAnswer(`Give a whole number of days, 1 to ${setupLimits.days}.`);
    },
  });
  return isOff && days === String(usual) ? undefined : days;
}

/** A file that names another bucket is not changed by an Enter. */
async function askEnvFile(
  { questions, options, filed, envFile, settings }: BucketInterview,
  bucket: string,
): Promise<boolean> {
  if (options["env"] === false || filed?.wish.envFile === "unmanaged") return false;
  const name = settings.storageBackend === "qumulo" ? "STORAGE_QUMULO_BUCKET" : "STORAGE_S3_BUCKET";
  const { [name]: now = bucket } = await dotenvFile(envFile).read([name]);
  const text = `Write the bucket's name to ${envFile}?`;
  if (now === bucket) return questions.ask(yesOrNo(text, true));
  return questions.ask(yesOrNo(`It names ${now} now.\n${text}`, false));
}

/** Answers the file that is to be written. */
async function askFile(interview: BucketInterview, bucket: string): Promise<string | undefined> {
  const { questions, options, filed } = interview;
  if (filed?.wish.bucket === bucket) {
    const agrees = await questions.ask(yesOrNo(`Change ${filed.file} to these answers?`, true));
    return agrees ? filed.file : undefined;
  }
  const isNamed = textOption(options, "file") !== undefined;
  return isNamed ? undefined : questions.ask(fileQuestion(interview));
}

/** Looked up at once, so that a name that is taken is not found out at the end. */
function bucketQuestion(interview: Interview): Question<string> {
  const { settings, admin, caller, isAws, filed, say } = interview;
  const own = `sms-api-storage-${caller?.accountId}-${settings.storageS3Region}-an`;
  const usual = isAws && caller !== undefined ? own : "sms-api-storage";
  return {
    text: "Bucket",
    usual: filed?.wish.bucket ?? configuredBucket(settings) ?? usual,
    read: async (bucket) => {
      const problem = bucketNameProblem(bucket, isAws ? "aws" : "other");
      if (problem !== undefined) throw new BadAnswer(`The name ${problem}.`);
      const presence = await admin.headBucket(bucket);
      if (presence.state === "present") {
        say("  It is there; what others put on it stays, and Enter keeps what it has.");
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
