import { randomBytes } from "node:crypto";
import { defineCommand } from "../../command-line/command.ts";
import { OUTPUT_OPTION } from "../../command-line/options.ts";
import { UsageError } from "../../errors.ts";
import { keysJson, keysText, type NewKeys } from "./keygen-text.ts";
import type { KeyTexts } from "./write-keys.ts";

/** `kube-backup keygen`: makes the keys with which backups are encrypted and signed. */
export const keygenCommand = defineCommand({
  command: "keygen [folder]",
  describe: "Make the keys that backups are encrypted and signed with",
  group: "care",
  needs: [],
  clusterless: true,
  builder: (yargs) =>
    yargs
      .positional("folder", {
        describe: "Where the files go; no file is ever replaced",
        type: "string",
      })
      .options({
        ...OUTPUT_OPTION,
        "post-quantum": {
          type: "boolean",
          default: false,
          describe:
            "A key that a quantum computer does not open either; its public half has 2,000 characters",
        },
      })
      .example("$0 keygen keys --cluster-name blue", "Keys of the cluster blue")
      .example(
        "$0 keygen keys --post-quantum",
        "Against whoever keeps a backup until there are quantum computers",
      ),
  async handler({ flags, settings, output, now }) {
    const { folder = "" } = flags;
    if (folder === "")
      throw new UsageError(["keygen needs a folder for the keys: kube-backup keygen FOLDER"]);
    const { writeKeys } = await import("./write-keys.ts");
    const { texts, publicParts } = await makeKeys({
      type: flags["post-quantum"] ? "post-quantum" : "X25519",
      cluster: settings.clusterName,
      now: now(),
    });
    await writeKeys(folder, texts);
    const keys = { folder, programNamespace: settings.programNamespace, ...publicParts };
    output.show({ json: keysJson(keys), text: () => keysText(keys) });
  },
});

async function makeKeys(options: {
  type: "X25519" | "post-quantum";
  cluster: string | undefined;
  now: Date;
}): Promise<{ texts: KeyTexts; publicParts: Omit<NewKeys, "folder" | "programNamespace"> }> {
  const [
    { newIdentity },
    { formatSigningKey, SigningKey },
    { keyFingerprint, publicKeyText },
    { NAMESPACE },
  ] = await Promise.all([
    import("../../encryption/new-identity.ts"),
    import("../../signatures/signing-key.ts"),
    import("../../signatures/public-key.ts"),
    import("../../signatures/sshsig.ts"),
  ]);
  const { file, recipient } = await newIdentity(options.type, options.now);
  const seed = randomBytes(32);
  const { publicKey } = new SigningKey(seed);
  const comment = options.cluster === undefined ? "kube-backup" : `${options.cluster} (kube-backup)`;
  const principals = options.cluster ?? "*";
  const allowedSigner = `${principals} namespaces="${NAMESPACE}" ${publicKeyText(publicKey)}`;
  return {
    texts: {
      identity: file,
      recipients: `${recipient}\n`,
      signingKey: formatSigningKey({ seed, check: randomBytes(4) }, comment),
      allowedSigners: `${allowedSigner}\n`,
    },
    publicParts: { recipient, allowedSigner, signer: keyFingerprint(publicKey) },
  };
}
