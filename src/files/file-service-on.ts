import type { Capabilities } from "../core/capabilities.ts";
import {
  callChecks,
  checkArgument,
  isArray,
  isAsyncIterable,
  isOneOf,
  isTags,
  isText,
} from "../core/check-options.ts";
import { assertObjectKey } from "../core/object-key.ts";
import { copyObject } from "../transfer/copy/copy-object.ts";
import { downloadFile } from "../transfer/download/download-file.ts";
import { readContents } from "../transfer/download/read-contents.ts";
import { objectExists } from "../transfer/objects/object-exists.ts";
import type { TransferContext } from "../transfer/transfer-context.ts";
import { uploadFile } from "../transfer/upload/upload-file.ts";
import { uploadBytes } from "../transfer/upload/upload-object.ts";
import { uploadStream } from "../transfer/upload/upload-stream.ts";
import { archiveChecks, extractChecks } from "./archive-checks.ts";
import {
  downloadDirectoryChecks,
  syncDirectoryChecks,
  uploadDirectoryChecks,
} from "./directory-checks.ts";
import { deleteMany } from "./delete-many.ts";
import { deletePrefix } from "./delete-prefix.ts";
import type { FileService } from "./file-service.ts";
import { getListing, list, listDirectory, versionsOf } from "./listing.ts";
import { localPath } from "./local-path.ts";
import { moveFile } from "./move-file.ts";
import {
  contentsChecks,
  copyChecks,
  deleteChecks,
  deleteManyChecks,
  deletePrefixChecks,
  downloadChecks,
  listingChecks,
  moveChecks,
  pagedListingChecks,
  rangeReadChecks,
  readChecks,
  restoreChecks,
  restorePrefixChecks,
  signedFormChecks,
  signedUrlChecks,
  uploadChecks,
  uploadFileChecks,
  uploadStreamChecks,
} from "./option-checks.ts";
import { openRandomAccess } from "./random-access-file.ts";
import { ServiceCalls } from "./service-calls.ts";
import { readFile } from "./read-file.ts";
import { signedForm, signedUrl } from "./signed-links.ts";
import { deleteTags, getTags, setTags } from "./tags.ts";
import { deleteFile, stat } from "./stat.ts";
import { toKey } from "./to-key.ts";
import { toUploadResult } from "./upload-result.ts";
import { watch, watchChecks } from "./watch.ts";
import { writeFile } from "./write-file.ts";

// Trees, archives and versions are a third of the library; a program that needs none of them does not load them.
const directories = () => import("./transfer-directory.ts");

/** The library's words for transfers to and from an open bucket. `close()` closes its store too. */
export function fileServiceOn(context: TransferContext): FileService {
  return new StoreFileService(context);
}

/** What a method takes, which stands with its answer at FileService. */
type Args<Name extends keyof FileService> = FileService[Name] extends (...args: infer A) => unknown
  ? A
  : never;

class StoreFileService implements FileService {
  readonly bucket: string;
  readonly capabilities: Capabilities;
  readonly #context: TransferContext;
  readonly #calls: ServiceCalls;

  constructor(context: TransferContext) {
    this.#context = context;
    this.#calls = new ServiceCalls(context);
    this.bucket = context.store.bucket;
    this.capabilities = context.store.capabilities;
  }

