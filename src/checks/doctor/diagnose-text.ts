import { shellWord } from "../../core/shell-word.ts";
import { partitionOfRegion } from "../../core/partition.ts";
import { aimCommand } from "../audit/aim-command.ts";
import { diagnose } from "./diagnose.ts";
import type { DoctorFacts, DoctorPlace } from "./doctor-facts.ts";
import type { DoctorFinding } from "./doctor-finding.ts";
import { type PlaceInText, placeInText } from "./place-in-text.ts";
import { readErrorText } from "./read-error-text.ts";

/**
 * What stands behind an error that some tool printed. `own`: the settings here, which count as far as
 * the text does not tell of another place: neither bucket nor key is ever taken from them. `now`: by
 * which the end of a link is judged. Pure.
 */
export function diagnoseText(text: string, own: DoctorPlace, now?: Date): DoctorFinding {
  const named = placeInText(text);
  const isElsewhere = tellsOfElsewhere(named, own);
  const symptom = readErrorText(text, now);
  const region = symptom.details["Region"] ?? named.region;
  const facts = isElsewhere ? factsOfText(named, region) : factsHere(named, own);
  const { key } = named;
  const finding = diagnose({ ...symptom, ...(key !== undefined && { key }) }, facts, "objects");
  return withNextStep(finding, facts, isElsewhere, symptom.denial?.cause === "not-told");
}

function tellsOfElsewhere({ buckets, host, isAws, endpointUrl }: PlaceInText, own: DoctorPlace) {
  const isOtherBucket =
    own.bucket !== undefined && buckets.length > 0 && !buckets.includes(own.bucket);
  if (isOtherBucket) return true;
  if (host === undefined) return false;
  if (isAws) return own.endpointUrl !== undefined && !own.endpointUrl.includes(host);
  return own.endpointUrl === undefined || hostOf(own.endpointUrl) !== hostOf(endpointUrl);
}

function hostOf(url: string | undefined): string | undefined {
  return url === undefined || !URL.canParse(url) ? undefined : new URL(url).host;
}

function factsHere({ bucket, host, profile }: PlaceInText, own: DoctorPlace): DoctorFacts {
  return {
    ...own,
    bucket,
    ...(host !== undefined && { host }),
    ...(profile !== undefined && { profile }),
  };
}

/** Empty texts are not known: their places stand as names in capitals. */
function factsOfText(named: PlaceInText, region = ""): DoctorFacts {
  const { bucket, host, endpointUrl, profile = "" } = named;
  return {
    bucket,
    region,
    endpointUrl,
    partition: partitionOfRegion(region).id,
    store: endpointUrl === undefined ? "aws" : "s3",
    profile,
    ...(host !== undefined && { host }),
  };
}

/** Where the text does not tell the cause, what does: the layers' own look. */
function withNextStep(
  finding: DoctorFinding,
  { bucket, endpointUrl }: DoctorFacts,
  isElsewhere: boolean,
  isNotTold: boolean,
): DoctorFinding {
  const { remedy } = finding;
  if (remedy === undefined) return finding;
  const looks = finding.id === "D00" || isNotTold;
  const place = bucket === undefined ? "" : ` s3://${shellWord(bucket)}`;
  const look = aimCommand(`sms-storage doctor${place}`, endpointUrl);
  const text = [
    ...(looks ? ["Run doctor without --error: it tries each layer and says which one fails."] : []),
    remedy.text,
    ...(isElsewhere ? [elsewhere] : []),
  ].join(" ");
  const others = remedy.commands ?? [];
  const commands = looks ? [look, ...others.filter((line) => line !== look)] : others;
  return {
    ...finding,
    remedy: { ...remedy, text, ...(commands.length > 0 && { commands }) },
  };
}

const elsewhere =
  "The text tells of another place than the settings here: add the --profile, --region and " +
  "--endpoint-url with which it failed.";
