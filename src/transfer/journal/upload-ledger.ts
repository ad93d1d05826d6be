import { isStorageError } from "../../core/errors.ts";
import { transferLimits } from "../../core/limits.ts";
import type { ObjectStore, PutResult, UploadedPart } from "../../core/object-store.ts";
import { sameEtag } from "../../core/same-etag.ts";
import { multipartEtag } from "../multipart-etag.ts";
import type { SourceIdentity } from "../upload/byte-source.ts";
import type { Journal } from "./journal.ts";
import type { ClaimedJournal, Journals, JournalSubject } from "./journals.ts";
import type { TransferNotice } from "./transfer-notice.ts";
import { abortUnheard } from "./abort-unheard.ts";
import { readParts, readUploadHeader, readUploadId, type UploadHeader } from "./upload-record.ts";

/** An upload in parts that a later run may go on with. */
export interface LedgerRequest {
  readonly store: ObjectStore;
  readonly journals: Journals;
  readonly key: string;
  /** Absolute. */
  readonly localPath: string;
  readonly source: SourceIdentity;
  /** As of `digestOf`. */
  readonly headers: string;
  readonly partBytes: number;
  readonly signal: AbortSignal;
  readonly tell: (notice: TransferNotice) => void;
}

/** The work of an earlier run. */
interface LeftUpload {
  readonly uploadId: string;
  readonly partBytes: number;
  /** What the store holds and the journal knows, by number. */
  readonly parts: ReadonlyMap<number, UploadedPart>;
}

/**
 * The memory of one multipart upload: is asked which parts need not be sent, is told of those that
 * were, and outlives the process.
 */
export class UploadLedger {
  readonly #request: LedgerRequest;
  #journal: Journal | undefined;
  readonly left: LeftUpload | undefined;
  /** The object that an earlier run completed without hearing of it. */
  readonly completed: PutResult | undefined;
  #partsKnown: number;

  private constructor(request: LedgerRequest, found: Partial<FoundWork> = {}) {
    this.#request = request;
    this.#journal = found.journal;
    this.left = found.left;
    this.completed = found.completed;
    this.#partsKnown = found.left?.parts.size ?? 0;
  }

  /** Looks for the work of an earlier run, and has the store say how much of it is there. */
  static async open(request: LedgerRequest): Promise<UploadLedger> {
    const { journals, tell } = request;
    const refuse = (reason: string): void => tell({ kind: "begun-anew", reason });
    const claimed = await journals.claim(subjectOf(request), refuse);
    if (claimed === undefined) return new UploadLedger(request);
    try {
      return new UploadLedger(request, await findWork(request, claimed));
    } catch (error) {
      await claimed.journal.keep();
      throw error;
    }
  }

  /** Whether a later run would save anything by going on. */
  get isWorthKeeping(): boolean {
    return this.#journal !== undefined && this.#partsKnown > 0;
  }

  get partsKnown(): number {
    return this.#partsKnown;
  }

  /** An upload is about to be asked for: should its id never arrive, the next run looks for it. */
  async beginning(): Promise<void> {
    const { journals, source, headers, partBytes } = this.#request;
    const header: UploadHeader = { source, headers, partBytes, begunAtMs: Date.now() };
    this.#journal = await journals.create(subjectOf(this.#request), { ...header });
  }

  begun(uploadId: string): void {
    this.#journal?.add({ uploadId });
  }

  sent(part: UploadedPart): void {
    this.#partsKnown += 1;
    this.#journal?.add(part);
  }

  async keep(): Promise<void> {
    await this.#journal?.keep();
  }

  async remove(): Promise<void> {
    await this.#journal?.remove();
  }
}

interface FoundWork {
  readonly journal: Journal;
  readonly left: LeftUpload;
  readonly completed: PutResult;
}

function subjectOf({ key, localPath }: LedgerRequest): JournalSubject {
  return { kind: "upload", key, localPath };
}

async function findWork(
  request: LedgerRequest,
  { journal, header, records }: ClaimedJournal,
): Promise<Partial<FoundWork>> {
  const upload = readUploadHeader(header);
  const uploadId = readUploadId([header, ...records]);
  if (upload === undefined) {
    return beginAnew(request, journal, { uploadId, reason: "its journal is not whole" });
  }
  if (uploadId === undefined) {
    await abortUnheard(request, upload.begunAtMs);
    await journal.remove();
    return {};
  }
  const reason = changeSince(request, upload);
  if (reason !== undefined) return beginAnew(request, journal, { uploadId, reason });
  return findHeld(request, journal, { ...upload, uploadId, known: readParts(records) });
}

