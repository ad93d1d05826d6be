import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { isAwsHost } from "../../core/partition.ts";
import { openBucketAdmin } from "../../open/open-bucket-admin.ts";
import type { SettingFlags } from "../../settings/find-values.ts";
import { getSettings } from "../../settings/get-settings.ts";
import type { Settings } from "../../settings/settings.ts";
import { storeSettings } from "../../settings/store-settings.ts";
import { configuredBucket, type CommandContext } from "../context.ts";
import { UsageError } from "../exit-codes.ts";
import { flagOption, textOption, type OptionValues } from "../option-values.ts";
import { dotenvPath } from "../setup/dotenv-path.ts";
import { type NamedDesiredFile, settingsOf } from "../setup/read-desired-file.ts";
import { changeWishFile } from "../setup/change-wish-file.ts";
import type { Said } from "../setup/said-words.ts";
import { storeListener } from "../store-listener.ts";
import { askCaller, askSetUp, type Answers } from "./ask-set-up.ts";
import { askStore } from "./ask-store.ts";
import { isAtTerminal, openQuestions, type Questions, yesOrNo } from "./questions.ts";
import { twinCommand, twinFile, twinFileCommand, twinValues } from "./twin.ts";

/** What the wizard was answered. */
export interface WizardEnd {
  /** As if the answers had been given as flags. */
  readonly context: CommandContext;
  readonly options: OptionValues;
  /** The command that does the same is shown, the question asked, and with a yes the answers are kept. */
  readonly agree: (question: string) => Promise<boolean>;
  /** Writes the file of the wish, if one was asked for, and shows the command that does the same. */
  readonly keep: () => Promise<void>;
  /** Ends the conversation. */
  readonly close: () => void;
}

/**
 * Asked for, or nothing names a bucket and somebody is there to be asked. Throws UsageError when it was
 * asked for without a terminal, with all that flags would have to say.
 */
export async function wantsWizard(
  context: CommandContext,
  options: OptionValues,
  hasFile: boolean,
): Promise<boolean> {
  const isAsked = flagOption(options, "wizard");
  if (isAsked && flagOption(options, "yes")) {
    throw new UsageError("--wizard asks and --yes does not.", "Leave out one of the two.");
  }
  if (isAsked && isAtTerminal(context)) return true;
  if (hasFile && !isAsked) return false;
  const isMissing = !hasFile && configuredBucket(await context.settings()) === undefined;
  if (isAsked) throw nobodyToAsk(isMissing);
  return isMissing && !flagOption(options, "yes") && isAtTerminal(context);
}

function nobodyToAsk(isBucketMissing: boolean): UsageError {
  const missing = isBucketMissing
    ? "Missing is --bucket (or STORAGE_S3_BUCKET in .env, or a file with --file)"
    : "Nothing is missing: leave out --wizard";
  return new UsageError(
    "The wizard asks questions, and there is no terminal to ask them on.",
    `${missing}; --yes applies without asking. sms-storage setup --help lists the rest.`,
  );
}

/**
 * Asks all that a set-up needs. Nothing is changed. The conversation stays open; close it. Throws Aborted
 * when it is broken off.
 */
export async function runWizard(
  context: CommandContext,
  options: OptionValues,
  filed: NamedDesiredFile | undefined,
): Promise<WizardEnd> {
  const { output } = context;
  const before = await context.settings(settingsOf(filed));
  const questions = openQuestions(context);
  try {
    output.note("Set-up of a bucket. Enter takes what stands in brackets; Ctrl-C changes nothing.");
    const storeFlags = { ...context.flags, ...(await askStore(context, questions, before)) };
    const settings = answeredSettings(context, storeFlags);
    const { admin } = await Promise.race([
      questions.interrupted,
      openBucketAdmin(settings, storeListener(context, settings)),
    ]);
    try {
      return await Promise.race([
        questions.interrupted,
        interview(context, { options, questions, settings, admin, filed, flags: storeFlags }),
      ]);
    } finally {
      admin.close();
    }
  } catch (error) {
    questions.close();
    throw error;
  }
}

interface Talk {
  readonly options: OptionValues;
  readonly questions: Questions;
  readonly settings: Settings;
  readonly admin: Awaited<ReturnType<typeof openBucketAdmin>>["admin"];
  readonly filed: NamedDesiredFile | undefined;
  readonly flags: SettingFlags;
}

async function interview(
  context: CommandContext,
  { options, questions, settings, admin, filed, flags: storeFlags }: Talk,
): Promise<WizardEnd> {
  const { output, runtime } = context;
  const caller = await askCaller(admin);
  const { endpointUrl, dialect } = storeSettings(settings);
  const answers = await askSetUp({
    questions,
    settings,
    admin,
    caller,
    isAws: dialect === "aws" && (endpointUrl === undefined || isAwsHost(new URL(endpointUrl).host)),
    options,
    bucket: context.flags.bucket,
    filed,
    cwd: runtime.cwd,
    envFile: dotenvPath(context),
    say: (text) => output.note(text),
  });
  const flags = { ...storeFlags, bucket: answers.bucket };
  const owner = textOption(options, "owner") ?? filed?.wish.owner ?? caller?.accountId;
  const all = { ...options, ...answers.options, ...(owner !== undefined && { owner }) };
  const last = answeredSettings(context, flags);
  const answered = { flags, options: { ...answers.keeps, ...all }, envFile: context.envFile };
  const keep = () => keepAnswers(context, answered, answers, filed);
  return {
    context: { ...context, flags, settings: () => Promise.resolve(last) },
    options: all,
    keep,
    close: () => questions.close(),
    agree: async (question) => {
      output.note(`\nWithout questions, this does the same:\n  ${twinCommand(answered)}\n`);
      const isAgreed = await questions.ask(yesOrNo(question, false));
      // From here on Ctrl-C is a signal again.
      questions.close();
      if (isAgreed) await keep();
      return isAgreed;
    },
  };
}

async function keepAnswers(
  context: CommandContext,
  answered: Said,
  { bucket, wishFile }: Answers,
  filed: NamedDesiredFile | undefined,
): Promise<void> {
  const { output, runtime } = context;
  if (wishFile === undefined) return;
  if (wishFile === filed?.file) {
    await changeWishFile(context, wishFile, twinValues(answered, bucket, filed.wish));
    return;
  }
  await writeFile(resolve(runtime.cwd, wishFile), twinFile(answered, bucket), { flag: "wx" }).catch(
    (error: Error) => {
      throw new UsageError(`The answers cannot be kept: ${error.message}`, "Name another file.");
    },
  );
  output.note(`Kept in ${wishFile}; ${twinFileCommand(answered, wishFile)} does the same.`);
}

function answeredSettings({ runtime, envFile }: CommandContext, flags: SettingFlags): Settings {
  const { environment, cwd } = runtime;
  return getSettings({ flags, environment, cwd, ...(envFile !== undefined && { envFile }) });
}
