/** Every bound of the product, with its unit and where the number comes from. */

const kib = 1024;
export const mib = 1024 * kib;
const gib = 1024 * mib;
const tib = 1024 * gib;

/** S3's own limits. Source: S3 User Guide, "Amazon S3 multipart upload limits" and "Object keys". */
export const s3Limits = {
  keyBytes: 1024,
  userMetadataBytes: 2 * kib,
  singlePutBytes: 5 * gib,
  singleCopyBytes: 5 * gib,
  objectBytes: 50 * tib,
  minPartBytes: 5 * mib,
  maxPartBytes: 5 * gib,
  partsPerUpload: 10_000,
  listPageKeys: 1000,
  listBucketsPage: 10_000,
  deleteObjectsKeys: 1000,
  policyBytes: 20 * kib,
  lifecycleRules: 1000,
  /** Of `ObjectSizeGreaterThan` and `ObjectSizeLessThan`. */
  lifecycleSizeBytes: 1_099_511_627_776_000,
  /** Of `x-amz-website-redirect-location`. Source: S3 User Guide, "Configuring a webpage redirect". */
  redirectLocationBytes: 2048,
  objectTags: 10,
  bucketTags: 50,
  corsRules: 100,
  presignSeconds: 604_800,
  clockSkewSeconds: 900,
} as const;

/** Bounds of the client; ours. */
export const clientLimits = {
  /** How long a call is tried again from its first failure on. */
  retryForMs: 20_000,
  /** Settable up to here. */
  retryForMaxMs: 3_600_000,
  /** Attempts that each call has however long they take, and those that time alone will not mend. */
  leastAttempts: 4,
  backoffBaseMs: 100,
  backoffCapMs: 5000,
  connectTimeoutMs: 10_000,
  /** Answers of status 1xx to one request before the final one. */
  interimAnswers: 100,
  /** Silence on a socket, in either direction. */
  idleTimeoutMs: 60_000,
  /** The shortest that it may be set to. */
  idleTimeoutLeastMs: 100,
  connections: 64,
  /**
   * XML bodies only; object bodies are streams. 1,000 keys of 1,024 bytes, each byte as `%XX` or
   * `&#xHH;`, take some 7 MiB.
   */
  responseXmlBytes: 16 * mib,
  errorBodyBytes: 256 * kib,
  /** A longer `Retry-After`, in times of `retryForMs`, is not waited for: the call fails, and says so. */
  retryAfterFactor: 3,
  /** While the store answers others, a call that it has no time for waits for this many `retryForMs`. */
  throttledFactor: 10,
  /** Retries of one store: so many at once, and so many a second. */
  retryBurst: 100,
  retriesPerSecond: 20,
  /** Requests at a time are halved once in this time at most. */
  lanesPauseMs: 500,
  /** Retries on a fresh socket after a kept-alive one turned out closed; free of charge. */
  staleSocketRetries: 2,
  /** For the command that made a link to see whether it leads anywhere. */
  linkLookMs: 2000,
  /** For a look at what completes a word in the shell, and how many words are shown at most. */
  completionLookMs: 300,
  completionWords: 200,
  /** Status line and headers of an answer; Node allows 16 KiB, S3 sends up to 8 of metadata. */
  answerHeadBytes: 64 * kib,
  chunkLineBytes: kib,
  /** A request up to this size is sent in one piece. */
  sendBufferBytes: 64 * kib,
  /** Larger bodies are encrypted piece by piece. */
  tlsPieceBytes: mib,
  /** Memory into which a connection reads; untouched pages of it cost nothing. */
  readBufferBytes: 256 * kib,
  /** Read ahead of a slow consumer of an object body. */
  bodyBufferBytes: 256 * kib,
  /** Memory for bodies that came with the head of their answer, and how much of it is kept for the next ones. */
  reusedBytes: 256 * kib,
  unusedBytes: mib,
} as const;

/** Bounds of rates that are asked for; ours. */
export const paceLimits = {
  /** What was not used in that time is lost. */
  burstMs: 100,
  /** With less, a server would take some of all connections for dead. */
  leastBytesPerSecond: 16 * kib,
} as const;