  uploadBytes(...[contents, path, options]: Args<"uploadBytes">) {
    return this.#calls.onKey("uploadBytes", path, options, uploadChecks, async (key) =>
      toUploadResult(await uploadBytes(this.#context, contents, key, options)),
    );
  }

  uploadFile(...[filePath, path, options]: Args<"uploadFile">) {
    return this.#calls.onKey("uploadFile", path, options, uploadFileChecks, async (key) => {
      const file = localPath("uploadFile", filePath);
      return toUploadResult(await uploadFile(this.#context, file, key, options));
    });
  }

  uploadStream(...[contents, path, options]: Args<"uploadStream">) {
    return this.#calls.onKey("uploadStream", path, options, uploadStreamChecks, async (key) => {
      checkArgument("uploadStream", "the stream", contents, isAsyncIterable);
      return toUploadResult(await uploadStream(this.#context, contents, key, options));
    });
  }

  write(...[path, contents, options]: Args<"write">) {
    return this.#calls.onKey("write", path, options, uploadStreamChecks, async (key) =>
      toUploadResult(await writeFile(this.#context, key, contents, options)),
    );
  }

  downloadFile(...[path, filePath, options]: Args<"downloadFile">) {
    return this.#calls.onKey("downloadFile", path, options, downloadChecks, async (key) => {
      const file = filePath === undefined ? undefined : localPath("downloadFile", filePath);
      const done = await downloadFile(this.#context, key, file, options);
      return [key, done.path] as [string, string];
    });
  }

  getFileContents(...[path, options]: Args<"getFileContents">) {
    return this.#calls.onKey("getFileContents", path, options, contentsChecks, async (key) =>
      readContents(this.#context, key, options),
    );
  }

  getListing(...[path, options]: Args<"getListing">) {
    return this.#calls.onPath("getListing", path, options, listingChecks, async () =>
      getListing(this.#context, path, options),
    );
  }

  getModifiedDate(...[path, options]: Args<"getModifiedDate">) {
    return this.#calls.onKey("getModifiedDate", path, options, callChecks, async (key) => {
      const { LastModified } = await stat(this.#context, key, options);
      return LastModified;
    });
  }

  deleteFile(...[path, options]: Args<"deleteFile">) {
    return this.#calls.onKey("deleteFile", path, options, deleteChecks, async (key) =>
      deleteFile(this.#context, key, options),
    );
  }

  exists(...[path, options]: Args<"exists">) {
    return this.#calls.onKey("exists", path, options, callChecks, async (key) =>
      objectExists(this.#context.store, key, options),
    );
  }

  stat(...[path, options]: Args<"stat">) {
    return this.#calls.onKey("stat", path, options, readChecks, async (key) =>
      stat(this.#context, key, options),
    );
  }

  read(...[path, options]: Args<"read">) {
    return this.#calls.onKey("read", path, options, rangeReadChecks, async (key) =>
      readFile(this.#context, key, options),
    );
  }

