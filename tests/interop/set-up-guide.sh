# The commands of the set-up guide, word for word, each after a line "##! NAME". The test runs them one
# after another as a reader pastes them, each on the variables that those before exported, and with
# /tmp replaced by a folder of its own. Where the guide's own command fails on AWS, both are here: the
# guide's, named "wrong", and the right one. Those of "session" are what its readers, whose keys come
# from SSO, meet and do in between; they run against the portal.

##! step 1: does the bucket exist
aws s3 ls s3://your-bucket-name/

##! step 1: its encryption
aws s3api get-bucket-encryption --bucket your-bucket-name

##! step 1: identity
aws sts get-caller-identity

##! step 2: variables
# Set variables
export AWS_REGION="us-east-1"
export BUCKET_NAME="sms-api-storage-$(date +%Y%m%d)"
export ACCOUNT_ID=$(aws sts get-caller-identity --query Account --output text)
export SSO_ROLE_ARN="arn:aws:sts::${ACCOUNT_ID}:assumed-role/AWSReservedSSO_AdministratorAccess_0623eedd7adb8854/jcschaff_sso"

##! step 2: wrong, LocationConstraint in us-east-1
# Create bucket
aws s3api create-bucket \
  --bucket "$BUCKET_NAME" \
  --region "$AWS_REGION" \
  --create-bucket-configuration LocationConstraint="$AWS_REGION"

##! step 2: create the bucket
aws s3api create-bucket \
  --bucket "$BUCKET_NAME" \
  --region us-east-1

##! step 3: encryption
aws s3api put-bucket-encryption \
  --bucket "$BUCKET_NAME" \
  --server-side-encryption-configuration '{
    "Rules": [
      {
        "ApplyServerSideEncryptionByDefault": {
          "SSEAlgorithm": "AES256"
        },
        "BucketKeyEnabled": false
      }
    ]
  }'

echo "✅ Configured SSE-S3 encryption (no KMS required)"

##! step 4: versioning
aws s3api put-bucket-versioning \
  --bucket "$BUCKET_NAME" \
  --versioning-configuration Status=Enabled

echo "✅ Enabled versioning"

##! step 5: bucket policy
cat > /tmp/bucket-policy.json <<EOF
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "AllowSSOUserFullAccess",
      "Effect": "Allow",
      "Principal": {
        "AWS": "${SSO_ROLE_ARN}"
      },
      "Action": [
        "s3:PutObject",
        "s3:GetObject",
        "s3:DeleteObject",
        "s3:ListBucket",
        "s3:GetObjectAttributes"
      ],
      "Resource": [
        "arn:aws:s3:::${BUCKET_NAME}",
        "arn:aws:s3:::${BUCKET_NAME}/*"
      ]
    }
  ]
}
EOF

aws s3api put-bucket-policy \
  --bucket "$BUCKET_NAME" \
  --policy file:///tmp/bucket-policy.json

echo "✅ Set bucket policy for SSO access"

##! step 6: wrong, Id
cat > /tmp/lifecycle-policy.json <<EOF
{
  "Rules": [
    {
      "Id": "DeleteTestFilesAfter7Days",
      "Status": "Enabled",
      "Prefix": "test/",
      "Expiration": {
        "Days": 7
      }
    }
  ]
}
EOF

aws s3api put-bucket-lifecycle-configuration \
  --bucket "$BUCKET_NAME" \
  --lifecycle-configuration file:///tmp/lifecycle-policy.json

##! step 6: lifecycle
cat > /tmp/lifecycle-policy.json <<EOF
{
  "Rules": [
    {
      "ID": "DeleteTestFilesAfter7Days",
      "Status": "Enabled",
      "Prefix": "test/",
      "Expiration": {
        "Days": 7
      }
    }
  ]
}
EOF

aws s3api put-bucket-lifecycle-configuration \
  --bucket "$BUCKET_NAME" \
  --lifecycle-configuration file:///tmp/lifecycle-policy.json

echo "✅ Configured lifecycle policy"

##! step 7: test access
# Test upload
echo "Test content" > /tmp/test-file.txt
aws s3 cp /tmp/test-file.txt "s3://${BUCKET_NAME}/test/upload-test.txt"

# Test download
aws s3 cp "s3://${BUCKET_NAME}/test/upload-test.txt" /tmp/test-download.txt
cmp /tmp/test-file.txt /tmp/test-download.txt

# Test delete
aws s3 rm "s3://${BUCKET_NAME}/test/upload-test.txt"

# Cleanup
rm /tmp/test-file.txt /tmp/test-download.txt

echo "✅ All operations succeeded!"

##! step 8: environment
export STORAGE_S3_BUCKET="${BUCKET_NAME}"
export STORAGE_S3_REGION="${AWS_REGION}"
# AWS credentials are typically auto-configured via SSO

##! troubleshooting: KMS key in use
# Check the KMS key being used
aws s3api get-bucket-encryption --bucket "$BUCKET_NAME"

##! troubleshooting: current policy
# View current bucket policy
aws s3api get-bucket-policy --bucket "$BUCKET_NAME" | jq -r '.Policy | fromjson'

##! troubleshooting: another name
export BUCKET_NAME="sms-api-storage-$(uuidgen | head -c 8 | tr '[:upper:]' '[:lower:]')"

##! session: what a reader sees whose SSO session has expired
aws s3 ls "s3://${BUCKET_NAME}/"

##! session: sign in again
aws sso login --no-browser

##! session: go on
aws s3 ls "s3://${BUCKET_NAME}/"

##! common: upload
aws s3 cp local-file.txt s3://${BUCKET_NAME}/path/to/file.txt

##! common: upload with metadata
aws s3 cp local-file.txt s3://${BUCKET_NAME}/path/to/file.txt \
  --metadata key1=value1,key2=value2

##! common: download
aws s3 cp s3://${BUCKET_NAME}/path/to/file.txt local-file.txt

##! common: list
# List all files
aws s3 ls s3://${BUCKET_NAME}/ --recursive

##! common: list with prefix
# List files with prefix
aws s3 ls s3://${BUCKET_NAME}/test/ --recursive

##! common: delete
aws s3 rm s3://${BUCKET_NAME}/path/to/file.txt

##! common: delete all in prefix
aws s3 rm s3://${BUCKET_NAME}/test/ --recursive

##! common: sync
aws s3 sync local-directory/ s3://${BUCKET_NAME}/remote-directory/

##! common: metadata
aws s3api head-object \
  --bucket "$BUCKET_NAME" \
  --key path/to/file.txt

##! common: does it exist
if aws s3api head-object --bucket "$BUCKET_NAME" --key path/to/file.txt 2>/dev/null; then
  echo "File exists"
else
  echo "File does not exist"
fi

##! read back: versioning
aws s3api get-bucket-versioning --bucket "$BUCKET_NAME"

##! read back: lifecycle
aws s3api get-bucket-lifecycle-configuration --bucket "$BUCKET_NAME"

##! read back: public access block
aws s3api get-public-access-block --bucket "$BUCKET_NAME"

##! read back: ownership
aws s3api get-bucket-ownership-controls --bucket "$BUCKET_NAME"

##! read back: policy status
aws s3api get-bucket-policy-status --bucket "$BUCKET_NAME"

##! read back: versions
aws s3api list-object-versions --bucket "$BUCKET_NAME"

##! read back: attributes
aws s3api get-object-attributes --bucket "$BUCKET_NAME" --key path/to/file.txt \
  --object-attributes ETag ObjectSize Checksum StorageClass
