/**
 * HTTP status and message of every error that S3, the STS and KMS endpoints beside it, or our server
 * can send. Messages are AWS's own on the wire where recordings exist (LocalStack's snapshots of AWS,
 * 2023-2026), double spaces included; otherwise those of the S3 API reference, "Error responses".
 */
export const errorCodeTable = {
  AccessControlListNotSupported: [400, "The bucket does not allow ACLs"],
  AccessDenied: [403, "Access Denied"],
  AccessDeniedByBucketPolicy: [403, "Access Denied"],
  AccessDeniedException: [400, "User is not authorized to perform this action"],
  AccessForbidden: [403, "Access forbidden"],
  AccountProblem: [403, "There is a problem with your account that prevents this operation."],
  AllAccessDisabled: [403, "All access to this object has been disabled"],
  AmbiguousGrantByEmailAddress: [
    400,
    "The e-mail address you provided is associated with more than one account.",
  ],
  AuthorizationHeaderMalformed: [400, "The authorization header you provided is invalid."],
  AuthorizationQueryParametersError: [
    400,
    "The authorization query parameters that you provided are not valid.",
  ],
  BadDigest: [400, "The Content-MD5 you specified did not match what we received."],
  BadRequest: [400, "Bad Request"],
  BucketAlreadyExists: [
    409,
    "The requested bucket name is not available. The bucket namespace is shared by all users of " +
      "the system. Please select a different name and try again.",
  ],
  BucketAlreadyOwnedByYou: [
    409,
    "Your previous request to create the named bucket succeeded and you already own it.",
  ],
  BucketHasAccessPointsAttached: [
    400,
    "The bucket you tried to delete has access points attached.",
  ],
  BucketNotEmpty: [409, "The bucket you tried to delete is not empty"],
  ConditionalRequestConflict: [
    409,
    "The conditional request cannot succeed due to a conflicting operation against this resource.",
  ],
  CredentialsNotSupported: [400, "This request does not support credentials."],
  CrossLocationLoggingProhibited: [403, "Cross S3 location logging not allowed."],
  DryRunOperation: [400, "The request would have succeeded, but the DryRun option is set."],
  EntityTooLarge: [400, "Your proposed upload exceeds the maximum allowed size"],
  EntityTooSmall: [400, "Your proposed upload is smaller than the minimum allowed size"],
  ExpiredToken: [400, "The provided token has expired."],
  ExpiredTokenException: [400, "The security token included in the request is expired"],
  IllegalLocationConstraintException: [
    400,
    "The unspecified location constraint is incompatible for the region specific endpoint this " +
      "request was sent to.",
  ],
  IllegalVersioningConfigurationException: [400, "The Versioning element must be specified"],
  IncompleteBody: [
    400,
    "You did not provide the number of bytes specified by the Content-Length HTTP header",
  ],
  IncompleteSignature: [400, "The request signature does not conform to AWS standards."],
  IncorrectEndpoint: [
    400,
    "The specified bucket exists in another Region. Direct requests to the correct endpoint.",
  ],
  IncorrectNumberOfFilesInPostRequest: [400, "POST requires exactly one file upload per request."],
  InlineDataTooLarge: [400, "Inline data exceeds the maximum allowed size."],
  InternalError: [500, "We encountered an internal error. Please try again."],
  InternalFailure: [500, "The request processing has failed because of an unknown error."],
  InvalidAccessKeyId: [403, "The AWS Access Key Id you provided does not exist in our records."],
  InvalidAction: [400, "The action or operation requested is invalid."],
  InvalidAddressingHeader: [400, "You must specify the Anonymous role."],
  InvalidArgument: [400, "Invalid Argument"],
  InvalidBucketAclWithObjectOwnership: [
    400,
    "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
  ],
  InvalidBucketName: [400, "The specified bucket is not valid."],
  InvalidBucketOwnerAWSAccountID: [
    400,
    "The value of the expected bucket owner parameter must be an AWS account ID.",
  ],
  InvalidBucketState: [409, "The request is not valid with the current state of the bucket."],
  InvalidChunkSizeError: [
    403,
    "Only the last chunk is allowed to have a size less than 8192 bytes",
  ],
  InvalidClientTokenId: [403, "The security token included in the request is invalid."],
  InvalidDigest: [400, "The Content-MD5 you specified was invalid."],
  InvalidEncryptionAlgorithmError: [400, "The encryption method specified is not supported"],
  InvalidHostHeader: [
    400,
    "The host headers provided in the request used the incorrect style addressing.",
  ],
  InvalidHttpMethod: [400, "The request is made using an unexpected HTTP method."],
  InvalidLocationConstraint: [400, "The specified location-constraint is not valid"],
  InvalidObjectState: [403, "The operation is not valid for the object's storage class"],
  InvalidPart: [
    400,
    "One or more of the specified parts could not be found.  The part may not have been uploaded, " +
      "or the specified entity tag may not match the part's entity tag.",
  ],
  InvalidPartNumber: [416, "The requested partnumber is not satisfiable"],
  InvalidPartOrder: [
    400,
    "The list of parts was not in ascending order. Parts must be ordered by part number.",
  ],
  InvalidPayer: [403, "All access to this object has been disabled"],
  InvalidPolicyDocument: [
    400,
    "The content of the form does not meet the conditions specified in the policy document.",
  ],
  InvalidRange: [416, "The requested range is not satisfiable"],
  InvalidRedirectLocation: [
    400,
    "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.",
  ],
  InvalidRequest: [400, "Invalid Request"],
  InvalidRetentionPeriod: [400, "The retention period must be a positive integer value."],
  InvalidSecurity: [403, "The provided security credentials are not valid."],
  InvalidStorageClass: [400, "The storage class you specified is not valid"],
  InvalidTag: [400, "The tag provided was not a valid tag."],
  InvalidTargetBucketForLogging: [400, "The target bucket for logging does not exist"],
  InvalidToken: [400, "The provided token is malformed or otherwise invalid."],
  InvalidURI: [400, "Couldn't parse the specified URI."],
  "KMS.DisabledException": [400, "The request was rejected because the KMS key is not enabled."],
  "KMS.InvalidKeyUsageException": [
    400,
    "The request was rejected because the KeyUsage of the KMS key does not fit the operation.",
  ],
  "KMS.KMSInvalidStateException": [
    400,
    "The request was rejected because the state of the KMS key does not fit the operation.",
  ],
  "KMS.NotFoundException": [400, "The request was rejected because the KMS key was not found."],
  KeyTooLongError: [400, "Your key is too long"],
  MalformedACLError: [
    400,
    "The XML you provided was not well-formed or did not validate against our published schema",
  ],
  MalformedPOSTRequest: [
    400,
    "The body of your POST request is not well-formed multipart/form-data.",
  ],
  MalformedPolicy: [400, "Policies must be valid JSON and the first byte must be '{'"],
  MalformedTrailerError: [
    400,
    "The request contained trailing data that was not well-formed or did not conform to our " +
      "published schema.",
  ],
  MalformedXML: [
    400,
    "The XML you provided was not well-formed or did not validate against our published schema",
  ],
  MaxMessageLengthExceeded: [400, "Your request was too big."],
  MaxPostPreDataLengthExceededError: [
    400,
    "Your POST request fields preceding the upload file were too large.",
  ],
  MetadataTooLarge: [400, "Your metadata headers exceed the maximum allowed metadata size"],
  MethodNotAllowed: [405, "The specified method is not allowed against this resource."],
  MissingAction: [400, "The request is missing an action or a required parameter."],
  MissingAuthenticationToken: [403, "Request is missing Authentication Token"],
  MissingContentLength: [411, "You must provide the Content-Length HTTP header."],
  MissingRequestBodyError: [400, "Request Body is empty"],
  MissingSecurityHeader: [400, "Your request was missing a required header"],
  NoSuchAccessPoint: [404, "The specified accesspoint does not exist"],
  NoSuchBucket: [404, "The specified bucket does not exist"],
  NoSuchBucketPolicy: [404, "The bucket policy does not exist"],
  NoSuchCORSConfiguration: [404, "The CORS configuration does not exist"],
  NoSuchConfiguration: [404, "The specified configuration does not exist."],
  NoSuchKey: [404, "The specified key does not exist."],
  NoSuchLifecycleConfiguration: [404, "The lifecycle configuration does not exist"],
  NoSuchObjectLockConfiguration: [
    404,
    "The specified object does not have a ObjectLock configuration",
  ],
  NoSuchPublicAccessBlockConfiguration: [
    404,
    "The public access block configuration was not found",
  ],
  NoSuchTagSet: [404, "The TagSet does not exist"],
  NoSuchUpload: [
    404,
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have " +
      "been aborted or completed.",
  ],
  NoSuchVersion: [404, "The specified version does not exist."],
  NoSuchWebsiteConfiguration: [404, "The specified bucket does not have a website configuration"],
  NotDeviceOwnerError: [400, "The device that generated the token is not owned by the user."],
  NotFoundException: [400, "The specified entity or resource could not be found."],
  NotImplemented: [501, "A header you provided implies functionality that is not implemented"],
  NotModified: [304, "Not Modified"],
  NotSignedUp: [403, "Your account is not signed up for the Amazon S3 service."],
  ObjectLockConfigurationNotFoundError: [
    404,
    "Object Lock configuration does not exist for this bucket",
  ],
  OperationAborted: [
    409,
    "A conflicting conditional operation is currently in progress against this resource. " +
      "Please try again.",
  ],
  OwnershipControlsNotFoundError: [404, "The bucket ownership controls were not found"],
  PermanentRedirect: [
    301,
    "The bucket you are attempting to access must be addressed using the specified endpoint. " +
      "Please send all future requests to this endpoint.",
  ],
  PreconditionFailed: [412, "At least one of the pre-conditions you specified did not hold"],
  Redirect: [307, "Temporary redirect."],
  ReplicationConfigurationNotFoundError: [404, "The replication configuration was not found"],
  RequestExpired: [400, "Request has expired."],
  RequestHeaderSectionTooLarge: [
    400,
    "Your request header section exceeds the maximum allowed size.",
  ],
  RequestIsNotMultiPartContent: [
    412,
    "Bucket POST must be of the enclosure-type multipart/form-data.",
  ],
  RequestTimeTooSkewed: [
    403,
    "The difference between the request time and the current time is too large.",
  ],
  RequestTimeout: [
    400,
    "Your socket connection to the server was not read from or written to within the timeout " +
      "period. Idle connections will be closed.",
  ],
  RestoreAlreadyInProgress: [409, "Object restore is already in progress"],
  ServerSideEncryptionConfigurationNotFoundError: [
    404,
    "The server side encryption configuration was not found",
  ],
  ServiceUnavailable: [503, "Service is unable to handle request."],
  SignatureDoesNotMatch: [
    403,
    "The request signature we calculated does not match the signature you provided. Check your " +
      "key and signing method.",
  ],
  SlowDown: [503, "Please reduce your request rate."],
  TemporaryRedirect: [
    307,
    "Please re-send this request to the specified temporary endpoint. Continue to use the " +
      "original request endpoint for future requests.",
  ],
  Throttling: [400, "Rate exceeded"],
  ThrottlingException: [400, "Rate exceeded"],
  TokenCodeInvalidError: [400, "The serial number or token code you provided is not valid."],
  TokenRefreshRequired: [400, "The provided token must be refreshed."],
  TooManyBuckets: [400, "You have attempted to create more buckets than allowed"],
  TooManyConfigurations: [400, "You have attempted to create more configurations than allowed"],
  UnexpectedContent: [400, "This request does not support content"],
  UnknownOperationException: [400, "The requested operation is not known."],
  UnrecognizedClientException: [400, "The security token included in the request is invalid."],
  UnresolvableGrantByEmailAddress: [
    400,
    "The e-mail address you provided does not match any account on record.",
  ],
  UnsupportedArgument: [400, "The request contained an unsupported argument."],
  UnsupportedSignature: [
    400,
    "The provided request is signed with an unsupported STS Token version or the signature " +
      "version is not supported.",
  ],
  UserKeyMustBeSpecified: [
    400,
    "The bucket POST must contain the specified field name. If it is specified, please check " +
      "the order of the fields.",
  ],
  ValidationError: [400, "The input fails to satisfy the constraints of the service."],
  ValidationException: [400, "The input fails to satisfy the constraints of the service."],
  XAmzContentChecksumMismatch: [
    400,
    "The provided 'x-amz-checksum' header does not match what was computed.",
  ],
  XAmzContentSHA256Mismatch: [
    400,
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
  ],
} as const satisfies Record<string, readonly [status: number, message: string]>;
