import { startVersitygw } from "../../support/servers/versitygw.ts";
import { storeContract } from "./contract.ts";
import { s3Fixture } from "./s3-fixture.ts";

storeContract("S3 (Versity gateway)", () => s3Fixture(startVersitygw));
