import type { ListPartsPage } from "../../core/multipart-options.ts";
import type { ObjectStore, UploadAddress } from "../../core/object-store.ts";
import { examples, type CommandDefinition } from "../command.ts";
import { countOf, formatBytes, formatTime, printable } from "../format.ts";
import { beganBefore, foundUploads, type FoundUpload } from "../found-uploads.ts";
import { remoteLocation } from "../locations.ts";
import { flagOption } from "../option-values.ts";
import { withObjectStore } from "../with-object-store.ts";

interface Parts {
  readonly parts: number;
  readonly bytes: number;
}

export const uploadsLsCommand: CommandDefinition = {
  name: "ls",
  readsOnly: () => true,
  define: (command) =>
    command
      .summary("list unfinished uploads")
      .description(
        "Lists unfinished multipart uploads under a prefix: when each began, its id and its key. With " +
          "--size also how much of each is there, which is one more request for each of them.",
      )
      .argument("[place]", "s3://BUCKET/PREFIX or a prefix; default: the configured bucket")
      .option("--older-than <time>", "that began before a time, or longer ago than 12h, 7d, ...")
      .option("--size", "the parts that are there, and their bytes")
      .option("--human-readable", "sizes as KiB, MiB, ...")
      .addHelpText(
        "after",
        examples(
          ["Everything that was left behind", "sms-storage uploads ls s3://my-bucket"],
          ["What a week-old rest costs", "sms-storage uploads ls --older-than 7d --size exp-1/"],
        ),
      ),
  run: async (context, [place], options) => {
    const settings = await context.settings();
    const uri = remoteLocation(place, settings);
    const before = beganBefore(options);
    const withSize = flagOption(options, "size");
    const human = flagOption(options, "humanReadable");
    const { output, runtime } = context;
    const { signal } = runtime;
    let count = 0;
    await withObjectStore(context, uri.bucket, async (store) => {
      for await (const uploads of foundUploads(store, uri.key, { before, signal })) {
        count += uploads.length;
        for (const upload of uploads) {
          const parts = withSize ? await sumOfParts(store, upload, signal) : undefined;
          const record = { type: "upload", bucket: uri.bucket, ...upload, ...parts };
          await output.result(record, lineOf(upload, parts, human));
        }
      }
    });
    await output.result({ type: "summary", uploads: count }, undefined);
    output.note(count === 0 ? "There are no unfinished uploads." : countOf(count, "upload"));
  },
};

async function sumOfParts(
  store: ObjectStore,
  { key, uploadId }: UploadAddress,
  signal: AbortSignal,
): Promise<Parts> {
  const { partPages } = await import("../../transfer/objects/part-pages.ts");
  const sum = { parts: 0, bytes: 0 };
  const add = (page: ListPartsPage): void => {
    sum.parts += page.parts.length;
    for (const { sizeBytes } of page.parts) sum.bytes += sizeBytes;
  };
  for await (const page of partPages(store, { key, uploadId }, { signal })) add(page);
  return sum;
}

function lineOf(upload: FoundUpload, sum: Parts | undefined, human: boolean): string {
  const { initiated, uploadId, key } = upload;
  const size = sum && (human ? formatBytes(sum.bytes) : String(sum.bytes)).padStart(12);
  const parts = sum && `${String(sum.parts).padStart(5)} parts`;
  const facts = [formatTime(initiated), size, parts, printable(uploadId), printable(key)];
  return facts.filter((fact) => fact !== undefined).join(" ");
}
