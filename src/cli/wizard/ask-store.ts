import { findPartition, isAwsHost, isRegionName, partitionOfRegion } from "../../core/partition.ts";
import { defaultDataFolder } from "../../open/data-folder.ts";
import { readServerNote } from "../../open/server-note.ts";
import type { SettingFlags } from "../../settings/find-values.ts";
import type { Settings } from "../../settings/settings.ts";
import type { CommandContext } from "../context.ts";
import { BadAnswer, oneOf, type Question, type Questions } from "./questions.ts";

const stores = [
  { word: "aws", meaning: "AWS S3, signed in by SSO, a profile or a role" },
  { word: "qumulo", meaning: "Qumulo, by its address" },
  { word: "embedded", meaning: "the embedded server (sms-storage start), or another S3 store" },
] as const;
type StoreWord = (typeof stores)[number]["word"];

/** Flags that lead to the store; what was given on the command line is not asked. */
export async function askStore(
  context: CommandContext,
  questions: Questions,
  settings: Settings,
): Promise<SettingFlags> {
  const store = await storeOf(context, questions, settings);
  if (store === "aws") return askAws(context, questions, settings);
  if (store === "qumulo") {
    const url = await askAddress(context, questions, settings.storageQumuloEndpointUrl);
    return { backend: "qumulo", "endpoint-url": url };
  }
  return askOther(context, questions, settings);
}

async function askOther(
  context: CommandContext,
  questions: Questions,
  settings: Settings,
): Promise<SettingFlags> {
  const note = await readServerNote(defaultDataFolder(context.runtime.environment));
  const known = settings.storageS3EndpointUrl ?? note?.endpoint ?? "http://127.0.0.1:9000";
  const url = await askAddress(context, questions, known);
  // A store of one's own may call its region anything; the embedded server says its own.
  const own = note?.endpoint === url ? note : undefined;
  return {
    backend: "s3",
    "endpoint-url": url,
    region: context.flags.region ?? own?.region ?? settings.storageS3Region,
    ...(own?.caFile !== undefined &&
      settings.storageS3CaFile === undefined && { "ca-file": own.caFile }),
  };
}

async function askAws(
  { flags }: CommandContext,
  questions: Questions,
  settings: Settings,
): Promise<SettingFlags> {
  const region = flags.region ?? (await questions.ask(regionQuestion(settings)));
  const { storageS3EndpointUrl: known } = settings;
  if (known === undefined) return { backend: "s3", region };
  // The settings lead elsewhere; only an address beats an address.
  const own = `https://s3.${region}.${partitionOfRegion(region).dnsSuffix}`;
  return { backend: "s3", region, "endpoint-url": isAwsHost(new URL(known).host) ? known : own };
}

async function askAddress(
  { flags }: CommandContext,
  questions: Questions,
  usual: string | undefined,
): Promise<string> {
  return flags["endpoint-url"] ?? questions.ask(addressQuestion(usual));
}

async function storeOf(
  { flags }: CommandContext,
  questions: Questions,
  settings: Settings,
): Promise<StoreWord> {
  const likely = likelyStore(settings);
  const isGiven = flags.backend === "qumulo" || flags["endpoint-url"] !== undefined;
  return isGiven ? likely : questions.ask(oneOf("Which store?", stores, likely));
}

function likelyStore({ storageBackend, storageS3EndpointUrl: url }: Settings): StoreWord {
  if (storageBackend === "qumulo") return "qumulo";
  return url === undefined || isAwsHost(new URL(url).host) ? "aws" : "embedded";
}

function regionQuestion({ storageS3Region }: Settings): Question<string> {
  return {
    text: "Region",
    usual: storageS3Region,
    read: (answer) => {
      if (isRegionName(answer) && findPartition(answer) !== undefined) return answer;
      throw new BadAnswer(
        `AWS has no region ${JSON.stringify(answer)}; such as us-east-1, us-gov-west-1.`,
      );
    },
  };
}

function addressQuestion(usual: string | undefined): Question<string> {
  return {
    text: "Address of the store, such as https://storage.example.org:9000",
    usual,
    read: (answer) => {
      const url = URL.canParse(answer) ? new URL(answer) : undefined;
      if (url !== undefined && /^https?:$/.test(url.protocol)) return answer.replace(/\/+$/, "");
      throw new BadAnswer(`${JSON.stringify(answer)} is no URL with https:// or http://.`);
    },
  };
}
