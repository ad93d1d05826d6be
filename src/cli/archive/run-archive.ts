import { existsSync } from "node:fs";
import { isStorageError } from "../../core/errors.ts";
import { asFolder, formatS3Uri } from "../../core/object-key.ts";
import { restateError } from "../../core/restate-error.ts";
import type { ArchiveStream } from "../../transfer/archive/archive-stream.ts";
import type { ArchiveWishes } from "../../transfer/archive/archive-options.ts";
import { openArchive } from "../../transfer/archive/open-archive.ts";
import type { Buckets } from "../../transfer/buckets.ts";
import { checkTarget, makeParents } from "../../transfer/download/download-target.ts";
import { saveStream } from "../../transfer/download/save-stream.ts";
import { assertNoFile } from "../../transfer/local/assert-no-file.ts";
import { localTargetError } from "../../transfer/local/local-file-error.ts";
import type { PartFiles } from "../../transfer/local/part-files.ts";
import { uploadStream } from "../../transfer/upload/upload-stream.ts";
import type { CommandContext } from "../context.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { countOf, formatBytes, printable } from "../format.ts";
import { location, remoteLocation, type Location } from "../locations.ts";
import { flagOption, textOption, type OptionValues } from "../option-values.ts";
import { readSelection } from "../selection-options.ts";
import { withBuckets } from "../with-buckets.ts";
import { choiceOption, formatOfName, formatOption } from "./archive-format.ts";
import { tellLeftOut } from "./left-out.ts";

interface ArchiveCommand {
  readonly prefix: string;
  readonly target: string;
  readonly options: OptionValues;
}

/** `archive`. Answers the exit code. */
export async function runArchive(
  context: CommandContext,
  { prefix, target, options }: ArchiveCommand,
): Promise<number> {
  const { runtime, output } = context;
  const from = remoteLocation(prefix, await context.settings());
  const folder = asFolder(from.key);
  const to = location(target);
  const ifAbsent = options["overwrite"] === false;
  const wishes = readWishes(options, { folder, target });
  if (ifAbsent && to.kind === "stream") {
    throw new UsageError("Standard output has nothing to overwrite.", "Leave --no-overwrite out.");
  }
  return withBuckets(context, async (buckets) => {
    if (ifAbsent && to.kind === "local") await assertNoFile(checkTarget(to.path));
    const archive = await openArchive(buckets.of(from.bucket), folder, {
      ...wishes,
      signal: runtime.signal,
      onProgress: ({ members, doneBytes }) =>
        output.progress(`${countOf(members, "object")}, ${formatBytes(doneBytes)}`),
    }).catch((error: unknown) => {
      throw explainLocal(error, prefix);
    });
    const { partFiles } = buckets.of(from.bucket);
    await send(context, { archive, to, buckets, partFiles, ifAbsent });
    const { members, doneBytes, leftOut } = archive.report;
    const record = {
      type: "archive",
      from: { ...from, key: folder },
      ...(to.kind === "remote" ? { to: to.uri } : { file: target }),
      format: archive.format,
      members,
      bytes: doneBytes,
      leftOut,
    };
    tellLeftOut(
      output,
      leftOut.map(({ Key, reason }) => ({ name: Key, reason })),
    );
    const counts = `${countOf(members, "object")}, ${formatBytes(doneBytes)}`;
    const text = `archived: ${printable(formatS3Uri({ ...from, key: folder }))} to ${printable(target)} (${counts})`;
    if (to.kind === "stream") output.note(text);
    else await output.result(record, text);
    return leftOut.length > 0 ? exitCodes.partial : exitCodes.ok;
  });
}

/** Says of a source that is a local folder that none is meant here. */
function explainLocal(error: unknown, prefix: string): unknown {
  const mayBeLocal = isStorageError(error, "NotFound") && !prefix.startsWith("s3://");
  if (!mayBeLocal || !existsSync(prefix)) return error;
  const remedy = `The source is always in S3. To pack the local ${prefix}, use tar or zip; to have it in S3 first, cp or sync.`;
  return restateError(error, { remedy });
}

function readWishes(
  options: OptionValues,
  { folder, target }: { readonly folder: string; readonly target: string },
): ArchiveWishes {
  const selection = readSelection(options, new Date());
  const format = formatOption(options) ?? formatOfName(target);
  const root = textOption(options, "root");
  const manifest = options["manifest"];
  const levelText = textOption(options, "level");
  if (levelText !== undefined && !/^[0-9]$/.test(levelText)) {
    throw new UsageError(`--level takes a digit, 0 to 9, not ${levelText}.`);
  }
  const onMissing = choiceOption(options, "onMissing", ["error", "report"]);
  return {
    accepts: ({ key, sizeBytes, lastModified: modified }) =>
      selection.accepts({ path: key.slice(folder.length), sizeBytes, modified }),
    ...(format !== undefined && { format }),
    ...(root !== undefined && { root }),
    ...(levelText !== undefined && { level: Number(levelText) }),
    ...(onMissing !== undefined && { onMissing }),
    ...((typeof manifest === "string" || manifest === true) && { manifest }),
    allowEmpty: flagOption(options, "allowEmpty"),
  };
}

interface Sending {
  readonly archive: ArchiveStream;
  readonly to: Location;
  readonly buckets: Buckets;
  readonly partFiles: PartFiles;
  readonly ifAbsent: boolean;
}

async function send(
  { output, runtime }: CommandContext,
  { archive, to, buckets, partFiles, ifAbsent }: Sending,
): Promise<void> {
  const { signal } = runtime;
  if (to.kind === "stream") {
    for await (const chunk of archive) await output.bytes(chunk);
    return;
  }
  try {
    if (to.kind === "remote") {
      const { bucket, key } = to.uri;
      if (key === "" || key.endsWith("/")) {
        throw new UsageError(`${formatS3Uri(to.uri)} names no object.`, "Write the whole key.");
      }
      await uploadStream(buckets.of(bucket), archive, key, {
        contentType: archive.contentType,
        ...(ifAbsent && { ifAbsent }),
        signal,
      });
      return;
    }
    const target = checkTarget(to.path);
    try {
      makeParents(target);
      const partFile = await partFiles.pathBeside(target);
      await saveStream({ partFile, target, contents: archive, signal, ifAbsent });
    } catch (error) {
      throw localTargetError("archive", target, error);
    }
  } finally {
    await archive.return();
  }
}
