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
    return this.#calls.onKey("uploadBytes", path, options, uploadChecks, async (key, given) =>
      toUploadResult(await uploadBytes(this.#context, contents, key, given)),
    );
  }

  uploadFile(...[filePath, path, options]: Args<"uploadFile">) {
    return this.#calls.onKey("uploadFile", path, options, uploadFileChecks, async (key, given) => {
      const file = localPath("uploadFile", filePath);
      return toUploadResult(await uploadFile(this.#context, file, key, given));
    });
  }

  uploadStream(...[contents, path, options]: Args<"uploadStream">) {
    return this.#calls.onKey(
      "uploadStream",
      path,
      options,
      uploadStreamChecks,
      async (key, given) => {
        checkArgument("uploadStream", "the stream", contents, isAsyncIterable);
        return toUploadResult(await uploadStream(this.#context, contents, key, given));
      },
    );
  }

  write(...[path, contents, options]: Args<"write">) {
    return this.#calls.onKey("write", path, options, uploadStreamChecks, async (key, given) =>
      toUploadResult(await writeFile(this.#context, key, contents, given)),
    );
  }

  downloadFile(...[path, filePath, options]: Args<"downloadFile">) {
    return this.#calls.onKey("downloadFile", path, options, downloadChecks, async (key, given) => {
      const file = filePath === undefined ? undefined : localPath("downloadFile", filePath);
      const done = await downloadFile(this.#context, key, file, given);
      return [key, done.path] as [string, string];
    });
  }

  getFileContents(...[path, options]: Args<"getFileContents">) {
    return this.#calls.onKey("getFileContents", path, options, contentsChecks, async (key, given) =>
      readContents(this.#context, key, given),
    );
  }

  getListing(...[path, options]: Args<"getListing">) {
    return this.#calls.onPath("getListing", path, options, listingChecks, async (given) =>
      getListing(this.#context, path, given),
    );
  }

  getModifiedDate(...[path, options]: Args<"getModifiedDate">) {
    return this.#calls.onKey("getModifiedDate", path, options, callChecks, async (key, given) => {
      const { LastModified } = await stat(this.#context, key, given);
      return LastModified;
    });
  }

  deleteFile(...[path, options]: Args<"deleteFile">) {
    return this.#calls.onKey("deleteFile", path, options, deleteChecks, async (key, given) =>
      deleteFile(this.#context, key, given),
    );
  }

  exists(...[path, options]: Args<"exists">) {
    return this.#calls.onKey("exists", path, options, callChecks, async (key, given) =>
      objectExists(this.#context.store, key, given),
    );
  }

  stat(...[path, options]: Args<"stat">) {
    return this.#calls.onKey("stat", path, options, readChecks, async (key, given) =>
      stat(this.#context, key, given),
    );
  }

  read(...[path, options]: Args<"read">) {
    return this.#calls.onKey("read", path, options, rangeReadChecks, async (key, given) =>
      readFile(this.#context, key, given),
    );
  }

  list(...[path, options]: Args<"list">) {
    return list(this.#context, path, () => {
      const given = this.#calls.take("list", options, pagedListingChecks);
      checkArgument("list", "the path", path, isText);
      return given;
    });
  }

  listDirectory(...[path, options]: Args<"listDirectory">) {
    return this.#calls.onPath("listDirectory", path, options, listingChecks, async (given) =>
      listDirectory(this.#context, path, given),
    );
  }

  copy(...[from, to, options]: Args<"copy">) {
    return this.#calls.run("copy", options, copyChecks, async (given) => {
      // A key of another bucket's store is taken as it stands.
      const isOwn = given?.sourceStore === undefined;
      if (!isOwn) assertObjectKey(from, "copy");
      const source = isOwn ? this.#calls.key("copy", from) : from;
      const target = this.#calls.key("copy", to);
      return toUploadResult(await copyObject(this.#context, source, target, given));
    });
  }

  deleteMany(...[paths, options]: Args<"deleteMany">) {
    return this.#calls.run("deleteMany", options, deleteManyChecks, async (given) => {
      checkArgument("deleteMany", "the paths", paths, isArray);
      const keys = paths.map((path) => this.#calls.key("deleteMany", path));
      return deleteMany(this.#context, keys, given);
    });
  }

  move(...[from, to, options]: Args<"move">) {
    return this.#calls.run("move", options, moveChecks, async (given) => {
      const source = this.#calls.key("move", from);
      const target = this.#calls.key("move", to);
      return toUploadResult(await moveFile(this.#context, source, target, given));
    });
  }

  deletePrefix(...[path, options]: Args<"deletePrefix">) {
    return this.#calls.onPath("deletePrefix", path, options, deletePrefixChecks, async (given) =>
      deletePrefix(this.#context, path, given),
    );
  }

  uploadDirectory(...[directory, path, options]: Args<"uploadDirectory">) {
    const operation = "uploadDirectory";
    return this.#calls.onPath(operation, path, options, uploadDirectoryChecks, async (given) => {
      const places = { local: localPath(operation, directory), path };
      const { uploadDirectory } = await directories();
      return uploadDirectory(this.#context, places, given);
    });
  }

  downloadDirectory(...[path, directory, options]: Args<"downloadDirectory">) {
    const operation = "downloadDirectory";
    return this.#calls.onPath(operation, path, options, downloadDirectoryChecks, async (given) => {
      const places = { local: localPath(operation, directory), path };
      const { downloadDirectory } = await directories();
      return downloadDirectory(this.#context, places, given);
    });
  }

  syncDirectory(...[direction, directory, path, options]: Args<"syncDirectory">) {
    const operation = "syncDirectory";
    return this.#calls.onPath(operation, path, options, syncDirectoryChecks, async (given) => {
      checkArgument(operation, "the direction", direction, isOneOf("up", "down"));
      const places = { local: localPath(operation, directory), path };
      const { syncDirectory } = await directories();
      return syncDirectory(this.#context, direction, places, given);
    });
  }

  getTags(...[path, options]: Args<"getTags">) {
    return this.#calls.onKey("getTags", path, options, readChecks, async (key, given) =>
      getTags(this.#context, key, given),
    );
  }

  setTags(...[path, tags, options]: Args<"setTags">) {
    return this.#calls.onKey("setTags", path, options, readChecks, async (key, given) => {
      checkArgument("setTags", "the tags", tags, isTags);
      return setTags(this.#context, key, tags, given);
    });
  }

  deleteTags(...[path, options]: Args<"deleteTags">) {
    return this.#calls.onKey("deleteTags", path, options, readChecks, async (key, given) =>
      deleteTags(this.#context, key, given),
    );
  }

  signedUrl(...[path, options]: Args<"signedUrl">) {
    return this.#calls.onKey("signedUrl", path, options, signedUrlChecks, async (key, given) =>
      signedUrl(this.#context, key, given),
    );
  }

  signedForm(...[path, options]: Args<"signedForm">) {
    return this.#calls.onPath("signedForm", path, options, signedFormChecks, async (given) =>
      signedForm(this.#context, toKey(this.bucket, path), given),
    );
  }

  async *versions(...[path, options]: Args<"versions">) {
    const given = this.#calls.take("versions", options, callChecks);
    yield* versionsOf(this.#context, this.#calls.key("versions", path), given);
  }

  restore(...[path, options]: Args<"restore">) {
    return this.#calls.onKey("restore", path, options, restoreChecks, async (key, given) => {
      const { restoreFile } = await import("./restore-files.ts");
      return restoreFile(this.#context, key, given);
    });
  }

  restorePrefix(...[path, options]: Args<"restorePrefix">) {
    return this.#calls.onPath(
      "restorePrefix",
      path,
      options,
      restorePrefixChecks,
      async (given) => {
        const { restorePrefix } = await import("./restore-files.ts");
        return restorePrefix(this.#context, path, given);
      },
    );
  }

  streamArchive(...[path, options]: Args<"streamArchive">) {
    return this.#calls.onPath("streamArchive", path, options, archiveChecks, async (given) => {
      const { streamArchive } = await import("./stream-archive.ts");
      return streamArchive(this.#context, path, given);
    });
  }

  extractArchive(...[archive, path, options]: Args<"extractArchive">) {
    return this.#calls.onPath("extractArchive", path, options, extractChecks, async (given) => {
      const { extractToBucket } = await import("./extract-archive.ts");
      return extractToBucket(this.#context, archive, path, given);
    });
  }

  async *watch(...[path, options]: Args<"watch">) {
    const given = this.#calls.take("watch", options, watchChecks);
    checkArgument("watch", "the path", path, isText);
    yield* watch(this.#context, path, given);
  }

  openRandomAccess(...[path, options]: Args<"openRandomAccess">) {
    return this.#calls.onKey("openRandomAccess", path, options, readChecks, async (key, given) =>
      openRandomAccess(this.#context, key, given),
    );
  }

  close(): Promise<void> {
    return this.#calls.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
