import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseTarget } from "../../../src/store/contract/target.ts";

const ARN = "arn:aws:s3:eu-west-1:123456789012:accesspoint/my-point";

const GOOD: [string, object][] = [
  ["s3://bucket/prefix", { kind: "s3", bucket: "bucket", prefix: "prefix" }],
  ["s3://bucket/prefix/", { kind: "s3", bucket: "bucket", prefix: "prefix" }],
  ["s3://bucket/a/b//", { kind: "s3", bucket: "bucket", prefix: "a/b" }],
  ["s3://bucket", { kind: "s3", bucket: "bucket", prefix: "" }],
  ["s3://bucket/", { kind: "s3", bucket: "bucket", prefix: "" }],
  ["  s3://bucket/prefix \r\n", { kind: "s3", bucket: "bucket", prefix: "prefix" }],
  ["S3://my.bucket-1/ä b?c#d%20+e", { kind: "s3", bucket: "my.bucket-1", prefix: "ä b?c#d%20+e" }],
  ["s3://Old_Bucket/x@y:z", { kind: "s3", bucket: "Old_Bucket", prefix: "x@y:z" }],
  [`s3://${ARN}`, { kind: "s3", bucket: ARN, prefix: "" }],
  [`s3://${ARN}/a/b/\n`, { kind: "s3", bucket: ARN, prefix: "a/b" }],
  [
    "s3://arn:aws-us-gov:s3:us-gov-west-1:123456789012:accesspoint:point/x",
    { kind: "s3", bucket: "arn:aws-us-gov:s3:us-gov-west-1:123456789012:accesspoint:point", prefix: "x" },
  ],
  ["file:///var/backups", { kind: "file", folder: "/var/backups" }],
  ["file:///var/backups/\n", { kind: "file", folder: "/var/backups/" }],
  ["file:///", { kind: "file", folder: "/" }],
  ["file:/var/backups", { kind: "file", folder: "/var/backups" }],
  ["file://localhost/var/backups", { kind: "file", folder: "/var/backups" }],
  ["file:///my%20backups/100%25#1?", { kind: "file", folder: "/my backups/100%#1?" }],
  ["file:///my backups", { kind: "file", folder: "/my backups" }],
  ["file:backups", { kind: "file", folder: "backups" }],
  ["file:./backups", { kind: "file", folder: "./backups" }],
  ["file://./backups", { kind: "file", folder: "./backups" }],
  ["file://../backups", { kind: "file", folder: "../backups" }],
  ["file:///C:/backups", { kind: "file", folder: "/C:/backups" }],
];

const BAD: [string, RegExp][] = [
  ["", /^is empty: write s3:\/\/BUCKET\/PREFIX or file:\/\/\/FOLDER$/],
  [" \n", /^is empty/],
  ["bucket/prefix", /^is not a URL: write s3:/],
  ["/var/backups", /^is not a URL/],
  ["//bucket", /^is not a URL/],
  ["s3//bucket", /^is not a URL/],
  ["s3:", /^lacks the two slashes after s3:/],
  ["s3:/bucket/prefix", /^lacks the two slashes/],
  ["s3://", /^has no bucket: write s3:\/\/BUCKET\/PREFIX$/],
  ["s3:///prefix", /^has no bucket/],
  ["s3://ab/prefix", /^has no valid bucket name/],
  ["s3://bucket:9000/prefix", /^has no valid bucket name/],
  ["s3://-bucket/x", /^has no valid bucket name/],
  ["s3://bucket./x", /^has no valid bucket name/],
  ["s3://my..bucket/x", /^has no valid bucket name/],
  ["s3://my bucket/x", /^has no valid bucket name/],
  ["s3://bücket/x", /^has no valid bucket name/],
  ["s3://bucket--euw1-az1--x-s3/x", /^is a directory bucket/],
  ["s3://bucket/a//b", /^has a prefix with an empty part/],
  ["s3://bucket/a/../b", /^has a prefix with an empty part, "\." or "\.\."/],
  ["s3://bucket/.", /^has a prefix with/],
  [`s3://bucket/${"ä".repeat(500)}`, /^has a prefix longer than 992 bytes/],
  ["s3://bucket/a\nb", /^holds a line break/],
  ["s3://arn:aws:s3:eu-west-1:123456789012:bucket/x", /^has no valid access point: write s3:\/\/arn:/],
  ["s3://arn:aws:s3:eu-west-1:123:accesspoint/x", /^has no valid access point/],
  ["s3://arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap/x", /^is a multi-region access point/],
  ["http://server/bucket", /^has the scheme http: write s3:.* ENDPOINT_URI$/],
  ["HTTPS://server/bucket", /^has the scheme https: /],
  ["gs://bucket/prefix", /^has the scheme gs, which is not known here: write s3:/],
  ["C:\\backups", /^has the scheme c, which is not known here/],
  ["file:", /^has no folder: write file:\/\/\/FOLDER/],
  ["file://", /^has no folder/],
  ["file://localhost", /^has two slashes before a relative folder/],
  ["file://backups", /^has two slashes before a relative folder: write file:\/\/\/FOLDER/],
  ["file:///100%", /^has a percent sign that starts no escape/],
  ["file:///a%00b", /^has a zero byte/],
];

describe("A target", () => {
  for (const [value, target] of GOOD) {
    test(`is read from ${JSON.stringify(value)}`, () => {
      assert.deepEqual(parseTarget(value), { target });
    });
  }
  for (const [value, problem] of BAD) {
    test(`is not read from ${JSON.stringify(value).slice(0, 60)}`, () => {
      const parsed = parseTarget(value);
      assert.ok("problem" in parsed, JSON.stringify(parsed));
      assert.match(parsed.problem, problem);
      assert.equal(parsed.shown, value.trim());
    });
  }
  for (const value of ["s3://AKIAKEY:se/cr+et@bucket/prefix", "https://AKIAKEY:se/cr+et@server/bucket"]) {
    test(`with credentials in it is refused, and they are not shown: ${value.slice(0, 5)}`, () => {
      const parsed = parseTarget(value);
      assert.ok("problem" in parsed);
      assert.ok(!`${parsed.problem} ${parsed.shown}`.includes("cr+et"), `${parsed.problem} ${parsed.shown}`);
      assert.match(parsed.shown, /\[redacted\]@/);
    });
  }
});
