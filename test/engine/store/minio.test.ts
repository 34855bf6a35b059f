import { startMinio } from "../../support/servers/minio.ts";
import { storeContract } from "./contract.ts";
import { s3Fixture } from "./s3-fixture.ts";

storeContract("S3 (MinIO)", () => s3Fixture(startMinio));
