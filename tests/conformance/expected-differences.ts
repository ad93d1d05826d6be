export interface ExpectedDifference {
  readonly reason: string;
  /** Case -> its differences, as `replayCase` gives them. */
  readonly cases: Readonly<Record<string, readonly string[]>>;
}

/**
 * Every difference from the recordings, with its reason. A difference that is gone is taken out here
 * and in docs/conformance.md.
 */
export const expectedDifferences: readonly ExpectedDifference[] = [
  {
    reason:
      "A bucket's encryption that was set to what it is anyway lets an object be copied onto itself on AWS, and here does not.",
    cases: {
      "test_s3::TestS3::test_copy_in_place_with_bucket_encryption": [
        "4 status",
        "4 x-amz-server-side-encryption",
        "4 Error.ChecksumCRC32",
        "4 Error.ChecksumType",
        "4 Error.ETag",
        "4 Error.LastModified",
        "4 Error.Code",
        "4 Error.Message",
      ],
    },
  },
  {
    reason:
      "Under SSE-KMS an upload that asked for no checksum completes with its CRC64NVME here, and without on AWS.",
    cases: {
      "test_s3::TestS3::test_s3_multipart_upload_sse": [
        "4 CompleteMultipartUploadResult.ChecksumCRC64NVME",
        "4 CompleteMultipartUploadResult.ChecksumType",
      ],
    },
  },
  {
    reason:
      "An upload-id-marker of another key's upload is taken for a place in the order here; AWS refuses it.",
    cases: {
      "test_s3_list_operations::TestS3ListMultipartUploads::test_list_multiparts_next_marker": [
        "16 status",
        "16 document",
      ],
    },
  },
  {
    reason:
      "A page of uploads that ends in a common prefix names it as NextKeyMarker here; AWS sent an empty marker, from which a client begins anew.",
    cases: {
      "test_s3_list_operations::TestS3ListMultipartUploads::test_list_multipart_uploads_marker_common_prefixes":
        ["6 ListMultipartUploadsResult.NextKeyMarker"],
    },
  },
  {
    reason:
      "A malformed base64 word in user metadata comes back as it was sent; AWS decodes what it can of it.",
    cases: {
      "test_s3::TestS3::test_user_metadata_rfc2047_bad_b64_encoded": [
        "3 x-amz-meta-bad-b64-encoded",
      ],
    },
  },
  {
    reason:
      "DeleteObjects takes x-amz-bypass-governance-retention on a bucket without object lock, since tools empty every bucket with it; AWS refuses it there, and here DeleteObject does.",
    cases: {
      "test_s3_api::TestS3ObjectLock::test_delete_object_with_no_locking": [
        "5 status",
        "5 document",
      ],
    },
  },
  {
    reason:
      "A tag given twice to CreateBucket is InvalidTag here, and was an InternalError of AWS.",
    cases: {
      "test_s3_api::TestS3BucketObjectTagging::test_create_bucket_with_tags_exc": [
        "4 status",
        "4 Error.Code",
        "4 Error.Message",
        "4 Error.TagKey",
      ],
    },
  },
];