/** Bounds of transfers; ours. */
export const transferLimits = {
  partBytes: 8 * mib,
  /** Of objects from this size on, twice the part: half the requests. */
  largeObjectBytes: gib,
  multipartFromBytes: 16 * mib,
  partsInFlight: 4,
  /** The most that a caller may ask for in place of that. */
  concurrency: 1000,
  /** For the parts of all uploads to one bucket. */
  partMemoryBytes: 128 * mib,
  /** Objects moved at a time: at first, and once as many more have succeeded. */
  jobsAtFirst: 16,
  jobsInFlight: 64,
  /** Objects to move that are found ahead of time, so that it can be told how many there are. */
  jobsAhead: 10_000,
  /** Downloads from this size on go in parallel ranges. */
  rangesFromBytes: 16 * mib,
  /** Parts above this size are streamed from the file instead of held in memory. */
  bufferedPartBytes: 64 * mib,
  /** Parts of a stream of unknown length before their size doubles. */
  streamPartsPerStep: 1000,
  /** Memory for parts of a stream in flight, as far as one part is not larger. */
  streamBufferBytes: 256 * mib,
  /** Smallest unit of a part size; Qumulo wants multiples of 4,096. */
  partUnitBytes: 4 * kib,
  /** Reads and writes of local files. */
  fileChunkBytes: mib,
  /** Files up to this size are read and written at once, while the disk takes no longer than that. */
  smallFileBytes: 256 * kib,
  quickDiskMs: 4,
  /** After a longer one, so many files go by way of the thread pool. */
  slowDiskFiles: 64,
  /** A body that keeps breaking without a byte of progress is given up after this many and this long. */
  bodyResumes: 4,
  bodyResumeMs: 20_000,
  /** A part of a download that nobody has written to for so long is nobody's. */
  abandonedAfterMs: 24 * 3_600_000,
  /** Objects that are read to tell whether a copy whose answer was lost is in place. */
  comparedBytes: 64 * mib,
  /** Waiting for AbortMultipartUpload after a failure. */
  abortWaitMs: 10_000,
  /** Waiting for CreateMultipartUpload after a stop, to learn what has to be aborted. */
  createWaitMs: 2000,
  /** A download whose object was replaced meanwhile starts again this often. */
  downloadRestarts: 1,
  /** Requests of up to 1,000 deletes each. */
  deleteBatchesInFlight: 16,
  /** Pages of one listing asked for at a time, where a page takes long and the keys show where to split. */
  listingLanes: 16,
  /** Pages between two splits, by estimate. */
  listingSegmentPages: 4,
  /** Pages in memory for each of those, on their way and waiting for their turn: some 0.3 MB each. */
  listingPagesPerLane: 4,
  /** Pages that come one after the other before a listing is split, so that short ones cost nothing. */
  listingFlatPages: 4,
  /** Pages by whose keys it is estimated how many keys lie between two. */
  listingTrailPages: 32,
  /** Unfinished uploads that are held before a question is asked about them. */
  uploadsHeld: 100_000,
  /** Folders whose sizes are added up at a time, where a store lists in no order. */
  usageGroups: 100_000,
  /** Files whose size and times are read between two folders. */
  statsAtATime: 256,
  /** Items of a tree that are handed on at a time. */
  treeBatch: 1000,
  /** Records of a sync index that wait for a copy before them; then its own comes late. */
  indexQueue: 10_000,
  /** Paths to be deleted that are held in memory; more go to the disk. */
  spooledPaths: 100_000,
  /** What a sync deletes without being told so: this many, or a share of the target in percent. */
  unaskedDeletes: 1000,
  unaskedDeletesPercent: 10,
  /** Includes and excludes of one command, and the length of each; no key is longer. */
  selectionRules: 1000,
  patternCharacters: 1024,
  /** A key or path of a list; the longest path of Linux has 4,096, and quoted it takes more. */
  listEntryBytes: 16 * kib,
  /** Names that are remembered to find two for one target; some 200 MiB. */
  comparedNames: 1_000_000,
  /** Skipped and failed objects that are remembered to be told at the end of a copy. */
  heldReports: 1000,
  /** Objects that are remembered while somebody is asked whether to delete them; some 40 MiB. */
  askedRemovals: 250_000,
} as const;

