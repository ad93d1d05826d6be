/** The encoding to store: `aws-chunked` is framing of the transfer, not a property of the object. */
export function withoutAwsChunked(contentEncoding: string | undefined): string | undefined {
  if (contentEncoding === undefined || !isAwsChunked(contentEncoding)) return contentEncoding;
  const kept = contentEncoding
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding.toLowerCase() !== awsChunked);
  return kept.length === 0 ? undefined : kept.join(",");
}

/** Whether one of the codings is `aws-chunked`. */
export function isAwsChunked(contentEncoding: string): boolean {
  return contentEncoding.split(",").some((coding) => coding.trim().toLowerCase() === awsChunked);
}

/** Source: S3 API reference, "Signature Calculations ... Transferring Payload in Multiple Chunks". */
const awsChunked = "aws-chunked";