  list(...[path, options]: Args<"list">) {
    return list(this.#context, path, options, () => {
      this.#calls.check("list", options, pagedListingChecks);
      checkArgument("list", "the path", path, isText);
    });
  }

  listDirectory(...[path, options]: Args<"listDirectory">) {
    return this.#calls.onPath("listDirectory", path, options, listingChecks, async () =>
      listDirectory(this.#context, path, options),
    );
  }

  copy(...[from, to, options]: Args<"copy">) {
    return this.#calls.run("copy", options, copyChecks, async (operation) => {
      // A key of another bucket's store is taken as it stands.
      const isOwn = options?.sourceStore === undefined;
      if (!isOwn) assertObjectKey(from, operation);
      const source = isOwn ? this.#calls.key(operation, from) : from;
      const target = this.#calls.key(operation, to);
      return toUploadResult(await copyObject(this.#context, source, target, options));
    });
  }

  deleteMany(...[paths, options]: Args<"deleteMany">) {
    return this.#calls.run("deleteMany", options, deleteManyChecks, async (operation) => {
      checkArgument(operation, "the paths", paths, isArray);
      const keys = paths.map((path) => this.#calls.key(operation, path));
      return deleteMany(this.#context, keys, options);
    });
  }

  move(...[from, to, options]: Args<"move">) {
    return this.#calls.run("move", options, moveChecks, async (operation) => {
      const source = this.#calls.key(operation, from);
      const target = this.#calls.key(operation, to);
      return toUploadResult(await moveFile(this.#context, source, target, options));
    });
  }

  deletePrefix(...[path, options]: Args<"deletePrefix">) {
    return this.#calls.onPath("deletePrefix", path, options, deletePrefixChecks, async () =>
      deletePrefix(this.#context, path, options),
    );
  }

  uploadDirectory(...[directory, path, options]: Args<"uploadDirectory">) {
    const operation = "uploadDirectory";
    return this.#calls.onPath(operation, path, options, uploadDirectoryChecks, async () => {
      const places = { local: localPath(operation, directory), path };
      const { uploadDirectory } = await directories();
      return uploadDirectory(this.#context, places, options);
    });
  }

  downloadDirectory(...[path, directory, options]: Args<"downloadDirectory">) {
    const operation = "downloadDirectory";
    return this.#calls.onPath(operation, path, options, downloadDirectoryChecks, async () => {
      const places = { local: localPath(operation, directory), path };
      const { downloadDirectory } = await directories();
      return downloadDirectory(this.#context, places, options);
    });
  }

  syncDirectory(...[direction, directory, path, options]: Args<"syncDirectory">) {
    const operation = "syncDirectory";
    return this.#calls.onPath(operation, path, options, syncDirectoryChecks, async () => {
      checkArgument(operation, "the direction", direction, isOneOf("up", "down"));
      const places = { local: localPath(operation, directory), path };
      const { syncDirectory } = await directories();
      return syncDirectory(this.#context, direction, places, options);
    });
  }

  getTags(...[path, options]: Args<"getTags">) {
    return this.#calls.onKey("getTags", path, options, readChecks, async (key) =>
      getTags(this.#context, key, options),
    );
  }

  setTags(...[path, tags, options]: Args<"setTags">) {
    return this.#calls.onKey("setTags", path, options, readChecks, async (key) => {
      checkArgument("setTags", "the tags", tags, isTags);
      return setTags(this.#context, key, tags, options);
    });
  }

  deleteTags(...[path, options]: Args<"deleteTags">) {
    return this.#calls.onKey("deleteTags", path, options, readChecks, async (key) =>
      deleteTags(this.#context, key, options),
    );
  }

  signedUrl(...[path, options]: Args<"signedUrl">) {
    return this.#calls.onKey("signedUrl", path, options, signedUrlChecks, async (key) =>
      signedUrl(this.#context, key, options),
    );
  }

  signedForm(...[path, options]: Args<"signedForm">) {
    return this.#calls.onPath("signedForm", path, options, signedFormChecks, async () =>
      signedForm(this.#context, toKey(this.bucket, path), options),
    );
  }

  async *versions(...[path, options]: Args<"versions">) {
    this.#calls.check("versions", options, callChecks);
    yield* versionsOf(this.#context, this.#calls.key("versions", path), options);
  }

  restore(...[path, options]: Args<"restore">) {
    return this.#calls.onKey("restore", path, options, restoreChecks, async (key) => {
      const { restoreFile } = await import("./restore-files.ts");
      return restoreFile(this.#context, key, options);
    });
  }

  restorePrefix(...[path, options]: Args<"restorePrefix">) {
    return this.#calls.onPath("restorePrefix", path, options, restorePrefixChecks, async () => {
      const { restorePrefix } = await import("./restore-files.ts");
      return restorePrefix(this.#context, path, options);
    });
  }

  streamArchive(...[path, options]: Args<"streamArchive">) {
    return this.#calls.onPath("streamArchive", path, options, archiveChecks, async () => {
      const { streamArchive } = await import("./stream-archive.ts");
      return streamArchive(this.#context, path, options);
    });
  }

  extractArchive(...[archive, path, options]: Args<"extractArchive">) {
    return this.#calls.onPath("extractArchive", path, options, extractChecks, async () => {
      const { extractToBucket } = await import("./extract-archive.ts");
      return extractToBucket(this.#context, archive, path, options);
    });
  }

  async *watch(...[path, options]: Args<"watch">) {
    this.#calls.check("watch", options, watchChecks);
    checkArgument("watch", "the path", path, isText);
    yield* watch(this.#context, path, options);
  }

  openRandomAccess(...[path, options]: Args<"openRandomAccess">) {
    return this.#calls.onKey("openRandomAccess", path, options, readChecks, async (key) =>
      openRandomAccess(this.#context, key, options),
    );
  }

  close(): Promise<void> {
    return this.#calls.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
