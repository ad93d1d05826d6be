import { describe, expect, it } from "vitest";
import { findPartition, isAwsHost, partitionOfArn, partitionOfRegion } from "./partition.ts";

describe("partition of a region", () => {
  it.each([
    ["us-east-1", "aws", "amazonaws.com"],
    ["ap-southeast-7", "aws", "amazonaws.com"],
    ["mx-central-1", "aws", "amazonaws.com"],
    ["us-gov-west-1", "aws-us-gov", "amazonaws.com"],
    ["cn-northwest-1", "aws-cn", "amazonaws.com.cn"],
    ["eusc-de-east-1", "aws-eusc", "amazonaws.eu"],
    ["us-iso-east-1", "aws-iso", "c2s.ic.gov"],
    ["us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov"],
    ["eu-isoe-west-1", "aws-iso-e", "cloud.adc-e.uk"],
    ["us-isof-south-1", "aws-iso-f", "csp.hci.ic.gov"],
  ])("%s is in %s", (region, id, dnsSuffix) => {
    expect(findPartition(region)).toEqual({ id, dnsSuffix });
  });

  it.each(["us-east-1a", "auto", "", "US-EAST-1", "us east 1", "us-east"])("not %j", (region) => {
    expect(findPartition(region)).toBeUndefined();
    expect(partitionOfRegion(region).id).toBe("aws");
  });
});

describe("partition of an ARN", () => {
  it.each([
    ["arn:aws:iam::123456789012:root", "aws"],
    ["arn:aws-us-gov:sts::123456789012:assumed-role/r/s", "aws-us-gov"],
    ["arn:aws-eusc:s3:::bucket", "aws-eusc"],
    ["arn:minio:s3:::bucket", undefined],
    ["bucket", undefined],
    ["arn:aws:s3:::", undefined],
  ])("%s: %s", (arn, id) => {
    expect(partitionOfArn(arn)).toBe(id);
  });
});

describe("hosts of AWS", () => {
  it.each([
    ["s3.us-east-1.amazonaws.com", true],
    ["s3.us-gov-west-1.amazonaws.com:443", true],
    ["S3.cn-north-1.amazonaws.com.cn", true],
    ["s3.dualstack.us-east-1.api.aws", true],
    ["127.0.0.1:9000", false],
    ["notamazonaws.com", false],
    ["amazonaws.com.evil.example", false],
    ["cfs15.cam.uchc.edu:9000", false],
  ])("%s: %s", (host, expected) => {
    expect(isAwsHost(host)).toBe(expected);
  });
});
