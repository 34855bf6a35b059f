import { Buffer } from "node:buffer";
import { createHash, randomUUID } from "node:crypto";
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import {
  backupOfSideFile,
  ForeignSideObjectError,
  isBefore,
  type ListedSideObject,
  MAX_SIDE_BYTES,
  placeOfSideFile,
  type RemoveSideOptions,
  type SideFolder,
  type SideObjects,
  type SidePlace,
  sideKey,
} from "../contract/side-objects.ts";
import { request, type S3Access, type SendOptions } from "./s3-access.ts";
import { commitOnce } from "./s3-commit.ts";
import { isMissing } from "./s3-error-facts.ts";
import { type ListPage, listPage } from "./s3-listing.ts";
import { lockParameters, objectParameters } from "./s3-object-headers.ts";
import { rejectLocked } from "./s3-object-lock.ts";
import { describeObject, S3Object, UPLOAD_MARK } from "./s3-reading.ts";

/** So many bytes are asked for at first, which nearly every note has less of: it takes one request. */
const FIRST_BYTES = 8192;

/** Small objects beside the backups in a bucket, each written by one request. */
export class S3SideObjects implements SideObjects {
  readonly #access: S3Access;

  constructor(access: S3Access) {
    this.#access = access;
  }

  async *list(folder: SideFolder, signal: AbortSignal): AsyncGenerator<string> {
    const prefix = `${this.#access.keyPrefix}${folder}/`;
    let page: ListPage | undefined = await listPage(this.#access, { prefix }, signal);
    let last: string | undefined;
    while (page !== undefined) {
      for (const { key } of page.objects) {
        const backup = backupOfSideFile(key.slice(prefix.length));
        if (backup !== undefined && backup !== last) yield backup;
        last = backup ?? last;
      }
      page = await page.more?.();
    }
  }

  async *listBefore(folder: SideFolder, before: Date, signal: AbortSignal): AsyncGenerator<ListedSideObject> {
    const prefix = `${this.#access.keyPrefix}${folder}/`;
    let page: ListPage | undefined = await listPage(this.#access, { prefix }, signal);
    while (page !== undefined) {
      for (const { key, lastModified } of page.objects) {
        const place = placeOfSideFile(folder, key.slice(prefix.length));
        if (place === undefined) continue;
        // Keys are in the order of time: no page is asked for behind the first that is later.
        if (!isBefore(place, before)) return;
        yield { place, lastModified };
      }
      page = await page.more?.();
    }
  }

  async read(place: SidePlace, signal: AbortSignal): Promise<Buffer | undefined> {
    const { key, task } = this.#place(place, "read");
    const access = this.#access;
    const facts = await describeObject(access, key, task, signal, { first: FIRST_BYTES });
    if (facts === undefined) return undefined;
    if (facts.size > MAX_SIDE_BYTES) throw new ForeignSideObjectError(task, "it is too large");
    if (facts.first?.length === facts.size) return Buffer.from(facts.first);
    const object = new S3Object({ access, key, name: place.backup, task, facts });
    return Buffer.from(await object.read(0, facts.size, signal));
  }

  async create(place: SidePlace, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    const { key, task } = this.#place(place, "store");
    const mark = randomUUID();
    const md5 = createHash("md5").update(bytes).digest("hex");
    // A note is kept for as long as its backup; what is replaced later is not locked.
    const { write: asked, now } = this.#access;
    const lock = place.folder === "notes" ? lockParameters(asked, now()) : {};
    const write = (condition: object, options: SendOptions) =>
      this.#access.client.send(this.#put(key, bytes, mark, { ...lock, ...condition }), options);
    const upload = { access: this.#access, name: place.backup, key, task, mark };
    await commitOnce(upload, { write, size: bytes.length, md5 }, signal);
  }

  async replace(place: SidePlace, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    const { key, task } = this.#place(place, "store");
    const command = this.#put(key, bytes, randomUUID(), {});
    await request(this.#access, task, signal, (options) => this.#access.client.send(command, options));
  }

  async remove(
    place: SidePlace,
    signal: AbortSignal,
    { heedLock = false }: RemoveSideOptions = {},
  ): Promise<void> {
    const { key, task } = this.#place(place, "remove");
    if (heedLock) {
      const facts = await describeObject(this.#access, key, task, signal);
      if (facts === undefined) return;
      rejectLocked(facts, task, this.#access.now());
    }
    const command = new DeleteObjectCommand({ Bucket: this.#access.place.bucket, Key: key });
    await request(this.#access, task, signal, async (options) => {
      await this.#access.client.send(command, options).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      });
    });
  }

  #place(place: SidePlace, verb: string): { key: string; task: string } {
    const key = sideKey(place);
    return { key: this.#access.keyPrefix + key, task: `Cannot ${verb} ${key} in ${this.#access.url}` };
  }

  #put(Key: string, bytes: Uint8Array, mark: string, condition: object): PutObjectCommand {
    const md5 = createHash("md5").update(bytes).digest("base64");
    return new PutObjectCommand({
      Bucket: this.#access.place.bucket,
      Key,
      ContentType: "text/plain; charset=utf-8",
      Metadata: { [UPLOAD_MARK]: mark },
      ...objectParameters(this.#access.write),
      Body: bytes,
      ContentLength: bytes.length,
      ContentMD5: md5,
      ...condition,
    });
  }
}