/** Bounds of the embedded server; ours unless a source is named. */
export const serverLimits = {
  /** Request line and headers. AWS allows 8 KiB of headers; proxies add some. */
  headerBytes: 32 * kib,
  /** AWS's 8 KiB hold some 540 of the shortest metadata headers. */
  headerCount: 600,
  /** Objects up to this size live in the index, larger ones in files. */
  inlineBytes: 16 * kib,
  /** New bytes are refused when less than this would stay free, so that deletes still work. */
  diskReserveBytes: 64 * mib,
  /** With less than this free, a failed write of the index is put down to a full disk. */
  fullDiskBytes: mib,
  freeSpaceMaxAgeMs: 250,
  /** Size of the pieces in which objects are read from files. */
  readChunkBytes: 256 * kib,
  /** After a clean stop a larger index is opened without going through it; some three seconds. */
  indexWalkBytes: 512 * mib,
  /** Between an acknowledgement and the flush of the second record of the index. */
  redoFlushMs: 1000,
  /** Changes that are written down before all rows are written anew: as many bytes as those rows
   * have, but at least and at most this. */
  redoLogBytes: 64 * mib,
  redoLogMaxBytes: 4 * gib,
  /** When the store is closed: for rows that are being written. */
  redoFinishMs: 2000,
  /** Rows written between two turns of the event loop. */
  redoRowsStepBytes: 256 * kib,
  /** Objects with missing bytes that a check names; the rest is counted. */
  incompleteTold: 1000,
  /** Files to which no object refers are kept that long. */
  quarantineDays: 30,
  /** With `relaxed`: the longest time between an acknowledgement and its flush. */
  relaxedFlushMs: 100,
  /** Files whose names a scrub reads at a time. */
  scrubFilesPerStep: 256,
  /** Default rate of the scrub in the background; 86 GB a day. */
  scrubBytesPerSecond: mib,
  /** From the start, and from the end of one scrub, to the next. */
  scrubDelayMs: 60_000,
  scrubRestMs: 24 * 60 * 60 * 1000,
  /** Files whose presence is looked at together, before a copy or a HEAD. */
  looksInFlight: 16,
  /** Files unlinked at the same time. */
  unlinksInFlight: 8,
  /** From the first byte of a connection or a request to the end of its headers. */
  headersTimeoutMs: 60_000,
  handshakeTimeoutMs: 10_000,
  /** How often that is looked at. */
  connectionCheckMs: 5000,
  /** A request body's pace is looked at that often, and may not be slower than the least. */
  bodyWindowMs: 60_000,
  bodyWindowBytes: 1024,
  /** Silence of a client that reads an answer, before the connection is dropped. */
  readerIdleTimeoutMs: 120_000,
  /** The same where it has ended its side of TLS. */
  endedReaderIdleTimeoutMs: 10_000,
  keepAliveTimeoutMs: 75_000,
  /** Before the system asks a silent peer whether it is still there. */
  keepAliveProbeMs: 60_000,
  /** Connections at a time, as far as the process has descriptors for them. */
  connections: 10_000,
  /** A socket, and an object's file. */
  descriptorsPerConnection: 2,
  /** For the index, the folders and the process itself. */
  storeDescriptors: 128,
  shutdownGraceMs: 10_000,
  /** Rest of a refused request that is read away, so that the client sees the answer. */
  unreadBodyBytes: 64 * mib,
  unreadBodyMs: 5000,
  /** Of a refused client that sends nothing more. */
  unreadSilenceMs: 1500,
  /** For an answer after which the connection closes. */
  lastAnswerMs: 1000,
  /** A certificate that the server makes for itself is good for a year, and made anew a week before. */
  madeCertificateMs: 365 * 86_400_000,
  madeCertificateRenewMs: 7 * 86_400_000,
  /** Form bodies of STS. */
  formBytes: 64 * kib,
  /** Session tokens kept opened, with their policies compiled. */
  openedSessions: 1024,
  /** Bucket policies kept in compiled form. */
  compiledPolicies: 256,
  /** Policies of identities kept in compiled form. */
  identityPolicies: 1024,
  /** Access keys whose callers are kept, with all policies on their side. */
  callersKept: 10_000,
  /** A request to KMS: a key policy of 32 KiB in any spelling. */
  jsonBytes: 256 * kib,
  /** Of one KMS key. AWS allows more. */
  grantsPerKey: 1000,
  /** The identities file; some ten thousand keys. */
  identitiesBytes: 4 * mib,
  /** Versions or uploads that a lifecycle sweep reads, and deletes in one transaction, at a time. */
  lifecycleStepEntries: 256,
  /** Pause after that many entries, so that requests come first. */
  lifecyclePauseMs: 20,
  /** Sweeps a day; S3 does not say how often it looks. */
  lifecycleSweepsPerDay: 24,
  /** Between sweeps, however short a day is made. */
  lifecycleIntervalMinMs: 100,
  /** The longest time that a timer takes, some 24 days. */
  lifecycleIntervalMaxMs: 2 ** 31 - 1,
} as const;

