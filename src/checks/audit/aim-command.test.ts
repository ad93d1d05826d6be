import { describe, expect, it } from "vitest";
import { aimCommand } from "./aim-command.ts";

describe("aimCommand", () => {
  const url = "http://127.0.0.1:9000";

  it.each(["aws s3api delete-bucket-policy --bucket b", "sms-storage setup --bucket b"])(
    "%s goes to the store that was looked at",
    (command) => {
      expect(aimCommand(command, url)).toBe(`${command} --endpoint-url ${url}`);
      expect(aimCommand(command, undefined)).toBe(command);
    },
  );

  it("an endpoint on AWS, such as a VPC's, is that of S3 and of no other service", () => {
    const vpc = "https://bucket.vpce-1a2b3c-5d6e.s3.us-east-1.vpce.amazonaws.com";
    const list = "aws s3api list-objects-v2 --bucket b";
    expect(aimCommand(list, vpc)).toBe(`${list} --endpoint-url ${vpc}`);
    for (const line of ["aws kms enable-key --key-id k", "aws iam list-roles"]) {
      expect(aimCommand(line, vpc)).toBe(line);
      expect(aimCommand(line, "https://amazonaws.com.example")).not.toBe(line);
    }
  });

  it("S3 Control is called by curl, since the CLI puts the account before any host", () => {
    const command =
      "aws s3control put-public-access-block --account-id 111122223333 --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true";
    const line = aimCommand(command, `${url}/`);
    expect(line).toMatch(/^curl .* http:\/\/127\.0\.0\.1:9000\/v20180820\/configuration\//);
    expect(line).toContain('-H "x-amz-account-id: 111122223333"');
    expect(line).toContain(
      "<BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls></Public",
    );
    expect(aimCommand(command, "https://s3.eu-west-1.amazonaws.com")).toBe(command);
  });

  it.each([
    "aws sso login",
    "sms-storage login --profile p",
    "aws configure sso",
    "aws ec2 describe-vpc-endpoints",
    "aws service-quotas list-service-quotas --service-code s3",
    "aws account enable-region --region-name eu-south-2",
    "export AWS_PROFILE=PROFILE",
    "chmod 600 .env",
  ])("%s is not the store's", (command) => expect(aimCommand(command, url)).toBe(command));
});
