/** Parsers for the values of S3's settings. Texts are trimmed and not empty. */

import type { S3Addressing, S3Encryption } from "../store/contract/s3-options.ts";
import type { Parsed } from "./values.ts";

/** The words of S3_ADDRESSING. */
export const ADDRESSING: readonly S3Addressing[] = ["auto", "path", "virtual"];
/** The words of S3_SSE. */
export const ENCRYPTION: readonly S3Encryption[] = ["AES256", "aws:kms", "aws:kms:dsse"];

/** One of a few words, in any case. */
export function oneOf<Word extends string>(words: readonly Word[], text: string): Parsed<Word> {
  const value = words.find((word) => word.toLowerCase() === text.toLowerCase());
  if (value !== undefined) return { value };
  return { problem: `is none of ${words.slice(0, -1).join(", ")} and ${words.at(-1)}: write one of them` };
}

/** An id, an alias or an ARN. Other servers than Amazon's have names of their own. */
export function parseKeyId(text: string): Parsed<string> {
  if (/^[\w:/.+=@-]{1,2048}$/.test(text)) return { value: text };
  return {
    problem:
      "is no KMS key: write its id, alias/NAME or its ARN, for example arn:aws:kms:eu-west-1:123456789012:key/ID",
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html#API_PutObject_RequestSyntax */
const STORAGE_CLASSES = [
  ...["STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR"],
  ...["OUTPOSTS", "SNOW", "EXPRESS_ONEZONE"],
];
const ARCHIVE_CLASSES = ["GLACIER", "DEEP_ARCHIVE"];

/** Other servers than Amazon's have storage classes of their own: only what is certainly wrong is refused. */
export function parseStorageClass(text: string): Parsed<string> {
  const upper = text.toUpperCase().replaceAll("-", "_");
  if (ARCHIVE_CLASSES.includes(upper)) {
    return {
      problem:
        "is an archive storage class, from which no backup can be read when it is needed: write another, for example STANDARD_IA or GLACIER_IR",
    };
  }
  const meant = STORAGE_CLASSES.includes(upper) ? upper : text;
  if (meant !== text) return { problem: `is no storage class: write ${meant}` };
  if (/^[\w.-]{1,128}$/.test(text)) return { value: text };
  return { problem: "is no storage class: write its name, for example STANDARD_IA" };
}

const TAG_TEXT = /^[\p{L}\p{N}\p{Z}+\-=._:/@]*$/u;

/**
 * Tags as KEY=VALUE, separated by commas, which neither keys nor values can hold.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
 */
export function parseObjectTags(text: string): Parsed<Readonly<Record<string, string>>> {
  const form = "write KEY=VALUE,KEY=VALUE, for example team=platform,purpose=backup";
  const tags = new Map<string, string>();
  for (const pair of text.split(",")) {
    const equals = pair.indexOf("=");
    const key = pair.slice(0, Math.max(0, equals)).trim();
    const value = pair.slice(equals + 1).trim();
    if (key === "") return { problem: `holds a tag without a key or without "=": ${form}` };
    if (tags.has(key)) return { problem: `holds the tag ${key} twice: ${form}` };
    if (key.length > 128) return { problem: "holds a key longer than 128 characters: choose a shorter one" };
    if (value.length > 256)
      return { problem: "holds a value longer than 256 characters: choose a shorter one" };
    if (key.toLowerCase().startsWith("aws:")) {
      return { problem: "holds a key that begins with aws:, which is Amazon's own: choose another" };
    }
    if (!TAG_TEXT.test(key) || !TAG_TEXT.test(value)) {
      return { problem: `holds a character other than letters, digits, spaces and + - = . _ : / @: ${form}` };
    }
    tags.set(key, value);
  }
  if (tags.size > 10) return { problem: `holds ${tags.size} tags: an object has at most 10` };
  return { value: Object.fromEntries(tags) };
}
