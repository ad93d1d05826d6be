/**
 * Errors that tools print without a code, and the code that stands for them; the more special before the
 * more general. Sources: messages of botocore and urllib3, curl, Go's net and crypto/tls, Java's JSSE,
 * and S3's own texts, which s3fs and mc print alone.
 */
export const errorWordings: readonly (readonly [words: RegExp, code: string])[] = [
  [/failed to connect to proxy|Tunnel connection failed|proxyconnect tcp/i, "ERR_PROXY_FAILED"],
  [
    /could(?:n't| not) resolve (?:host|proxy)|Name or service not known|nodename nor servname|no such host/i,
    "ENOTFOUND",
  ],
  [/UnknownHostException|curlCode: 6\b|No address associated with hostname/i, "ENOTFOUND"],
  [/Temporary failure in name resolution/i, "EAI_AGAIN"],
  [/certificate has expired/i, "CERT_HAS_EXPIRED"],
  [
    /hostname mismatch|hostname '[^']{1,255}' doesn't match|certificate is valid for [^\n]{1,500}, not /i,
    "ERR_TLS_CERT_ALTNAME_INVALID",
  ],
  [
    /no alternative certificate subject name|does not match certificate's altnames/i,
    "ERR_TLS_CERT_ALTNAME_INVALID",
  ],
  [
    /self[- ]signed certificate|CERTIFICATE_VERIFY_FAILED|unable to get local issuer/i,
    "SELF_SIGNED_CERT_IN_CHAIN",
  ],
  [
    /signed by unknown authority|curlCode: 60\b|PKIX path building failed|SSL validation failed/i,
    "SELF_SIGNED_CERT_IN_CHAIN",
  ],
  [
    /server gave HTTP response to HTTPS client|wrong[ _]version[ _]number|record layer failure/i,
    "ERR_SSL_WRONG_VERSION_NUMBER",
  ],
  [/malformed HTTP response|Client sent an HTTP request to an HTTPS server/i, "ERR_NOT_HTTP"],
  [
    /connection (?:was )?refused|curlCode: 7\b|failed to connect to [^\n]{1,300} port \d/i,
    "ECONNREFUSED",
  ],
  [/Could not connect to the endpoint URL/i, "EndpointConnectionError"],
  [/timed? ?out|i\/o timeout|curlCode: 28\b|context deadline exceeded/i, "ETIMEDOUT"],
  [/no route to host/i, "EHOSTUNREACH"],
  [/network is unreachable/i, "ENETUNREACH"],
  [/connection (?:was )?reset|Connection aborted|connection was closed/i, "ECONNRESET"],
  [/s3fs_check_service[^\n]{0,120}invalid credentials/i, "AccessDenied"],
  [/s3fs_check_service[^\n]{0,120}bucket not found/i, "NoSuchBucket"],
  [/PermissionError: (?:\[Errno \d{1,2}\] )?(?:Forbidden|Access ?Denied)\b/i, "AccessDenied"],
  [/specified bucket does not exist/i, "NoSuchBucket"],
  [/specified key does not exist/i, "NoSuchKey"],
  [/reduce your request rate/i, "SlowDown"],
  [/provided token has expired|security token included in the request is expired/i, "ExpiredToken"],
  [/provided token is malformed/i, "InvalidToken"],
  [/security token included in the request is invalid/i, "InvalidClientTokenId"],
  [/Access ?Key Id you provided does not exist/i, "InvalidAccessKeyId"],
  [/signature we calculated does not match/i, "SignatureDoesNotMatch"],
  [/request time and the (?:current|server'?s?) time/i, "RequestTimeTooSkewed"],
  [/must be addressed using the specified endpoint/i, "PermanentRedirect"],
  [
    /authorization header is malformed; the region|the region '[^']{1,64}' is wrong/i,
    "AuthorizationHeaderMalformed",
  ],
  [/conflicting conditional operation is currently in progress/i, "OperationAborted"],
  [/bucket does not allow ACLs/i, "AccessControlListNotSupported"],
  [/requested bucket name is not available/i, "BucketAlreadyExists"],
  [/specified bucket is not valid|Invalid bucket name/i, "InvalidBucketName"],
  [/location constraint is incompatible/i, "IllegalLocationConstraintException"],
  [/specified location-constraint is not valid/i, "InvalidLocationConstraint"],
  [/XML you provided was not well-formed/i, "MalformedXML"],
  [/specified method is not allowed against this resource/i, "MethodNotAllowed"],
  [/key '[^']{1,300}' does not exist|Invalid keyId/i, "KMS.NotFoundException"],
  [/:key\/[\w-]{1,64} is disabled/i, "KMS.DisabledException"],
  [
    /:key\/[\w-]{1,64} is (?:pending (?:replica )?deletion|pending import|unavailable|creating|updating)/i,
    "KMS.KMSInvalidStateException",
  ],
];
