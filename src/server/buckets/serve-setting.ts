import type { SettingDocuments, WritableSetting } from "../../core/bucket-settings.ts";
import type { BucketSettings } from "../../engine/engine.ts";
import { bucketDocuments, type SettingOperations } from "../../protocol/bucket-documents.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import type { XmlNode } from "../../protocol/xml/render.ts";
import type { OperationTraits } from "../operation-traits.ts";
import type { Operation, OperationRequest, S3Response } from "../operation.ts";
import { xmlResponse } from "../xml-response.ts";

/** What is special about one setting; most need nothing of it. */
export interface SettingService<Document> {
  /** Of all its operations. */
  readonly traits?: OperationTraits;
  /** Of its PUT alone. */
  readonly putTraits?: OperationTraits;
  /** Status of an answered PUT. Default 200. */
  readonly putStatus?: 200 | 204;
  /** An empty body is judged as a document. Default false: MissingRequestBodyError. */
  readonly emptyAllowed?: boolean;
  /** What GET shows where nothing is set. */
  readonly fallback?: Document;
  /** What GET shows of what is stored. Default: all of it. */
  show?(document: Document, request: OperationRequest): Document;
  /** Judges what a PUT sent, and fills it in. Throws S3Error. Default: it is stored as it came. */
  accept?(document: Document, request: OperationRequest): Accepted<Document>;
}

interface Accepted<Document> {
  /** Undefined: the setting is taken away. */
  readonly document: Document | undefined;
  /** Judges once more, in the write transaction, by the settings of that moment. Throws S3Error. */
  assertFits?(settings: BucketSettings): void;
}

/** GET, PUT and DELETE of a setting that the bucket's record holds under its name. */
export function serveSetting<Name extends WritableSetting>(
  name: Name,
  service: SettingService<SettingDocuments[Name]> = {},
): readonly Operation[] {
  const { traits = {} } = service;
  const { get, put, remove } = bucketDocuments[name];
  const operations: Operation[] = [{ ...traits, name: get, handle: reader(name, service) }];
  if (put !== undefined) {
    operations.push({ ...traits, ...service.putTraits, name: put, handle: writer(name, service) });
  }
  if (remove !== undefined) {
    operations.push({ ...traits, name: remove, handle: remover(name) });
  }
  return operations;
}

function reader<Name extends WritableSetting>(
  name: Name,
  service: SettingService<SettingDocuments[Name]>,
): Operation["handle"] {
  const setting = bucketDocuments[name];
  return async (request) => {
    const settings: Partial<SettingDocuments> = request.bucket().settings;
    const stored = settings[name] ?? service.fallback;
    if (stored === undefined) return answerNotSet(setting, request);
    const document = service.show?.(stored, request) ?? stored;
    const response = documentResponse(setting.codec.render(document));
    return { ...response, headers: { ...response.headers, ...setting.codec.headersOf(document) } };
  };
}

function writer<Name extends WritableSetting>(
  name: Name,
  service: SettingService<SettingDocuments[Name]>,
): Operation["handle"] {
  const { codec } = bucketDocuments[name];
  const { emptyAllowed = false, putStatus: status = 200 } = service;
  return async (request) => {
    const bytes = await request.readDocument({ emptyAllowed });
    const sent = codec.parse(bytes, (header) => request.header(header));
    const accepted = service.accept?.(sent, request) ?? { document: sent };
    await request.engine.updateBucketSettings(request.bucketName, (settings) => {
      accepted.assertFits?.(settings);
      return withSetting(settings, name, accepted.document);
    });
    const headers = accepted.document === undefined ? {} : codec.headersOf(accepted.document);
    return Object.keys(headers).length === 0 ? { status } : { status, headers };
  };
}

/** Succeeds, too, where nothing is set. */
function remover(name: WritableSetting): Operation["handle"] {
  return async (request) => {
    await request.engine.updateBucketSettings(request.bucketName, (settings) =>
      withSetting(settings, name, undefined),
    );
    return { status: 204 };
  };
}

/** What S3 answers for a setting that nobody made. */
export function answerNotSet({ notSet }: SettingOperations, request: OperationRequest): S3Response {
  const { name } = request.bucket();
  if (typeof notSet !== "string") return xmlResponse(notSet);
  throw new S3Error(notSet, { extra: { BucketName: name } });
}

function withSetting<Name extends WritableSetting>(
  settings: BucketSettings,
  name: Name,
  document: SettingDocuments[Name] | undefined,
): BucketSettings {
  const others = Object.entries(settings).filter(([key]) => key !== name);
  return Object.fromEntries(document === undefined ? others : [...others, [name, document]]);
}

function documentResponse(document: XmlNode | string): S3Response {
  if (typeof document !== "string") return xmlResponse(document);
  return { status: 200, headers: { "content-type": "application/json" }, body: document };
}