/** Bodies that are read whole, by what they hold; ours, with room for S3's largest in any spelling. */
export const documentLimits = {
  /** All others: a handful of elements, or ten tags; for CORS it is S3's own bound. */
  plainBytes: 64 * kib,
  /** 1,000 keys of 1,024 bytes, each of them as `&#x26;`, with a version id and an ETag. */
  deleteBytes: 8 * mib,
  /** 10,000 parts with ETag and every checksum take some 5 MiB. */
  completionBytes: 8 * mib,
  /** 1,000 rules with a prefix of 1,024 bytes and a few tags. */
  lifecycleBytes: 4 * mib,
  /** 50 tags of 384 characters, each as `&#x1F600;`. */
  bucketTagsBytes: 256 * kib,
  /** 20 KiB without white space. */
  policyBytes: 16 * 20 * kib,
} as const;

/** Bounds of settings; ours. */
export const settingsLimits = {
  dotenvBytes: mib,
} as const;

/** Bounds of the control plane and of AWS's credential chain; ours. */
export const adminLimits = {
  /** Attempts in all when S3 says that another change to the bucket is under way (409). */
  conflictAttempts: 8,
  conflictBackoffBaseMs: 250,
  conflictBackoffCapMs: 8000,
  connectTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
  /** XML of a bucket's settings; 1,000 lifecycle rules take less. */
  documentBytes: 8 * mib,
  /** Temporary keys are renewed this long before they end. Source: AWS SDKs use five minutes. */
  credentialRefreshMs: 300_000,
  /** For fresh keys where those in use have ended, and how often their source is asked for them. */
  freshKeysWaitMs: 300_000,
  freshKeysLookMs: 2000,
  /** After a failed renewal, while the old keys are still good. */
  credentialRetryMs: 10_000,
  /** One request to the instance metadata service, which does not exist off EC2. */
  metadataTimeoutMs: 1000,
} as const;

/** Bounds of the wire code; ours unless a source is named. */
export const protocolLimits = {
  xmlDepth: 16,
  /** Some hundred bytes of memory each. 10,000 parts with all their checksums have 90,000. */
  xmlElements: 250_000,
  /** Length of an element's or attribute's name. S3's longest have 40. */
  xmlNameUnits: 256,
  /** Of a page of a listing, prefixes included. S3's have 1,000, or 10,000 buckets. */
  listedEntries: 10_000,
  /** Derived SigV4 keys held for reuse, one per access key, day, region and service; also lists of headers. */
  signingKeys: 256,
  /** One `size;chunk-signature=...` line. AWS's are 85 to 100 bytes. */
  chunkHeaderBytes: 1024,
  /** All trailer lines together. */
  trailerBytes: 8 * kib,
  /** Of a browser's form before its file. Source: S3 API reference, "POST Object". */
  formHeadBytes: 20 * kib,
  /** Every chunk but the last. Source: AWS's InvalidChunkSizeError. */
  minimumChunkBytes: 8 * kib,
} as const;