interface KnownUpload extends UploadHeader {
  readonly uploadId: string;
  readonly known: ReadonlyMap<number, UploadedPart>;
}

/** As much of what the journal knows as the store still has. */
async function findHeld(
  request: LedgerRequest,
  journal: Journal,
  { uploadId, partBytes, known }: KnownUpload,
): Promise<Partial<FoundWork>> {
  const held = await heldParts(request, uploadId);
  if (held === "gone") {
    const completed = await findCompleted(request, known);
    if (completed !== undefined) return { journal, completed };
    await journal.remove();
    const reason = "The upload that an earlier run began is gone from the store.";
    request.tell({ kind: "begun-anew", reason });
    return {};
  }
  if (held === "unknown") {
    return beginAnew(request, journal, { uploadId, reason: "the store does not list its parts" });
  }
  const parts = new Map<number, UploadedPart>();
  let doneBytes = 0;
  for (const [number, part] of known) {
    if (!isHeld(part, held.get(number))) continue;
    parts.set(number, part);
    doneBytes += part.sizeBytes;
  }
  request.tell({ kind: "resumed", doneBytes, totalBytes: request.source.sizeBytes });
  return { journal, left: { uploadId, partBytes, parts } };
}

/** What speaks against going on, in words. */
function changeSince({ source, headers }: LedgerRequest, found: UploadHeader): string | undefined {
  const { sizeBytes, mtimeNs, ctimeNs, inode } = found.source;
  const isSame =
    sizeBytes === source.sizeBytes &&
    mtimeNs === source.mtimeNs &&
    ctimeNs === source.ctimeNs &&
    inode === source.inode;
  if (!isSame) return "the file was changed since";
  return found.headers === headers ? undefined : "the headers or checksums asked for are others";
}

async function beginAnew(
  { store, key, tell }: LedgerRequest,
  journal: Journal,
  { uploadId, reason }: { readonly uploadId: string | undefined; readonly reason: string },
): Promise<Partial<FoundWork>> {
  const address = uploadId === undefined ? undefined : { key, uploadId };
  const isAborted =
    address !== undefined &&
    (await store.abortMultipartUpload(address, { timeoutMs: transferLimits.abortWaitMs }).then(
      () => true,
      () => false,
    ));
  await journal.remove();
  const end = isAborted
    ? "that upload was aborted"
    : "its parts may be left in the bucket until they are aborted";
  tell({
    kind: "begun-anew",
    reason: `What an earlier run sent is not used, because ${reason}; ${end}.`,
  });
  return {};
}

/** What the store holds of an upload. */
async function heldParts(
  { store, key, signal }: LedgerRequest,
  uploadId: string,
): Promise<ReadonlyMap<number, UploadedPart> | "gone" | "unknown"> {
  const held = new Map<number, UploadedPart>();
  let partNumberMarker: number | undefined;
  try {
    do {
      const from = partNumberMarker !== undefined && { partNumberMarker };
      const page = await store.listParts({ key, uploadId }, { ...from, signal });
      for (const part of page.parts) held.set(part.partNumber, part);
      partNumberMarker = page.nextPartNumberMarker;
    } while (partNumberMarker !== undefined);
    return held;
  } catch (error) {
    if (isStorageError(error) && error.s3Code === "NoSuchUpload") return "gone";
    if (isStorageError(error, "PermissionDenied", "NotSupported")) return "unknown";
    throw error;
  }
}

/** What the store says of a part is what it said when the part was sent. */
function isHeld(known: UploadedPart, held: UploadedPart | undefined): boolean {
  if (held === undefined || held.sizeBytes !== known.sizeBytes) return false;
  if (!sameEtag(held.etag, known.etag)) return false;
  const { checksum } = held;
  if (checksum === undefined || known.checksum === undefined) return true;
  return checksum.algorithm === known.checksum.algorithm && checksum.value === known.checksum.value;
}

/** An upload whose completion was carried out while its answer was lost is gone as well. */
async function findCompleted(
  { store, key, source, signal }: LedgerRequest,
  known: ReadonlyMap<number, UploadedPart>,
): Promise<PutResult | undefined> {
  const parts = [...known.values()].toSorted((a, b) => a.partNumber - b.partNumber);
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  const wanted = multipartEtag(parts.map(({ etag }) => etag));
  if (sizeBytes !== source.sizeBytes || wanted === undefined) return undefined;
  const head = await store.headObject(key, { signal }).catch(() => undefined);
  if (head?.sizeBytes !== sizeBytes || !sameEtag(head.etag, wanted)) return undefined;
  const { etag, versionId, checksum } = head;
  return {
    etag,
    ...(versionId !== undefined && { versionId }),
    ...(checksum !== undefined && { checksum }),
  };
}
